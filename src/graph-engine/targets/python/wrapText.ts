import { WIDTH } from './format/splitLine.ts';

/** Words of a paragraph on lines that are not too long, behind an indent that is not written yet. */
export function wrapText(text: string, indent = 4): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    // The first line stands behind three quotes.
    const length = indent + (lines.length === 0 ? 3 : 0) + line.length + word.length + 1;
    if (line !== '' && length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
