import type { TableColumn } from '../../../graph-engine/training/dataReader.ts';
import { byCodePoint } from './dataPlace.ts';
import { isMissing, numberIn, rowsOf, type TableReader } from './tableRows.ts';

/** What all cells of a column say together. */
export interface ColumnSummary {
  readonly name: string;
  readonly missing: number;
  /** Cells that are numbers. */
  readonly numbers: number;
  readonly whole: boolean;
  readonly mean: number;
  readonly deviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Rows of each different cell, or `undefined` where there are too many. */
  readonly categories: ReadonlyMap<string, number> | undefined;
}

export interface TableSummary {
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
}

const MOST_CATEGORIES = 1000;
const targetNames = /^(target|label|class|y|outcome|species|quality|price|medv|response|diagnosis|survived)$/i;
const indexNames = /^(id|index|idx|row|no|nr|unnamed: 0|)$/i;

interface Tally extends Omit<ColumnSummary, 'name' | 'deviation'> {
  missing: number;
  numbers: number;
  whole: boolean;
  mean: number;
  squares: number;
  minimum: number;
  maximum: number;
  categories: Map<string, number> | undefined;
}

/** Reads the whole table once. Numbers are summed in the order of the rows, so that two readings agree. */
export async function summarizeTable(file: string, name: string, names: readonly string[], reader: TableReader) {
  const tallies = names.map((): Tally => ({
    missing: 0,
    numbers: 0,
    whole: true,
    mean: 0,
    squares: 0,
    minimum: Infinity,
    maximum: -Infinity,
    categories: new Map<string, number>(),
  }));
  let rows = 0;
  for await (const { cells } of rowsOf(file, name, reader)) {
    if (cells.length !== names.length) continue;
    rows++;
    for (const [index, tally] of tallies.entries()) {
      const cell = cells[index] ?? '';
      if (isMissing(cell)) {
        tally.missing++;
        continue;
      }
      const value = numberIn(cell, reader.decimal);
      if (!Number.isNaN(value)) {
        // Welford: exact enough for columns far from zero.
        tally.numbers++;
        const before = value - tally.mean;
        tally.mean += before / tally.numbers;
        tally.squares += before * (value - tally.mean);
        tally.whole &&= Number.isInteger(value);
        tally.minimum = Math.min(tally.minimum, value);
        tally.maximum = Math.max(tally.maximum, value);
      }
      const { categories } = tally;
      if (categories === undefined) continue;
      categories.set(cell, (categories.get(cell) ?? 0) + 1);
      if (categories.size > MOST_CATEGORIES) tally.categories = undefined;
    }
  }
  const columns = tallies.map(({ squares, ...tally }, index): ColumnSummary => ({
    ...tally,
    name: names[index] ?? '',
    deviation: tally.numbers === 0 ? 0 : Math.sqrt(squares / tally.numbers),
  }));
  return { rows, columns } satisfies TableSummary;
}

/** What each column most likely is for, when the user has not said so. */
export function guessColumns({ rows, columns }: TableSummary): TableColumn[] {
  const usable = columns.filter((column) => !isIndex(column, rows));
  const target = usable.findLast(({ name }) => targetNames.test(name)) ?? usable.at(-1);
  return columns.map((column): TableColumn => {
    const { name } = column;
    const type = typeOf(column, column === target);
    if (column === target) return { name, use: 'target', type };
    if (isIndex(column, rows)) return { name, use: 'ignore', type };
    // A category of its own for nearly every row, such as a name, says nothing of other rows.
    const tooMany = column.categories === undefined || column.categories.size > Math.max(20, rows / 2);
    return { name, use: type === 'category' && tooMany ? 'ignore' : 'feature', type };
  });
}

/** The categories of a column in a fixed order. */
export function categoriesOf({ categories }: ColumnSummary): readonly string[] {
  const names = [...(categories?.keys() ?? [])];
  // Numbers in the order of numbers: "2" before "10".
  return names.every((name) => name !== '' && Number.isFinite(Number(name)))
    ? names.sort((a, b) => Number(a) - Number(b))
    : names.sort(byCodePoint);
}

function typeOf(column: ColumnSummary, target: boolean): 'number' | 'category' {
  const present = column.numbers > 0 && column.categories?.size !== 0;
  const numeric = present && isNumeric(column);
  if (!numeric) return 'category';
  // A few whole numbers to be told apart are classes; as features they are as good as numbers.
  const few = column.whole && column.categories !== undefined && column.categories.size <= 10;
  return target && few && column.numbers >= 5 * (column.categories?.size ?? 1) ? 'category' : 'number';
}

function isNumeric({ numbers, categories }: ColumnSummary): boolean {
  if (categories === undefined) return numbers > 0;
  return [...categories.values()].reduce((sum, one) => sum + one, 0) === numbers;
}

function isIndex({ name, whole, numbers, minimum, maximum }: ColumnSummary, rows: number): boolean {
  return indexNames.test(name) && whole && numbers === rows && maximum - minimum === rows - 1;
}
