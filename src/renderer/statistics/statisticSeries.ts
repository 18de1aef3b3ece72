import type { StatisticSeries } from '../../contract/statistics.ts';
import { columnKey, type StatisticColumn, type StatisticFigure } from '../../graph-engine/statistics/columns.ts';

/** Statistics of a run's nodes, as far as they are here. */
export interface RunStatistics {
  readonly columns: readonly StatisticColumn[];
  readonly steps: readonly number[];
  readonly epochs: readonly number[];
  /** For each step one number for each column. */
  readonly samples: readonly Float32Array[];
}

export const NO_STATISTICS: RunStatistics = { columns: [], steps: [], epochs: [], samples: [] };

/** Samples that are kept here; of more, every second one is let go. */
const MOST_SAMPLES = 1000;

/** What the host answered, joined to what was known. Where the host begins anew (it names columns) so do we. */
export function joinStatistics(known: RunStatistics, answer: StatisticSeries): RunStatistics {
  if (answer.columns.length === 0 && answer.steps.length === 0) return known;
  const fresh = answer.columns.length > 0;
  // Each column is `{path, figure, port?}`; the schema made sure.
  const columns = fresh ? (answer.columns as readonly StatisticColumn[]) : known.columns;
  const numbers = new Float32Array(bytesOf(answer.values).buffer);
  const later = answer.steps.map((_, i) => numbers.subarray(i * columns.length, (i + 1) * columns.length));
  const before = fresh ? NO_STATISTICS : known;
  const joined = {
    columns,
    steps: [...before.steps, ...answer.steps],
    epochs: [...before.epochs, ...answer.epochs],
    samples: [...before.samples, ...later],
  };
  return joined.steps.length <= MOST_SAMPLES ? joined : thinned(joined);
}

function thinned({ columns, steps, epochs, samples }: RunStatistics): RunStatistics {
  const kept = (_: unknown, i: number): boolean => i % 2 === 0 || i === steps.length - 1;
  return { columns, steps: steps.filter(kept), epochs: epochs.filter(kept), samples: samples.filter(kept) };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Finds columns by their node. */
export interface ColumnIndex {
  /** The column of one figure of a node, or -1. */
  of(path: string, figure: StatisticFigure, port?: string): number;
  /** The columns of one figure of everything inside a block. */
  inside(path: string, figure: StatisticFigure): readonly number[];
}

const indexes = new WeakMap<readonly StatisticColumn[], ColumnIndex>();

/** The index of some columns, made once. */
export function indexOf(columns: readonly StatisticColumn[]): ColumnIndex {
  const known = indexes.get(columns);
  if (known !== undefined) return known;
  const places = new Map(columns.map((column, i) => [columnKey(column), i]));
  const groups = new Map<string, readonly number[]>();
  const index: ColumnIndex = {
    of: (path, figure, port) => places.get(columnKey({ path, figure, ...(port !== undefined && { port }) })) ?? -1,
    inside(path, figure) {
      const key = `${path} ${figure}`;
      let found = groups.get(key);
      if (found === undefined) {
        found = columns.flatMap((column, i) =>
          column.figure === figure && (column.path.startsWith(`${path}.`) || column.path.startsWith(`${path}[`))
            ? [i]
            : [],
        );
        groups.set(key, found);
      }
      return found;
    },
  };
  indexes.set(columns, index);
  return index;
}

/** Figures of which the parts of a block are parts: norms add up as squares. */
const NORMS: ReadonlySet<StatisticFigure> = new Set(['weight', 'weightGradient', 'update']);

/**
 * One figure of a node at a sample; of a block that of what leaves it, and for weights and dead units that of all in it.
 * Undefined where nothing is known.
 */
export function figureOf(
  { columns, samples }: RunStatistics,
  sample: number,
  path: string,
  figure: StatisticFigure,
  port?: string,
): number | undefined {
  const values = samples[sample];
  if (values === undefined) return undefined;
  const index = indexOf(columns);
  const own = index.of(path, figure, port);
  if (own >= 0) return values[own];
  if (!NORMS.has(figure) && figure !== 'dead') return undefined;
  const parts = index.inside(path, figure);
  if (parts.length === 0) return undefined;
  if (figure === 'dead') return parts.reduce((sum, i) => sum + (values[i] ?? 0), 0) / parts.length;
  return Math.sqrt(parts.reduce((sum, i) => sum + (values[i] ?? 0) ** 2, 0));
}
