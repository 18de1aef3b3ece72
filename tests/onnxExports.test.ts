import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { HALF_TOLERANCE, TOLERANCE } from '../src/main/verification/compareOutputs.ts';

const root = path.join(import.meta.dirname, '..');
const text = readFileSync(path.join(root, 'docs/onnx-exports.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** Named below the table: those that it lacks. */
const missing = /^Not measured[^:]*: ([^]*?)\.$/m.exec(text)?.[1]?.split(/,\s+/) ?? [];

test('what the table says of every network of the library is within the limits, and what it lacks is named', () => {
  const networks = readdirSync(path.join(root, 'templates/networks')).map((file) => path.basename(file, '.json'));
  expect([...rows.map(([, name]) => name), ...missing].toSorted()).toEqual(networks.toSorted());
  const beyond = rows.filter((row) => !(Number(row[4]) <= TOLERANCE && Number(row[6]) <= HALF_TOLERANCE));
  expect(beyond).toEqual([]);
});
