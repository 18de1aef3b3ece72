/** Widths of the characters from space to ~ in thousandths of the size: the standard font that every PDF reader has. */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
] as const;
const OTHERS = 584;
/** The bold cut is wider by about this. */
const BOLD = 1.06;

/** Width of a text set in Helvetica. */
export function textWidth(text: string, size: number, bold = false): number {
  let width = 0;
  for (const character of text) width += WIDTHS[character.charCodeAt(0) - 32] ?? OTHERS;
  return ((width * size) / 1000) * (bold ? BOLD : 1);
}

/** A text that fits a width: set smaller down to `smallest`, and then shortened. */
export function fitText(
  text: string,
  room: number,
  size: number,
  smallest: number,
  bold = false,
): { readonly text: string; readonly size: number } {
  const width = textWidth(text, size, bold);
  if (width <= room) return { text, size };
  const shrunk = Math.max(smallest, (size * room) / width);
  if (textWidth(text, shrunk, bold) <= room + 0.01) return { text, size: shrunk };
  let short = text;
  while (short.length > 1 && textWidth(`${short}…`, shrunk, bold) > room) short = short.slice(0, -1);
  return { text: `${short.trimEnd()}…`, size: shrunk };
}
