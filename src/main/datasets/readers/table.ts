import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { HostProblem } from '../../../contract/contract.ts';
import type { DataTarget } from '../../../graph-engine/training/dataDescription.ts';
import { dataSettingOf } from '../../../graph-engine/training/dataReader.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import type { SampleNumbers } from '../dataSet.ts';
import type { FilePreparation } from '../filePreparation.ts';
import { keptInMemory, openNumbers } from '../numberStore.ts';
import type { DataPlace } from './dataPlace.ts';
import { refuseBroken } from './fileRecords.ts';
import type { BrokenSample, FormatReader } from './formatReader.ts';
import { count } from './imageSurvey.ts';
import { damagedFile } from './labels.ts';
import { cachedFile } from './recordCache.ts';
import { categoriesOf, guessColumns, summarizeTable, type ColumnSummary, type TableSummary } from './tableColumns.ts';
import { firstRows, isMissing, numberIn, rowsOf, sniffDelimiter, type TableReader } from './tableRows.ts';

const ending = /\.(csv|tsv|tab)(\.gz)?$/i;
const MOST_COLUMNS = 10_000;
const ROWS_AT_ONCE = 4096;

/** How the cells of a column become numbers of a sample. */
interface Encoding {
  readonly index: number;
  readonly name: string;
  /** What an unknown cell becomes; `undefined` where a row without it is of no use. */
  readonly fill: number | undefined;
  /** Number of each category; `undefined` for a column of numbers. */
  readonly categories: ReadonlyMap<string, number> | undefined;
}

interface Plan {
  readonly reader: TableReader;
  readonly summary: TableSummary;
  readonly features: readonly Encoding[];
  readonly targets: readonly Encoding[];
}

/** Comma or tab separated values: numbers and categories as features, one or several columns as targets. */
export const table: FormatReader<'table'> = {
  kind: 'table',

  async detect(place) {
    if (place.isFolder || !ending.test(place.path)) return undefined;
    const delimiter = await sniffDelimiter(place.absolute);
    const rows = await firstRows(place.absolute, place.path, delimiter, 50);
    const [first = [], ...others] = rows;
    const decimal = delimiter !== ',' && others.flat().some((cell) => /^[-+]?\d+,\d+$/.test(cell)) ? ',' : '.';
    const numeric = (cell: string): boolean => !Number.isNaN(numberIn(cell, decimal));
    const header = first.length > 0 && !first.some(numeric);
    return { kind: 'table', delimiter, decimal, header, columns: [], missing: 'fill', leaveOut: false };
  },

  async survey(place, given) {
    const plan = await planFor(place, given);
    const { reader, summary } = plan;
    const of = (use: string): readonly string[] =>
      reader.columns.filter((column) => column.use === use).map(({ name }) => name);
    const missing = summary.columns.reduce((sum, column) => sum + column.missing, 0);
    return {
      reader,
      description: describe(place, plan, summary.rows),
      parts: { train: summary.rows, validation: 0, test: 0 },
      understood: [
        `${count(summary.rows, 'row')} of ${count(summary.columns.length, 'column')} between ${delimiterInWords(reader.delimiter)}.`,
        `Learned: ${listed(of('target'))}, from ${count(of('feature').length, 'column')}.`,
        ...(of('ignore').length === 0 ? [] : [`Not used: ${listed(of('ignore'))}.`]),
        ...(missing === 0 ? [] : [`${count(missing, 'cell')} without a value.`]),
      ],
      warnings: [],
      problems: problemsOf(place, plan),
    };
  },

  async read(place, given, options) {
    const plan = await planFor(place, given);
    const [problem] = problemsOf(place, plan);
    if (problem !== undefined) throw new HostFailure(problem);
    const width = featureNames(plan.features).length;
    const { size, mtimeMs } = await stat(place.absolute);
    const bytes = plan.summary.rows * width * 4;
    const { file, known } = await cachedFile(
      { key: `${place.absolute} ${size} ${mtimeMs} ${JSON.stringify(plan.reader)}`, bytes },
      Known,
      async (handle) => {
        const rows: number[] = [];
        const targets: number[][] = plan.targets.map(() => []);
        const broken: BrokenSample[] = [];
        let samples = 0;
        const write = async (): Promise<void> => {
          if (rows.length > 0) await handle.writeFile(Buffer.from(Float32Array.from(rows).buffer));
          rows.length = 0;
        };
        for await (const { line, cells } of rowsOf(place.absolute, place.path, plan.reader)) {
          const row = readRow(plan, cells, line);
          if (row === undefined) continue;
          if ('why' in row) broken.push(row);
          else {
            rows.push(...row.features);
            row.targets.forEach((value, index) => targets[index]?.push(value));
            samples++;
            if (samples % ROWS_AT_ONCE === 0) {
              await write();
              options.onProgress?.(samples, plan.summary.rows);
            }
          }
        }
        await write();
        return { samples, targets, broken };
      },
      options,
    );
    refuseBroken(place, known.broken, given.leaveOut);
    const stored = { type: 'float32', length: known.samples * width, divisor: 1, file, offset: 0 } as const;
    return {
      data: {
        description: describe(place, plan, known.samples),
        inputs: [openNumbers(await keptInMemory(stored, options.memoryLimit))],
        targets: targetNumbers(plan.targets, known.targets, known.samples),
        preparation: preparationOf(plan),
      },
      broken: known.broken,
    };
  },
};

/** What another table needs to be read in the same way. */
function preparationOf({ reader, features, targets }: Plan): FilePreparation {
  const columns = (encodings: readonly Encoding[], use: 'feature' | 'target') =>
    encodings.map(({ name, fill = null, categories }) => ({
      name,
      use,
      fill,
      categories: categories === undefined ? null : [...categories.keys()],
    }));
  return {
    kind: 'table',
    decimal: reader.decimal,
    columns: [...columns(features, 'feature'), ...columns(targets, 'target')],
  };
}

const Known = z.object({
  samples: z.int(),
  targets: z.array(z.array(z.number())),
  broken: z.array(z.object({ path: z.string(), code: z.string(), why: z.string() })),
});

async function planFor(place: DataPlace, given: TableReader): Promise<Plan> {
  const [first] = await firstRows(place.absolute, place.path, given.delimiter, 1);
  if (first === undefined) throw damagedFile(place.path, 'It is empty.', { expected: 'one sample a line' });
  if (first.length > MOST_COLUMNS)
    throw damagedFile(place.path, `It has ${first.length} columns.`, { expected: `at most ${MOST_COLUMNS}` });
  const names = uniqueNames(given.header ? first : first.map((_, index) => `column ${index + 1}`));
  const summary = await summarizeTable(place.absolute, place.path, names, given);
  const guessed = guessColumns(summary);
  // What the user chose stands; a column that was not there then is guessed.
  const chosen = new Map(given.columns.map((column) => [column.name, column]));
  const columns = guessed.map(
    (column) =>
      chosen.get(column.name) ??
      (given.columns.length > 0 && column.use === 'target' ? { ...column, use: 'ignore' as const } : column),
  );
  const reader = { ...given, columns };
  const encodings = (use: string): Encoding[] =>
    columns.flatMap(({ name, use: own, type }, index) => {
      const column = summary.columns[index];
      if (own !== use || column === undefined) return [];
      const categories = type === 'category' ? new Map(categoriesOf(column).map((one, at) => [one, at])) : undefined;
      const fill = use === 'target' || reader.missing !== 'fill' ? undefined : fillFor(column, categories);
      return [{ index, name, fill, categories }];
    });
  return { reader, summary, features: encodings('feature'), targets: encodings('target') };
}

function fillFor(column: ColumnSummary, categories: Encoding['categories']): number {
  if (categories === undefined) return column.mean;
  const [most] = [...(column.categories ?? [])].sort((a, b) => b[1] - a[1]);
  return categories.get(most?.[0] ?? '') ?? 0;
}

/** A row as numbers; why it cannot be read; or nothing for one that is left out for a missing value. */
function readRow({ reader, summary, features, targets }: Plan, cells: readonly string[], line: number) {
  const broken = (code: string, why: string): BrokenSample => ({ path: `line ${line}`, code, why });
  if (cells.length !== summary.columns.length) {
    return broken('data/wrong-columns', `It has ${cells.length} cells instead of ${summary.columns.length}.`);
  }
  const values: number[] = [];
  for (const { index, name, fill, categories } of [...features, ...targets]) {
    const cell = cells[index] ?? '';
    if (isMissing(cell)) {
      if (fill === undefined && reader.missing === 'stop')
        return broken('data/missing-value', `"${name}" has no value.`);
      if (fill === undefined) return undefined;
      values.push(fill);
      continue;
    }
    const value = categories === undefined ? numberIn(cell, reader.decimal) : categories.get(cell);
    if (value === undefined || Number.isNaN(value)) {
      return broken('data/not-a-number', `"${name}" is "${cell.slice(0, 40)}", which is no number.`);
    }
    values.push(value);
  }
  return {
    features: features.flatMap(({ categories }, index) => {
      const value = values[index] ?? 0;
      if (categories === undefined) return [value];
      return Array.from({ length: categories.size }, (_, category) => (category === value ? 1 : 0));
    }),
    targets: values.slice(features.length),
  };
}

function featureNames(features: readonly Encoding[]): string[] {
  return features.flatMap(({ name, categories }) =>
    categories === undefined ? [name] : [...categories.keys()].map((category) => `${name} = ${category}`),
  );
}

/** Every category is a target of its own; all numbers are one target of several values. */
function targetsOf(targets: readonly Encoding[]): DataTarget[] {
  const classes = targets.flatMap(({ name, categories }): DataTarget[] =>
    categories === undefined ? [] : [{ kind: 'class', name, classes: [...categories.keys()] }],
  );
  const names = targets.filter(({ categories }) => categories === undefined).map(({ name }) => name);
  return names.length === 0 ? classes : [...classes, { kind: 'values', name: names[0] ?? 'values', names }];
}

function targetNumbers(targets: readonly Encoding[], columns: readonly number[][], samples: number): SampleNumbers[] {
  const classes = columns.filter((_, index) => targets[index]?.categories !== undefined);
  const values = columns.filter((_, index) => targets[index]?.categories === undefined);
  const numbers: SampleNumbers[] = classes.map((column) => Int32Array.from(column));
  if (values.length === 0) return numbers;
  const rows = new Float32Array(samples * values.length);
  values.forEach((column, index) => column.forEach((value, row) => (rows[row * values.length + index] = value)));
  return [...numbers, rows];
}

function problemsOf(place: DataPlace, { reader, features, targets }: Plan): HostProblem[] {
  const needed = (what: string, use: string): HostProblem => ({
    code: `data/no-${use}`,
    message: `No column of "${place.path}" is ${what}.`,
    expected: `one column or more as ${use}`,
    received: listed(reader.columns.map((column) => column.name)),
    remedy: 'Choose columns under Data.',
  });
  const problems: HostProblem[] = [];
  if (features.length === 0) problems.push(needed('learned from', 'feature'));
  if (targets.length === 0) problems.push(needed('to be learned', 'target'));
  const single = targets.find(({ categories }) => categories !== undefined && categories.size < 2);
  if (single !== undefined) {
    problems.push({
      code: 'data/one-class',
      message: `The column "${single.name}" of "${place.path}" has one category only; there is nothing to tell apart.`,
      remedy: 'Choose another column to learn.',
    });
  }
  return problems;
}

function describe(place: DataPlace, { features, targets }: Plan, samples: number) {
  return {
    id: dataSettingOf(place.path),
    title: path.basename(place.path),
    description: `Rows of the table "${place.path}".`,
    inputs: [{ kind: 'features' as const, name: 'features', names: featureNames(features) }],
    targets: targetsOf(targets),
    samples,
    licence: '',
  };
}

function uniqueNames(names: readonly string[]): string[] {
  const taken = new Map<string, number>();
  return names.map((name, index) => {
    const own = name === '' ? `column ${index + 1}` : name;
    const before = taken.get(own) ?? 0;
    taken.set(own, before + 1);
    return before === 0 ? own : `${own} (${before + 1})`;
  });
}

function delimiterInWords(delimiter: string): string {
  return { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' }[delimiter] ?? delimiter;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const quoted = names.slice(0, 6).map((name) => `"${name}"`);
  return `${quoted.join(', ')}${names.length > 6 ? ` and ${names.length - 6} more` : ''}`;
}
