import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { readingCode } from '../../src/graph-engine/targets/python/training/readingCode.ts';
import type { DataReader } from '../../src/graph-engine/training/dataReader.ts';
import type { SampleNumbers } from '../../src/main/datasets/dataSet.ts';
import { readNumbers } from '../../src/main/datasets/numberStore.ts';
import { openFiles } from '../../src/main/datasets/readers/openFiles.ts';
import { pythonWith } from '../support/python.ts';

const python = pythonWith('numpy', 'PIL', 'regex');
const fixtures = path.join(import.meta.dirname, '../fixtures/data');
const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-reading-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = { kind: 'text', vocabulary: 64 } as const;
const cases: readonly (readonly [string, string, DataReader?])[] = [
  ['pictures', 'pictures'],
  ['masks', 'masks'],
  ['table', 'table.csv'],
  ['idx', 'idx'],
  ['cifar-10', 'cifar-10'],
  ['cifar-100, coarse', 'cifar-100', { kind: 'cifar', labels: 'coarse' }],
  ['arrays', 'arrays'],
  ['planes first', 'planes.npz'],
  ['characters', 'text', { ...text, tokens: 'characters' }],
  ['words', 'text', { ...text, tokens: 'words' }],
  ['byte pairs', 'text', { ...text, tokens: 'byte-pairs' }],
];

const Report = z.record(
  z.string(),
  z.union([
    z.object({ columns: z.record(z.string(), z.array(z.number())), parts: z.array(z.number()).nullable() }),
    z.object({ problem: z.string() }),
  ]),
);

function allOf(numbers: SampleNumbers | undefined): readonly number[] {
  if (numbers === undefined) throw new Error('There are no numbers');
  const room = new Float32Array(numbers.length);
  readNumbers(numbers, 0, room);
  return [...room];
}

test.skipIf(python === undefined)('a script reads files as the run did', { timeout: 120_000 }, async () => {
  const manifest = [];
  for (const [name, file, reader] of cases) {
    const survey = await (await openFiles(fixtures, file, reader)).survey();
    const code = readingCode({ description: survey.description, path: file, reader: survey.reader });
    manifest.push({ name, path: path.join(fixtures, file), ...code });
  }
  const file = path.join(folder, 'manifest.json');
  writeFileSync(file, JSON.stringify(manifest));
  const script = path.join(import.meta.dirname, '../oracles/generatedReading.py');
  const output = execFileSync(python ?? '', [script, file], { encoding: 'utf8', maxBuffer: 100_000_000 });
  const report = Report.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
  for (const [name, place, reader] of cases) {
    const one = report[name];
    if (one === undefined || 'problem' in one) {
      expect.soft(one, name).toHaveProperty('columns');
      continue;
    }
    const files = await openFiles(fixtures, place, reader);
    const { data } = await files.read({ cacheFolder: folder, memoryLimit: 1_000_000 });
    const { description, inputs, targets, parts } = data;
    expect.soft(one.parts, name).toEqual(parts === undefined ? null : [...parts]);
    const columns = [
      ...description.inputs.map((input, index) => [input.name, allOf(inputs[index])] as const),
      ...description.targets.map((target, index) => [target.name, allOf(targets[index])] as const),
    ];
    for (const [column, expected] of columns) {
      const found = one.columns[column] ?? [];
      expect.soft(found.length, `${name}: ${column}`).toBe(expected.length);
      const differences = expected.map((value, index) => Math.abs(value - (found[index] ?? NaN)));
      // Pillow's Lanczos rounds a little differently; everything else is the same numbers.
      const isResized = column === 'image' && /pictures|masks/.test(name);
      const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
      expect.soft(mean, `${name}: ${column}`).toBeLessThan(isResized ? 0.01 : 1e-6);
    }
  }
});
