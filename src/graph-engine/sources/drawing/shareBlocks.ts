import type { BlockParameter, ParameterValue } from '../../document/schema.ts';
import type { Folded, FoldedRun } from './foldRepeats.ts';

/** How a run uses a block that others may use too. */
export interface BlockUse {
  /** Equal for runs of one block. */
  readonly key: string;
  /** What the block declares: the numbers in which its uses differ. */
  readonly parameters: readonly BlockParameter[];
  /** By the place of a node: parameters that are taken from those of the block. */
  readonly expressions: ReadonlyMap<number, Readonly<Record<string, string>>>;
  /** What this use sets. */
  readonly values: Readonly<Record<string, number>>;
}

/** One number at a place of a block, in each of its uses. */
interface Column {
  readonly place: number;
  readonly name: string;
  readonly values: readonly number[];
}

/** Lets runs that differ only in numbers share a block: those numbers become parameters of it. */
export function shareBlocks(items: readonly Folded[]): ReadonlyMap<FoldedRun, BlockUse> {
  const groups = new Map<string, FoldedRun[]>();
  for (const item of items) {
    if (!('times' in item)) continue;
    const key = structureOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  const uses = new Map<FoldedRun, BlockUse>();
  for (const [key, runs] of groups) {
    const columns = columnsOf(runs).filter(({ values }) => values.some((value) => value !== values[0]));
    const parameters: BlockParameter[] = [];
    const names = new Map<string, string>();
    const expressions = new Map<number, Record<string, string>>();
    for (const { place, name, values } of columns) {
      // Numbers that always agree are one parameter: the filters of all convolutions of a block.
      const same = JSON.stringify([name, values]);
      let own = names.get(same);
      if (own === undefined) {
        own = freeName(name, parameters);
        names.set(same, own);
        const kind = values.every(Number.isInteger) ? 'integer' : 'number';
        parameters.push({ name: own, kind, default: values[0] ?? 0 });
      }
      expressions.set(place, { ...expressions.get(place), [name]: `= ${own}` });
    }
    for (const [i, run] of runs.entries()) {
      const set = columns.map(({ name, values }) => [
        names.get(JSON.stringify([name, values])) ?? name,
        values[i] ?? 0,
      ]);
      uses.set(run, { key, parameters, expressions, values: Object.fromEntries(set) as Record<string, number> });
    }
  }
  return uses;
}

function freeName(name: string, taken: readonly BlockParameter[]): string {
  let free = name;
  for (let count = 2; taken.some((one) => one.name === free); count++) free = `${name}${count}`;
  return free;
}

/** Everything about a run but the numbers in it. */
function structureOf({ times: [first = []], entry, exit, shared }: FoldedRun): string {
  const inside = new Map(first.map((node, i) => [node, i]));
  const told = first.map((node) => {
    const inputs = Object.entries(node.inputs).map(([port, source]) => {
      const at = inside.get(source.node);
      if (at !== undefined) return [port, at, source.port];
      if (source.node === entry.node && source.port === entry.port) return [port, 'entry'];
      return [port, shared.findIndex((one) => one.node === source.node && one.port === source.port)];
    });
    const parameters = Object.entries(node.parameters).map(([name, value]) => [
      name,
      numberIn(value) === undefined ? value : '#',
    ]);
    return [node.op, parameters, inputs, Object.keys(node.weights)];
  });
  return JSON.stringify([told, inside.get(exit.node), exit.port, shared.length]);
}

/** A number, or a pair of one and the same, which stands for it. */
function numberIn(value: ParameterValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (!Array.isArray(value) || value.length !== 2 || value[0] !== value[1]) return undefined;
  return typeof value[0] === 'number' ? value[0] : undefined;
}

function columnsOf(runs: readonly FoldedRun[]): readonly Column[] {
  const [first = []] = runs[0]?.times ?? [];
  return first.flatMap((node, place) =>
    Object.keys(node.parameters).flatMap((name) => {
      const values = runs.map(({ times: [own = []] }) => numberIn(own[place]?.parameters[name]));
      return values.every((value) => value !== undefined) ? [{ place, name, values }] : [];
    }),
  );
}
