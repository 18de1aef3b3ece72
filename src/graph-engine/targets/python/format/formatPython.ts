import { leavesOf } from './leaf.ts';
import { splitLine, WIDTH } from './splitLine.ts';

/**
 * Python source with its lines broken as Black and `ruff format` break them. Statements that stand on several lines are joined first,
 * so it does not matter how they were put together. Texts of several lines and statements with comments stay as they are.
 */
export function formatPython(source: string): string {
  const out: string[] = [];
  for (const statement of statements(source.split('\n'))) out.push(...formatted(statement));
  return out.join('\n');
}

function formatted(lines: readonly string[]): readonly string[] {
  const [first = ''] = lines;
  if (first.trim() === '' || /^\s*#/.test(first) || first.includes('"""') || lines.some(hasComment)) return lines;
  if (lines.length === 1 && first.length <= WIDTH && !/[=(]\s*\(/.test(first)) return lines;
  const indent = /^ */.exec(first)?.[0].length ?? 0;
  return splitLine(leavesOf(joined(lines)), indent / 4);
}

/** The lines of each statement: as many as its brackets or its text in three quotes need. */
function* statements(lines: readonly string[]): Generator<readonly string[]> {
  let open: string[] = [];
  let depth = 0;
  let isQuoted = false;
  for (const line of lines) {
    open.push(line);
    const quotes = line.split('"""').length - 1;
    if (quotes % 2 === 1) isQuoted = !isQuoted;
    if (quotes === 0 && !isQuoted) depth += depthOf(line);
    if (isQuoted || depth > 0) continue;
    yield open;
    open = [];
    depth = 0;
  }
  if (open.length > 0) yield open;
}

/** Brackets that a line opens more than it closes. */
function depthOf(line: string): number {
  let depth = 0;
  for (const character of codeOf(line)) depth += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
  return depth;
}

function hasComment(line: string): boolean {
  return codeOf(line).includes('#');
}

/** A line with nothing between its quotes. */
function codeOf(line: string): string {
  return line.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""').replace(/#.*/, '#');
}

/** A statement on one line. Commas before closing brackets go, but for those that make a tuple of one. */
function joined(lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    const part = line.trim();
    const closes = /^[)\]}]/.test(part);
    if (closes && text.endsWith(',') && !isTupleOfOne(text)) text = text.slice(0, -1);
    text += text === '' || /[([{]$/.test(text) || closes || part.startsWith('.') ? part : ` ${part}`;
  }
  return text;
}

/** Whether the brackets that are open at the end hold a value and a comma, and are no call. */
function isTupleOfOne(text: string): boolean {
  const code = text.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, (found) => '"'.repeat(found.length));
  let depth = 0;
  for (let index = code.length - 2; index >= 0; index--) {
    const character = code[index] ?? '';
    if (')]}'.includes(character)) depth++;
    if (character === ',' && depth === 0) return false;
    if (!'([{'.includes(character)) continue;
    if (depth === 0) return character === '(' && !/[\w)\]"]$/.test(code.slice(0, index));
    depth--;
  }
  return false;
}
