import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { image } from '../../graph-engine/core/shape.ts';
import { emitOp } from '../../graph-engine/targets/onnx/emitOp.ts';
import { encodeModel } from '../../graph-engine/targets/onnx/encodeModel.ts';
import { createOnnxGraph } from '../../graph-engine/targets/onnx/onnxGraph.ts';
import { opNamed } from '../../graph-engine/ops/index.ts';
import { productRoot } from '../files/productRoot.ts';
import { runOnnxFile } from './runOnnxFile.ts';

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skipwire-verify-'));
  model = path.join(folder, 'relu.onnx');
  await writeFile(model, reluModel());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const request = () => ({
  file: model,
  outputs: ['y'],
  batches: [
    { x: { dims: [1, 1, 1, 2], data: Float32Array.of(-1, 2) } },
    { x: { dims: [2, 1, 1, 2], data: Float32Array.of(3, -4, -5, 6) } },
  ],
});

test('the outputs of every batch come back, with the name of the runtime', async () => {
  const answer = await runOnnxFile(request());
  expect(answer).toEqual({
    ok: true,
    runtime: expect.stringMatching(/^onnxruntime \d/) as string,
    batches: [
      { y: { dims: [1, 1, 1, 2], data: Float32Array.of(0, 2) } },
      { y: { dims: [2, 1, 1, 2], data: Float32Array.of(3, 0, 0, 6) } },
    ],
  });
});

test('a file that is not there, or no model, is refused in words', async () => {
  const missing = await runOnnxFile({ ...request(), file: path.join(folder, 'nothing.onnx') });
  expect(missing).toMatchObject({
    ok: false,
    reason: expect.stringContaining('onnxruntime refused the file') as string,
  });
  const broken = path.join(folder, 'broken.onnx');
  await writeFile(broken, reluModel().subarray(0, 40));
  const refused = await runOnnxFile({ ...request(), file: broken });
  expect(refused).toMatchObject({
    ok: false,
    reason: expect.stringContaining('onnxruntime refused the file') as string,
  });
});

test('an input of the wrong shape fails in words', async () => {
  const answer = await runOnnxFile({
    ...request(),
    batches: [{ x: { dims: [1, 2], data: Float32Array.of(1, 2) } }],
  });
  expect(answer).toMatchObject({
    ok: false,
    reason: expect.stringContaining('failed while running the file') as string,
  });
});

test.each([
  ['crashes', 'process.abort();', /stopped unexpectedly \(SIGABRT\)/],
  ['is killed', "process.kill(process.pid, 'SIGKILL');", /stopped unexpectedly \(SIGKILL\)/],
  ['throws', "throw new Error('no luck today');", /stopped unexpectedly \(exit code 1\)/],
  ['answers nonsense', "process.once('message', () => process.send({ kind: 'maybe' }));", /could not be understood/],
  ['hangs', 'process.once("message", () => { for (;;); });', /did not answer within 1 s/],
])('a process that %s is told as the reason, and the host lives on', async (_, code, reason) => {
  const program = path.join(folder, `bad-${code.length}.mjs`);
  await writeFile(program, code);
  const started = performance.now();
  const answer = await runOnnxFile(request(), { program, timeout: code.includes('for') ? 1_000 : 10_000 });
  expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(reason) as string });
  expect(performance.now() - started).toBeLessThan(8_000);
});

test('a program that does not exist is told as the reason', async () => {
  const answer = await runOnnxFile(request(), { program: path.join(folder, 'nowhere.mjs') });
  expect(answer).toMatchObject({ ok: false });
});

test('without onnxruntime the reason says so', async () => {
  // The real verifying process, in a place where everything it imports can be found but onnxruntime.
  const elsewhere = path.join(folder, 'elsewhere');
  await mkdir(path.join(elsewhere, 'node_modules'), { recursive: true });
  await cp(path.join(productRoot, 'dist', 'main'), path.join(elsewhere, 'main'), { recursive: true });
  await symlink(path.join(productRoot, 'node_modules', 'zod'), path.join(elsewhere, 'node_modules', 'zod'));
  await writeFile(path.join(elsewhere, 'package.json'), '{ "type": "module" }');
  const answer = await runOnnxFile(request(), { program: path.join(elsewhere, 'main', 'verifyProcess.js') });
  expect(answer).toMatchObject({
    ok: false,
    reason: expect.stringContaining('onnxruntime is not available here') as string,
  });
});

function reluModel(): Uint8Array {
  const graph = createOnnxGraph();
  const op = opNamed('relu');
  if (op === undefined) throw new Error('There is no op "relu"');
  const value = { dims: ['batch', 1, 1, 2], dtype: 'float32' as const, documentation: '' };
  const inputs = { input: graph.input('x', value) };
  const types = { input: image(1, 2, 1) };
  const { output = '' } = emitOp(graph, { op, path: 'relu', parameters: {}, inputs, types, weights: {} }, () =>
    Float32Array.of(),
  );
  graph.output('y', output, value);
  const model = encodeModel(
    { graph: graph.finish(), graphName: 'relu', documentation: '', opset: 21, producerVersion: '0' },
    { location: 'none', threshold: Infinity },
  );
  return Buffer.concat([...model.model()]);
}
