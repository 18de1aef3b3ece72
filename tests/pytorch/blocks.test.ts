import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../../src/main/executors/tensorflowExecutor.ts';
import { productRoot } from '../../src/main/files/productRoot.ts';
import { lowerBlock } from '../support/lowerBlock.ts';
import { entryOf, oracleCases } from '../support/oracleCases.ts';
import { runInInterpreter, runOnEngine } from '../support/runOracleCases.ts';

/** What PyTorch made of every block, with torchvision's and timm's own modules where they exist: tests/oracles/blocks.py. */
const golden = oracleCases('blocks');

test('every block of the library has been compared with PyTorch, in training and for prediction', () => {
  const library = readdirSync(path.join(productRoot, 'templates/blocks')).map((file) => path.basename(file, '.json'));
  expect([...golden.keys()].sort()).toEqual(library.sort());
  for (const [name, cases] of golden) {
    expect([...new Set(cases.map(({ mode }) => mode))].sort(), name).toEqual(['inference', 'train']);
  }
});

const entries = [...golden].flatMap(([id, cases]) =>
  cases.map((example, index) =>
    entryOf(`${id}: ${example.name}, ${example.mode}`, example, `${id}${index}`, lowerBlock(id)),
  ),
);

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});

afterAll(() => executor.dispose());

test.each(entries.map((entry) => [entry.title, entry] as const))('%s', async (_, entry) => {
  // The interpreter computes in double precision, and the golden numbers have nine digits.
  const exact = runInInterpreter(entry);
  expect(exact.error, exact.where).toBeLessThan(1e-7);
  const native = await runOnEngine(executor, entry);
  expect(native.error, native.where).toBeLessThan(1e-4);
});
