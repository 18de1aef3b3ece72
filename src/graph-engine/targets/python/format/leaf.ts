/** A token of Python on one logical line. */
export interface Leaf {
  readonly text: string;
  /** Whether a space stands before it. */
  readonly space: boolean;
  readonly kind: 'name' | 'string' | 'open' | 'close' | 'other';
  /** Number of the pair of brackets that it opens or closes. */
  readonly pair?: number;
  /** Of brackets: a list, a tuple or the like, not the arguments of a call and not a subscript. */
  readonly isAtom?: boolean;
  /** How much a line would like to break before it and after it; 0 where it must not. */
  readonly before: number;
  readonly after: number;
  /** What stands between a keyword and its partner counts as inside brackets: the variables of a loop, of a lambda. */
  readonly shift?: 1 | -1;
}

/** What a line breaks at, the first choice with the highest number. */
export const priorities = {
  comprehension: 20,
  comma: 18,
  ternary: 16,
  logic: 14,
  string: 12,
  comparison: 10,
  dot: 1,
} as const;

const ARITHMETIC: Readonly<Record<string, number>> = {
  '|': 9,
  '^': 8,
  '&': 7,
  '<<': 6,
  '>>': 6,
  '+': 5,
  '-': 5,
  '*': 4,
  '/': 4,
  '//': 4,
  '%': 4,
  '@': 4,
  '**': 2,
};
const COMPARISONS = new Set(['==', '!=', '<', '>', '<=', '>=', 'is']);
const KEYWORDS = new Set(
  'and as assert await del elif else except for from if import in is lambda not or raise return while with yield'.split(
    ' ',
  ),
);
const TOKEN =
  /(\s*)((?:[rRbBfFuU]{0,2})(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|[A-Za-z_][A-Za-z_0-9]*|\d[\w.]*(?:[eE][-+]?\d+)?|\*\*=|\/\/=|<<=|>>=|\*\*|\/\/|<<|>>|==|!=|<=|>=|->|:=|[-+*/%@&|^]=|[^\s])/gy;

interface Token {
  readonly text: string;
  readonly space: boolean;
}

/** The leaves of a statement that stands on one line. */
export function leavesOf(statement: string): readonly Leaf[] {
  const tokens: Token[] = [...statement.matchAll(TOKEN)].map(([, space = '', text = '']) => ({
    text,
    space: space !== '',
  }));
  return withOptionalBrackets(classified(tokens));
}

function classified(tokens: readonly Token[]): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const open: { pair: number; isAtom: boolean; loops: number }[] = [];
  let pairs = 0;
  let lambdas = 0;
  for (const [index, { text, space }] of tokens.entries()) {
    const previous = leaves.at(-1);
    const next = tokens[index + 1]?.text;
    const plain = { text, space, before: 0, after: 0 };
    const endsValue =
      previous !== undefined &&
      (previous.kind === 'close' ||
        previous.kind === 'string' ||
        (/^\w/.test(previous.text) && !KEYWORDS.has(previous.text)));
    const frame = open.at(-1);
    if ('([{'.includes(text)) {
      const isAtom = !(endsValue && !space);
      open.push({ pair: pairs, isAtom, loops: 0 });
      leaves.push({ ...plain, kind: 'open', pair: pairs++, isAtom });
    } else if (')]}'.includes(text)) {
      const { pair, isAtom } = open.pop() ?? { pair: -1, isAtom: false };
      leaves.push({ ...plain, kind: 'close', pair, isAtom });
    } else if (/["']$/.test(text)) {
      leaves.push({ ...plain, kind: 'string', before: previous?.kind === 'string' ? priorities.string : 0 });
    } else if (text === 'for' && frame !== undefined) {
      frame.loops++;
      leaves.push({ ...plain, kind: 'name', before: priorities.comprehension, shift: 1 });
    } else if (text === 'in' && frame !== undefined && frame.loops > 0) {
      frame.loops--;
      leaves.push({ ...plain, kind: 'name', shift: -1 });
    } else if (text === 'lambda') {
      lambdas++;
      leaves.push({ ...plain, kind: 'name', shift: 1 });
    } else if (text === ':' && lambdas > 0) {
      lambdas--;
      leaves.push({ ...plain, kind: 'other', shift: -1 });
    } else {
      leaves.push({ ...plain, kind: /^\w/.test(text) ? 'name' : 'other', ...wishes(text, previous, next, endsValue) });
    }
  }
  return leaves;
}

function wishes(
  text: string,
  previous: Leaf | undefined,
  next: string | undefined,
  endsValue: boolean,
): { readonly before: number; readonly after: number } {
  if (text === ',') return { before: 0, after: priorities.comma };
  const before = ((): number => {
    if (text === '.') return previous?.kind === 'close' ? priorities.dot : 0;
    // A sign before a number, or the star of arguments that are unpacked.
    if (text in ARITHMETIC) return endsValue ? (ARITHMETIC[text] ?? 0) : 0;
    if (COMPARISONS.has(text)) return priorities.comparison;
    if (text === 'in') return previous?.text === 'not' ? 0 : priorities.comparison;
    if (text === 'not') return next === 'in' ? priorities.comparison : 0;
    if (text === 'and' || text === 'or') return priorities.logic;
    if (text === 'if' || text === 'else') return priorities.ternary;
    return 0;
  })();
  return { before, after: 0 };
}

/**
 * Brackets that could stand and do not yet: around what is assigned, returned, tested or looped over, and around choices
 * (`a if b else c`). They have no text until a line breaks inside them.
 */
function withOptionalBrackets(given: readonly Leaf[]): readonly Leaf[] {
  let pairs = given.reduce((most, { pair = -1 }) => Math.max(most, pair), -1) + 1;
  const wrapped = (leaves: readonly Leaf[]): readonly Leaf[] => {
    const [first, ...rest] = leaves;
    if (first === undefined) return [];
    const pair = pairs++;
    const bracket = { text: '', before: 0, after: 0, pair, isAtom: true } as const;
    return [
      { ...bracket, kind: 'open', space: first.space, before: first.before },
      { ...first, space: false, before: 0 },
      ...rest,
      { ...bracket, kind: 'close', space: false },
    ];
  };
  /** The value of a statement: brackets around all of it are as good as none. */
  const optional = (leaves: readonly Leaf[]): readonly Leaf[] => {
    const [first] = leaves;
    const last = leaves.at(-1);
    if (first?.text === '(' && last?.pair === first.pair && !commaInside(leaves) && leaves.length > 2) {
      const inside = leaves.slice(1, -1);
      if (!inside.some(({ before }, index) => before === priorities.comprehension && depthAt(inside, index) === 0))
        return wrapped(choices([{ ...(inside[0] ?? first), space: first.space }, ...inside.slice(1)], true));
    }
    return wrapped(choices(leaves, true));
  };
  const choices = (leaves: readonly Leaf[], whole = false): readonly Leaf[] => {
    const out: Leaf[] = [];
    for (const part of parts(leaves)) {
      const inner = part.length === leaves.length && whole ? insideBrackets(part) : choice(part);
      out.push(...inner);
    }
    return out;
  };
  const choice = (part: readonly Leaf[]): readonly Leaf[] => {
    const place = part.findIndex(({ text }, index) => text === 'else' && depthAt(part, index) === 0);
    const isOne =
      place > 0 && part.some(({ text, before }, index) => text === 'if' && before > 0 && depthAt(part, index) === 0);
    if (isOne) return wrapped(insideBrackets(part));
    // The condition of a loop, not of a choice.
    const conditions = part.map((leaf, index) =>
      leaf.text === 'if' && leaf.before > 0 && depthAt(part, index) === 0
        ? { ...leaf, before: priorities.comprehension }
        : leaf,
    );
    return insideBrackets(conditions);
  };
  const insideBrackets = (leaves: readonly Leaf[]): readonly Leaf[] => {
    const out: Leaf[] = [];
    for (let index = 0; index < leaves.length; index++) {
      const leaf = leaves[index];
      if (leaf === undefined) continue;
      out.push(leaf);
      // What follows `else` may be a choice itself.
      if (leaf.text === 'else' && leaf.before > 0) {
        out.push(...choice(leaves.slice(index + 1)));
        break;
      }
      if (leaf.kind !== 'open') continue;
      const end = leaves.findIndex(({ kind, pair }) => kind === 'close' && pair === leaf.pair);
      out.push(...choices(leaves.slice(index + 1, end)));
      index = end - 1;
    }
    return out;
  };

  const colon = /^(?:if|elif|while|for)$/.test(given[0]?.text ?? '') ? 1 : 0;
  const body = given.slice(0, given.length - colon);
  const tail = given.slice(given.length - colon);
  const [first] = body;
  if (first === undefined) return given;
  // A choice between managers of a context needs no brackets, and is never so long as to break.
  if (first.text === 'with') return given;
  if (/^(?:def|class|import|from|except|@)$/.test(first.text)) return choices(given);
  if (/^(?:return|if|elif|while|assert|del)$/.test(first.text) && body.length > 1)
    return [first, ...optional(body.slice(1)), ...tail];
  if (first.text === 'for') {
    const place = body.findIndex(({ text }, index) => text === 'in' && depthAt(body, index) === 0);
    const [loop, ...target] = body.slice(0, place);
    const keyword = body[place];
    if (loop === undefined || keyword === undefined) return given;
    return [loop, ...optional(target), { ...keyword, before: 0 }, ...optional(body.slice(place + 1)), ...tail];
  }
  const place = body.findIndex(
    ({ text }, index) => /^(?:=|[-+*/%@&|^]=|\*\*=|\/\/=)$/.test(text) && depthAt(body, index) === 0,
  );
  if (place < 0) return choices(body);
  return [...choices(body.slice(0, place)), ...body.slice(place, place + 1), ...optional(body.slice(place + 1))];
}

function commaInside(leaves: readonly Leaf[]): boolean {
  const inside = leaves.slice(1, -1);
  return inside.some(({ text }, index) => text === ',' && depthAt(inside, index) === 0);
}

/** How many brackets of the list are open at a place. */
export function depthAt(leaves: readonly Leaf[], place: number): number {
  let depth = 0;
  for (const { kind } of leaves.slice(0, place)) depth += kind === 'open' ? 1 : kind === 'close' ? -1 : 0;
  return depth;
}

/** Cut before and after what no choice reaches across: commas, the names of arguments, loops, colons. */
function parts(leaves: readonly Leaf[]): readonly (readonly Leaf[])[] {
  const out: Leaf[][] = [[]];
  let depth = 0;
  for (const leaf of leaves) {
    if (leaf.kind === 'close') depth--;
    const cuts = depth === 0 && (/^(?:,|=|:|:=)$/.test(leaf.text) || leaf.shift !== undefined);
    if (cuts) out.push([leaf], []);
    else out.at(-1)?.push(leaf);
    if (leaf.kind === 'open') depth++;
  }
  return out.filter((part) => part.length > 0);
}
