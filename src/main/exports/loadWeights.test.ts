import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lowered, networkOf, trainedLooking } from '../../../tests/support/networks.ts';
import { writeRun } from '../../../tests/support/runs.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { exportOnnx } from '../../graph-engine/targets/onnx/exportOnnx.ts';
import { PIECE } from '../../graph-engine/targets/onnx/tensorContent.ts';
import { runFiles } from '../runs/runFiles.ts';
import { usingWeights } from './loadWeights.ts';

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

const WIDTH = 700;
const LARGEST = WIDTH * WIDTH * 4;
const layers = Array.from(
  { length: 12 },
  (_, i) => [`dense${i}`, { op: 'dense', parameters: { units: WIDTH } }] as const,
);
const document = networkOf({
  features: { op: 'featureInput', parameters: { size: WIDTH } },
  ...Object.fromEntries(layers),
  output: { op: 'regressionOutput' },
});

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'skipwire-stream-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

test('an export holds one tensor of a run at a time', async () => {
  const { program } = lowered(document);
  const runFolder = await writeRun(path.join(folder, 'run'), document, {
    [runFiles.best]: trainedLooking(program, 3),
  });
  const before = await held();
  let most = 0;
  let written = 0;
  await usingWeights({ document, runFolder }, program, async ({ valuesOf }) => {
    const { external } = exportOnnx({
      document,
      inferred: inferDocument(document),
      weights: valuesOf,
      producerVersion: '0',
      external: { location: 'model.data', threshold: 0 },
    });
    for (const chunk of external?.chunks() ?? []) {
      written += chunk.length;
      most = Math.max(most, (await held()) - before);
    }
  });
  expect(written).toBeGreaterThan(12 * LARGEST);
  // A piece on its way to the file is beside the tensor.
  expect(most).toBeGreaterThan(0.9 * LARGEST);
  expect(most).toBeLessThan(1.2 * LARGEST + PIECE * Float32Array.BYTES_PER_ELEMENT);
});

/** Bytes of arrays that something still refers to. */
async function held(): Promise<number> {
  // What was found to be garbage is given back beside the program.
  for (let i = 0; i < 2; i++) {
    collectGarbage();
    await setTimeout(5);
  }
  return process.memoryUsage().arrayBuffers;
}
