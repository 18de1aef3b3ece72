import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import type { ReaderOf } from '../../../graph-engine/training/dataReader.ts';
import { damagedFile } from './labels.ts';

export type TableReader = ReaderOf<'table'>;

/** A row as it stands in the file. */
export interface TableRow {
  /** Counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A line of a hostile file must not fill the memory. */
const MAXIMUM_ROW = 4 * 1024 * 1024;
const SNIFFED_BYTES = 64 * 1024;
const delimiters = [',', ';', '\t', '|'] as const;
const missingWords = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', 'nil', '?', '-', 'missing']);

/** Whether a cell says that its value is not known. */
export function isMissing(cell: string): boolean {
  return missingWords.has(cell.toLowerCase());
}

/** The number of a cell; NaN where it is none. */
export function numberIn(cell: string, decimal: '.' | ','): number {
  const text = decimal === ',' ? cell.replaceAll('.', '').replace(',', '.') : cell;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** The rows of a table one after the other, without the header. Throws a `HostFailure` when it cannot be parsed. */
export async function* rowsOf(
  file: string,
  name: string,
  { delimiter, header }: Pick<TableReader, 'delimiter' | 'header'>,
): AsyncGenerator<TableRow> {
  const source = createReadStream(file);
  const parser = parse({
    delimiter,
    bom: true,
    trim: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAXIMUM_ROW,
  });
  source.on('error', (error) => parser.destroy(error));
  if (file.endsWith('.gz')) {
    const unpacking = createGunzip();
    unpacking.on('error', (error) => parser.destroy(error));
    source.pipe(unpacking).pipe(parser);
  } else source.pipe(parser);
  let first = header;
  try {
    for await (const row of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (first) first = false;
      else yield { line: row.info.lines, cells: row.record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw damagedFile(name, `It is no table: ${error.message}`, { expected: `cells between "${delimiter}"` });
  } finally {
    source.destroy();
  }
}

/** The first rows of a table, the header among them. */
export async function firstRows(file: string, name: string, delimiter: TableReader['delimiter'], most: number) {
  const rows: (readonly string[])[] = [];
  for await (const { cells } of rowsOf(file, name, { delimiter, header: false })) {
    rows.push(cells);
    if (rows.length >= most) break;
  }
  return rows;
}

/** The sign between cells: that which most lines have equally often. */
export async function sniffDelimiter(file: string): Promise<TableReader['delimiter']> {
  if (/\.(tsv|tab)(\.gz)?$/i.test(file)) return '\t';
  const text = await startOf(file);
  const lines = text.split(/\r?\n/).slice(0, -1).slice(0, 50);
  const scores = delimiters.map((delimiter) => {
    const counts = lines.map((line) => line.replaceAll(/"[^"]*"/g, '').split(delimiter).length - 1);
    const usual = counts[Math.floor(counts.length / 2)] ?? 0;
    return { delimiter, score: usual === 0 ? 0 : counts.filter((one) => one === usual).length * 100 + usual };
  });
  return scores.reduce((best, one) => (one.score > best.score ? one : best), { delimiter: delimiters[0], score: 0 } as {
    delimiter: TableReader['delimiter'];
    score: number;
  }).delimiter;
}

async function startOf(file: string): Promise<string> {
  if (file.endsWith('.gz')) {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(file).pipe(createGunzip()) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      if (chunks.reduce((sum, { length }) => sum + length, 0) >= SNIFFED_BYTES) break;
    }
    return Buffer.concat(chunks).toString('utf8');
  }
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    const text = buffer.toString('utf8', 0, bytesRead);
    return bytesRead < SNIFFED_BYTES ? `${text}\n` : text;
  } finally {
    await handle.close();
  }
}
