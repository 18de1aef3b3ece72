import type { DataInput } from '../../../graph-engine/training/dataDescription.ts';
import type { PreparedColumn } from '../../datasets/filePreparation.ts';
import { isMissing, firstRows, numberIn, rowsOf, sniffDelimiter } from '../../datasets/readers/tableRows.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import type { RunPreparation } from '../runPreparation.ts';
import {
  cutInWords,
  expectedFile,
  listed,
  MOST_OWN_SAMPLES,
  type OwnFile,
  type OwnSample,
  type OwnSamples,
} from './ownFile.ts';

type Features = DataInput & { kind: 'features' };

/** A column of the run with its place in the file. */
interface PlacedColumn extends PreparedColumn {
  readonly at: number;
}

/** Rows of a table, read with the categories and fillings that the run learned. Throws a `HostFailure` that names what does not fit. */
export async function readOwnTable(file: OwnFile, data: Features, run: RunPreparation): Promise<OwnSamples> {
  const delimiter = await sniffDelimiter(file.absolute);
  const decimal = run.preparation?.kind === 'table' ? run.preparation.decimal : '.';
  const [first] = await firstRows(file.absolute, file.name, delimiter, 1);
  if (first === undefined) throw refused(file, data, run, 'It is empty.', 'no row');
  const header = !first.some((cell) => !Number.isNaN(numberIn(cell, decimal)));
  const columns = place(file, data, run, first, header);
  const samples: OwnSample[] = [];
  let rows = 0;
  let filled = 0;
  for await (const { line, cells } of rowsOf(file.absolute, file.name, { delimiter, header })) {
    rows++;
    if (rows > MOST_OWN_SAMPLES) continue;
    if (cells.length !== first.length) {
      throw refused(
        file,
        data,
        run,
        `Line ${line} has ${cells.length} cells instead of ${first.length}.`,
        `${cells.length} cells`,
      );
    }
    const numbers: number[] = [];
    for (const column of columns) {
      if (column.use !== 'feature') continue;
      const cell = cells[column.at] ?? '';
      if (isMissing(cell)) filled++;
      const value = isMissing(cell) ? column.fill : valueIn(cell, column, decimal);
      if (value === null) throw cellRefused(file, line, column, cell);
      if (column.categories === null) numbers.push(value);
      else numbers.push(...column.categories.map((_, category) => (category === value ? 1 : 0)));
    }
    samples.push({ name: `row ${rows}`, numbers: Float32Array.from(numbers), truth: truthIn(cells, columns, decimal) });
  }
  if (samples.length === 0) throw refused(file, data, run, 'It has no row below its header.', 'no row');
  const encoded = columns.filter(({ use, categories }) => use === 'feature' && categories !== null);
  return {
    received: `a table of ${rows} ${rows === 1 ? 'row' : 'rows'} and ${first.length} columns`,
    steps: [
      ...cutInWords(rows, 'rows'),
      header ? 'Columns were found by their names.' : 'Columns were taken in the order of the training data.',
      ...(encoded.length === 0 ? [] : [`A number for each category of ${listed(encoded.map(({ name }) => name))}.`]),
      ...(filled === 0
        ? []
        : [`${filled} ${filled === 1 ? 'cell' : 'cells'} without a value were filled as in training.`]),
    ],
    samples,
  };
}

/** Where the columns of the run are in the file. */
function place(file: OwnFile, data: Features, run: RunPreparation, first: readonly string[], header: boolean) {
  const wanted = columnsOf(data, run);
  const features = wanted.filter(({ use }) => use === 'feature');
  if (header) {
    const at = new Map(first.map((name, index) => [name, index]));
    const missing = features.filter(({ name }) => !at.has(name)).map(({ name }) => name);
    if (missing.length > 0) {
      throw refused(
        file,
        data,
        run,
        `It has no column ${listed(missing.map((name) => `"${name}"`))}.`,
        `the columns ${listed(first)}`,
      );
    }
    return wanted.flatMap((column): PlacedColumn[] => {
      const index = at.get(column.name);
      return index === undefined ? [] : [{ ...column, at: index }];
    });
  }
  if (first.length === features.length) return features.map((column, at) => ({ ...column, at }));
  throw refused(
    file,
    data,
    run,
    `Its rows have ${first.length} cells and no names.`,
    `${first.length} columns without names`,
  );
}

function columnsOf(data: Features, { preparation }: RunPreparation): readonly PreparedColumn[] {
  if (preparation?.kind === 'table') return preparation.columns;
  return data.names.map((name) => ({ name, use: 'feature', fill: null, categories: null }));
}

function valueIn(cell: string, { categories }: PreparedColumn, decimal: '.' | ','): number | null {
  if (categories === null) {
    const value = numberIn(cell, decimal);
    return Number.isNaN(value) ? null : value;
  }
  const category = categories.indexOf(cell);
  return category < 0 ? null : category;
}

function truthIn(cells: readonly string[], columns: readonly PlacedColumn[], decimal: '.' | ',') {
  return new Map(
    columns.flatMap((column): [string, string | number][] => {
      const cell = cells[column.at] ?? '';
      if (column.use !== 'target' || isMissing(cell)) return [];
      if (column.categories !== null) return [[column.name, cell]];
      const value = numberIn(cell, decimal);
      return Number.isNaN(value) ? [] : [[column.name, value]];
    }),
  );
}

function cellRefused(
  { name }: OwnFile,
  line: number,
  { name: column, categories }: PreparedColumn,
  cell: string,
): HostFailure {
  const missing = isMissing(cell);
  return new HostFailure({
    code: 'own-file/cell',
    message: `Line ${line} of "${name}" has ${missing ? 'no value' : `"${cell}"`} in the column "${column}".`,
    expected: categories === null ? 'a number' : `one of ${listed(categories)}`,
    received: missing ? 'nothing' : cell,
    remedy: 'The network knows only what was in the training data. Mend the cell.',
  });
}

function refused({ name }: OwnFile, data: Features, run: RunPreparation, why: string, received: string): HostFailure {
  return new HostFailure({
    code: 'own-file/table',
    message: `"${name}" does not fit this network. ${why}`,
    expected: expectedFile(data, run),
    received,
    remedy: 'Give the table the columns of the training data.',
  });
}
