/** As wide as most Python projects have it. */
const WIDTH = 112;

/** A statement on several lines where it is too long for one: the arguments of its longest call each on a line of their own. */
export function wrapLine(line: string): readonly string[] {
  if (line.length <= WIDTH) return [line];
  const found = outermostCall(line);
  if (found === undefined) return [line];
  const indent = /^ */.exec(line)?.[0] ?? '';
  const [head, inside, tail] = [
    line.slice(0, found.open + 1),
    line.slice(found.open + 1, found.close),
    line.slice(found.close),
  ];
  const deeper = `${indent}    `;
  const loop = loopIn(inside);
  const parts =
    loop === undefined
      ? splitArguments(inside).map((part) => `${deeper}${part},`)
      : [`${deeper}${inside.slice(0, loop).trim()}`, `${deeper}${inside.slice(loop).trim()}`];
  return [head, ...parts.flatMap(wrapLine), `${indent}${tail}`];
}

/** The brackets that hold the most text. */
function outermostCall(line: string): { readonly open: number; readonly close: number } | undefined {
  const stack: number[] = [];
  let best: { readonly open: number; readonly close: number } | undefined;
  for (const [index, character] of outsideStrings(line)) {
    if ('([{'.includes(character)) stack.push(index);
    if (!')]}'.includes(character)) continue;
    const open = stack.pop();
    if (open === undefined) continue;
    if (best === undefined || index - open > best.close - best.open) best = { open, close: index };
  }
  return best;
}

/** Where the `for` of a comprehension begins, if the text is one. */
function loopIn(text: string): number | undefined {
  let depth = 0;
  for (const [index, character] of outsideStrings(text)) {
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
    if (depth === 0 && text.startsWith(' for ', index)) return index;
  }
  return undefined;
}

function splitArguments(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [index, character] of outsideStrings(text)) {
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
    if (character !== ',' || depth > 0) continue;
    parts.push(text.slice(start, index).trim());
    start = index + 1;
  }
  const last = text.slice(start).trim();
  return last === '' ? parts : [...parts, last];
}

/** Characters with their places, but those inside quotes. */
function* outsideStrings(text: string): Generator<readonly [number, string]> {
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') index++;
    else if (!quoted) yield [index, character];
  }
}

/** Words of a paragraph on lines that are not too long. */
export function wrapText(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDTH - 8) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
