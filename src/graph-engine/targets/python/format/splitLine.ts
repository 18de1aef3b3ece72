import { priorities, type Leaf } from './leaf.ts';

/** As wide as Black and Ruff have lines. */
export const WIDTH = 88;

/** A line, and what is known of it while it is broken into several. */
interface Line {
  readonly leaves: readonly Leaf[];
  /** Steps of the indent. */
  readonly depth: number;
  readonly isInside: boolean;
  /** A list or the like with commas, which has an element on each line once it is broken. */
  readonly isExploded?: boolean;
}

interface Split {
  readonly head: Line;
  readonly body: Line;
  readonly tail: Line;
  readonly pair: number;
  /** The brackets have no text yet. */
  readonly isOptional: boolean;
}

/**
 * A statement on as many lines as it needs, as Black lays it out: at the last brackets first, at brackets that need not stand only
 * where it reads better, and inside brackets at the operators that bind least.
 */
export function splitLine(leaves: readonly Leaf[], depth: number): readonly string[] {
  return transformed({ leaves, depth, isInside: false }, false).map(textOf);
}

function textOf({ leaves, depth }: Line): string {
  return `${'    '.repeat(depth)}${leaves
    .map(({ text, space }) => `${space ? ' ' : ''}${text}`)
    .join('')
    .trimStart()}`;
}

function fits(line: Line, width = WIDTH): boolean {
  return textOf(line).length <= width;
}

function transformed(line: Line, isForced: boolean): readonly Line[] {
  if (line.isExploded !== true && fits(line)) return [line];
  if (line.leaves[0]?.text === 'def') return ofDefinition(line);
  const own = textOf(line);
  const result =
    (line.isInside ? attempt(delimited(line), own, isForced) : undefined) ?? rightHand(line, own, isForced);
  return result ?? [line];
}

/** Each of the lines broken on; nothing where breaking changed nothing. */
function attempt(lines: readonly Line[] | undefined, own: string, isForced: boolean): readonly Line[] | undefined {
  if (lines === undefined || lines.some((one) => textOf(one) === own)) return undefined;
  return lines.flatMap((one) => transformed(one, isForced));
}

function rightHand(line: Line, own: string, isForced: boolean): readonly Line[] | undefined {
  const first = attempt(splitRight(line, isForced), own, isForced);
  const optional = line.leaves.filter(({ kind, text }) => kind === 'open' && text === '').map(({ pair }) => pair);
  if (first === undefined || isForced || optional.length === 0) return first;
  const shown = first.some(({ leaves }) => leaves.some(({ text, pair }) => text === '(' && optional.includes(pair)));
  if (shown || first[0] === undefined || fits(first[0])) return first;
  const second = attempt(splitRight(line, true), own, true);
  return second?.every((one) => fits(one)) === true ? second : first;
}

/** Breaks at the last brackets whose line before them fits. */
function splitRight(line: Line, isForced: boolean): readonly Line[] | undefined {
  for (const omitted of trailers(line)) {
    const lines = splitAtBrackets(line, isForced, omitted);
    if (lines?.[0] !== undefined && fits(lines[0])) return lines;
    if (lines === undefined) break;
  }
  return splitAtBrackets(line, isForced, new Set());
}

/** Pairs of brackets at the end of a line that can stay closed, more and more of them. */
function* trailers({ leaves, depth }: Line): Generator<ReadonlySet<number>> {
  const omitted = new Set<number>();
  yield new Set(omitted);
  let length = 4 * depth;
  let inside: number | undefined;
  let closed: number | undefined;
  const inner: number[] = [];
  for (let index = leaves.length - 1; index >= 0; index--) {
    const leaf = leaves[index];
    if (leaf === undefined) continue;
    length += leaf.text.length + (leaf.space ? 1 : 0);
    if (length > WIDTH) return;
    if (inside !== undefined) {
      if (leaf.kind === 'open' && leaf.pair === inside) inside = undefined;
      else if (leaf.kind === 'close') inner.push(leaf.pair ?? -1);
      continue;
    }
    if (leaf.kind !== 'close') continue;
    if (leaves[index - 1]?.kind === 'open') {
      inner.push(leaf.pair ?? -1);
      continue;
    }
    if (closed !== undefined) {
      omitted.add(closed);
      for (const pair of inner.splice(0)) omitted.add(pair);
      yield new Set(omitted);
    }
    if (leaf.text !== '') {
      inside = leaf.pair;
      closed = leaf.pair;
    }
  }
}

function splitAtBrackets(line: Line, isForced: boolean, omitted: ReadonlySet<number>): readonly Line[] | undefined {
  const split = lastBrackets(line, omitted);
  return split && withoutOptional(split, line, isForced, omitted);
}

/** Prefers other brackets to those that need not stand. */
function withoutOptional(
  split: Split,
  line: Line,
  isForced: boolean,
  omitted: ReadonlySet<number>,
): readonly Line[] | undefined {
  if (!isForced && split.isOptional && canOmit(split)) {
    const more = new Set([...omitted, split.pair]);
    const other = lastBrackets(line, more);
    if (other !== undefined) {
      if (isPreferred(other, split)) {
        const lines = withoutOptional(other, line, isForced, more);
        if (lines !== undefined) return lines;
        if (!canBeSplit(split.body) && !fits(split.body)) return undefined;
      }
    } else if (!canBeSplit(split.body) && !fits(split.body)) return undefined;
  }
  const { tail, body } = split;
  if (body.leaves.length === 0 && textOf(tail).trim().length < 3) return undefined;
  const head = { ...split.head, leaves: split.head.leaves.map((leaf) => shown(leaf, split.pair)) };
  const end = { ...tail, leaves: tail.leaves.map((leaf) => shown(leaf, split.pair)) };
  return [head, body, end].filter(({ leaves }) => leaves.length > 0);
}

function shown(leaf: Leaf, pair: number): Leaf {
  if (leaf.pair !== pair || leaf.text !== '') return leaf;
  return { ...leaf, text: leaf.kind === 'open' ? '(' : ')' };
}

function lastBrackets(line: Line, omitted: ReadonlySet<number>): Split | undefined {
  const { leaves, depth } = line;
  let end = leaves.length - 1;
  for (; end >= 0; end--) {
    const leaf = leaves[end];
    if (leaf?.kind !== 'close' || omitted.has(leaf.pair ?? -1)) continue;
    const start = leaves.findIndex(({ kind, pair }) => kind === 'open' && pair === leaf.pair);
    // Empty brackets are no place to break.
    if (start === end - 1) continue;
    if (start < 0) return undefined;
    const opening = leaves[start];
    const inside = leaves.slice(start + 1, end);
    return {
      head: { leaves: leaves.slice(0, start + 1), depth, isInside: false },
      body: bodyLine(inside, depth + 1, opening),
      tail: { leaves: leaves.slice(end), depth, isInside: false },
      pair: leaf.pair ?? -1,
      isOptional: leaf.text === '',
    };
  }
  return undefined;
}

function bodyLine(leaves: readonly Leaf[], depth: number, opening: Leaf | undefined): Line {
  const line = { leaves, depth, isInside: true };
  const isExploded = opening?.isAtom === true && mostWanted(line)?.priority === priorities.comma;
  return { ...line, isExploded };
}

/** Where a line inside brackets may break: behind which leaves, and how much it would like to. */
function delimitersOf(leaves: readonly Leaf[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  let depth = 0;
  for (const [index, { kind, before, after, shift = 0 }] of leaves.entries()) {
    if (kind === 'close' || shift < 0) depth--;
    if (depth === 0 && before > 0 && index > 0) found.set(index - 1, Math.max(found.get(index - 1) ?? 0, before));
    if (depth === 0 && after > 0) found.set(index, Math.max(found.get(index) ?? 0, after));
    if (kind === 'open' || shift > 0) depth++;
  }
  return found;
}

function mostWanted(
  { leaves }: Pick<Line, 'leaves'>,
  withLast = false,
): { priority: number; places: number[] } | undefined {
  const found = [...delimitersOf(leaves)].filter(([index]) => withLast || index < leaves.length - 1);
  if (found.length === 0) return undefined;
  const priority = Math.max(...found.map(([, wish]) => wish));
  return { priority, places: found.flatMap(([index, wish]) => (wish === priority ? [index] : [])) };
}

/** A line for each part between the delimiters that bind least. */
function delimited(line: Line): readonly Line[] | undefined {
  const { leaves, depth } = line;
  const wanted = mostWanted(line);
  if (wanted === undefined) return undefined;
  const { priority, places } = wanted;
  if (priority === priorities.dot && places.length === 1) return undefined;
  const cuts = [-1, ...places, leaves.length - 1];
  const lines = cuts.slice(1).map((to, index) => leaves.slice((cuts[index] ?? -1) + 1, to + 1));
  const last = lines.at(-1);
  if (priority === priorities.comma && last !== undefined && last.at(-1)?.text !== ',')
    lines[lines.length - 1] = [...last, { text: ',', space: false, kind: 'other', before: 0, after: priorities.comma }];
  return lines.filter((one) => one.length > 0).map((one) => ({ leaves: one, depth, isInside: true }));
}

/** Whether a value reads as well without brackets around it. */
function canOmit({ body, head: { depth } }: Split): boolean {
  const wanted = mostWanted(body, true);
  if (wanted === undefined) return true;
  if (wanted.places.length > 1) return false;
  if (wanted.priority === priorities.dot) return true;
  const { leaves } = body;
  const [first, second] = leaves;
  const last = leaves.at(-1);
  if (first?.kind === 'open' && second?.kind !== 'close' && opensWell(leaves, first, depth + 1)) return true;
  if (last?.kind !== 'close' || (last.text === ']' && last.isAtom !== true)) return false;
  if (leaves.at(-2)?.kind === 'open') return false;
  return closesWell(leaves, last, depth + 1);
}

function opensWell(leaves: readonly Leaf[], first: Leaf, depth: number): boolean {
  let length = 4 * depth;
  let isBehind = false;
  for (const { kind, pair, text, space } of leaves) {
    if (kind === 'close' && pair === first.pair) isBehind = true;
    if (!isBehind) continue;
    length += text.length + (space ? 1 : 0);
    if (length > WIDTH) return false;
    if (kind === 'open') isBehind = false;
  }
  return true;
}

function closesWell(leaves: readonly Leaf[], last: Leaf, depth: number): boolean {
  let length = 4 * depth;
  let others = false;
  for (const { kind, pair, text, space } of leaves) {
    length += text.length + (space ? 1 : 0);
    if (kind !== 'open') continue;
    if (pair === last.pair) return others || length <= WIDTH;
    others = true;
  }
  return false;
}

/** Whether breaking at `other` is better than at the brackets behind `=` that need not stand. */
function isPreferred(other: Split, { head }: Split): boolean {
  if (head.leaves.at(-2)?.text !== '=') return true;
  if (!head.leaves.slice(0, -1).some(({ kind }) => kind === 'open' || kind === 'close')) return true;
  if (!fits(head, WIDTH - 1)) return true;
  const assigned = other.head.leaves.findLastIndex(({ text }) => text === '=');
  if (other.head.leaves.slice(assigned + 1).some(({ kind }) => kind === 'close')) return true;
  return assigned >= 0 && fits(other.head);
}

/** Whether there is anything inside to break at. */
function canBeSplit({ leaves }: Line): boolean {
  return leaves.length > 1;
}

/** The parameters of a function on lines of their own. */
function ofDefinition(line: Line): readonly Line[] {
  const { leaves, depth } = line;
  const start = leaves.findIndex(({ text }) => text === '(');
  const end = leaves.findIndex(({ kind, pair }) => kind === 'close' && pair === leaves[start]?.pair);
  const inside = leaves.slice(start + 1, end);
  if (inside.length === 0) return [line];
  const comma = { text: ',', space: false, kind: 'other', before: 0, after: priorities.comma } as const;
  // With several of them, breaking at their commas adds one behind the last.
  const body = delimitersOf(inside).size > 0 ? inside : [...inside, comma];
  return [
    { leaves: leaves.slice(0, start + 1), depth, isInside: false },
    ...transformed({ leaves: body, depth: depth + 1, isInside: true }, false),
    { leaves: leaves.slice(end), depth, isInside: false },
  ];
}
