import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { answersOf, outcomeOf, readCases, type OnnxTestCase } from './support/onnxTestCases.ts';
import { pythonWith } from './support/python.ts';

// Many small models, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 600_000 });

/** Names of cases by what they become and how its answers compare with the case's own. */
type Table = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const table = JSON.parse(readFileSync(path.join(import.meta.dirname, 'golden/onnxTestCases.json'), 'utf8')) as Table;
const known = new Map(
  Object.entries(table).flatMap(([outcome, groups]) =>
    Object.entries(groups).flatMap(([answers, names]) => names.map((name) => [name, { outcome, answers }] as const)),
  ),
);

async function becomes(cases: readonly OnnxTestCase[]) {
  const found: Record<string, { outcome: string; answers: string }> = {};
  for (const one of cases) {
    const { outcome, network } = outcomeOf(Buffer.from(one.model, 'base64'));
    const answers = network === undefined ? 'none' : await answersOf(one, network);
    // Why a runtime does not run something is its own business, and what is drawn by chance differs each time.
    const told = answers.replace(/^not run: .*/, 'not run').replace(/off by .*/, 'other numbers');
    found[`${one.kind}/${one.name}`] = { outcome, answers: told };
  }
  return found;
}

const told = (cases: readonly OnnxTestCase[]) =>
  Object.fromEntries(cases.map(({ kind, name }) => [`${kind}/${name}`, known.get(`${kind}/${name}`)]));

test('tests of single operators become what the table says, and answer as ONNX has it', async () => {
  const cases = readCases(path.join(import.meta.dirname, 'fixtures/onnxTestCases.jsonl.gz'));
  expect(cases.length).toBeGreaterThan(200);
  expect(await becomes(cases)).toEqual(told(cases));
});

const python = pythonWith('onnx');

// The others are not ours to bring along.
test.skipIf(python === undefined)('so do all of the onnx package', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-onnx-cases-'));
  try {
    const file = path.join(folder, 'cases.jsonl.gz');
    execFileSync(python ?? '', [path.join(import.meta.dirname, 'oracles/onnxTestCases.py'), file]);
    const cases = readCases(file);
    expect(cases.map(({ kind, name }) => `${kind}/${name}`).toSorted()).toEqual([...known.keys()].toSorted());
    expect(await becomes(cases)).toEqual(told(cases));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
