import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import type { HeldDataSet, HeldDataSource } from './dataSet.ts';

const SIDE = 8;
const PIXELS = SIDE * SIDE;
const MAXIMUM_INK = 16;
const CLASSES = 10;
/** Far above the real file; a damaged or hostile one must not fill the memory. */
const MAXIMUM_BYTES = 64 * 1024 * 1024;

const description: DataSetDescription = {
  id: 'digits',
  title: 'Handwritten digits',
  description: '1 797 grey 8×8 images of the digits 0 to 9. Small enough to learn in seconds.',
  inputs: [{ kind: 'image', name: 'image', height: SIDE, width: SIDE, channels: 1 }],
  targets: [{ kind: 'class', name: 'digit', classes: Array.from({ length: CLASSES }, (_, digit) => String(digit)) }],
  samples: 1797,
  licence: 'CC BY 4.0, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository (1998)',
};

/** The digits that come with Skipwire, or those in another file of the same form. */
export function digits(file: string = path.join(productRoot, 'assets', 'data', 'digits.csv.gz')): HeldDataSource {
  return { description, load: async () => parseDigits(await readDigits(file), file) };
}

async function readDigits(file: string): Promise<string> {
  const packed = await readFile(file);
  try {
    return gunzipSync(packed, { maxOutputLength: MAXIMUM_BYTES }).toString('utf8');
  } catch (error) {
    throw damaged(file, 'The file cannot be unpacked.', {
      expected: 'a gzip file',
      received: error instanceof Error ? error.message : undefined,
    });
  }
}

/** Reads lines of 64 pixel values from 0 to 16 and a class from 0 to 9; `file` is named in problems. */
export function parseDigits(text: string, file: string): HeldDataSet {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw damaged(file, 'The file is empty.', { expected: 'one sample a line' });
  const images = new Float32Array(lines.length * PIXELS);
  const labels = new Int32Array(lines.length);
  lines.forEach((line, row) => {
    const place = `Line ${row + 1}`;
    const columns = line.trim().split(',');
    if (columns.length !== PIXELS + 1) {
      throw damaged(file, `${place} has the wrong number of values.`, {
        expected: `${PIXELS + 1} values: ${PIXELS} pixels and a class`,
        received: String(columns.length),
      });
    }
    columns.forEach((column, index) => {
      const value = /^\d+$/.test(column) ? Number(column) : Number.NaN;
      const limit = index === PIXELS ? CLASSES - 1 : MAXIMUM_INK;
      if (!(value <= limit)) {
        throw damaged(file, `${place}, value ${index + 1} is out of range.`, {
          expected: `a whole number from 0 to ${limit}`,
          received: column.slice(0, 40),
        });
      }
      if (index === PIXELS) labels[row] = value;
      else images[row * PIXELS + index] = value / MAXIMUM_INK;
    });
  });
  return { description: { ...description, samples: lines.length }, inputs: [images], targets: [labels] };
}

function damaged(file: string, what: string, details: { expected?: string; received?: string | undefined }) {
  return new HostFailure({
    code: 'data/damaged',
    message: `The data file "${file}" is damaged. ${what}`,
    ...details,
    remedy: 'Put an undamaged copy in its place.',
  });
}
