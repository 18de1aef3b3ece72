import { isCall, type Mentioned, type Parameterizer } from './parameterize.ts';
import { pythonLiteral, sameLiteral, type Argument, type Call, type Literal } from './pythonCode.ts';
import { createNames } from './pythonNames.ts';

/** The calls that make a repeated block: for each use of the block around it one list, or nothing where it is bypassed. */
export type Repetitions = readonly (readonly Call[] | undefined)[];

/**
 * Source of each module of a repeated block, or of several by `*(... for ...)`. The first may differ from the others, which is what strides and changes of width
 * do; what differs from one to the next is counted through.
 */
export function repeatedBlocks(
  name: string,
  lists: Repetitions,
  parameterizer: Parameterizer,
  mentioned: Mentioned,
): readonly string[] {
  const count = parameterizer.value(
    `${name}_depth`,
    lists.map((list) => list?.length),
    mentioned,
  );
  return modulesOf(lists, count, parameterizer, mentioned);
}

/** `count` is Python source. */
function modulesOf(
  lists: Repetitions,
  count: string,
  parameterizer: Parameterizer,
  mentioned: Mentioned,
): readonly string[] {
  const [model] = lists.find((list) => list !== undefined && list.length > 0) ?? [];
  if (model === undefined) return [];
  const columns = model.arguments.map((_, place) =>
    lists.map((list) => list?.map((call) => plainValue(call.arguments[place]))),
  );
  const isSteady = (column: readonly (readonly Literal[] | undefined)[], from: number): boolean =>
    column.every((values = []) => values.slice(from).every((value) => sameLiteral(value, values[from] ?? null)));
  if (columns.every((column) => isSteady(column, 0))) {
    const each = firstOf(lists, parameterizer, mentioned);
    return count === '1' ? [each] : [`*(${each} for _ in range(${count}))`];
  }
  if (columns.some((column) => !isSteady(column, 0) && isSteady(column, 1))) {
    const first = firstOf(lists, parameterizer, mentioned);
    const fewer = /^\d+$/.test(count) ? String(Number(count) - 1) : `${count} - 1`;
    const rest = lists.map((list) => list?.slice(1));
    return [first, ...modulesOf(rest, fewer, parameterizer, mentioned)];
  }
  const counted: string[] = [];
  const tables: string[] = [];
  const names = createNames();
  const written = model.arguments.flatMap(({ name, standard, positional }, place) => {
    const column = columns[place] ?? [];
    let source: string;
    if (isSteady(column, 0)) {
      source = parameterizer.value(
        name,
        column.map((values) => values?.[0]),
        mentioned,
      );
    } else {
      source = names.take(name);
      counted.push(source);
      tables.push(parameterizer.value(`${name}s`, column));
    }
    if (positional !== true && standard !== undefined && source === pythonLiteral(standard)) return [];
    return [positional === true ? source : `${name}=${source}`];
  });
  const [only = '', ...others] = tables;
  const table = others.length === 0 ? only : `zip(${tables.join(', ')})`;
  return [`*(${model.callee}(${written.join(', ')}) for ${counted.join(', ')} in ${table})`];
}

function firstOf(lists: Repetitions, parameterizer: Parameterizer, mentioned: Mentioned): string {
  return parameterizer.call(
    lists.map((list) => list?.[0]),
    mentioned,
  );
}

function plainValue(argument: Argument | undefined): Literal {
  const value = argument?.value;
  if (value === undefined || isCall(value)) throw new Error('A block’s own arguments are plain values');
  return value;
}
