import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { interpretedEngine } from '../../../tests/support/interpretedEngine.ts';
import { lowered, networkOf, trainedLooking } from '../../../tests/support/networks.ts';
import { writeRun } from '../../../tests/support/runs.ts';
import { permuteAxes } from '../../graph-engine/targets/onnx/permuteAxes.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { runFiles } from '../runs/runFiles.ts';
import { exportOnnxFile, type ExportOnnxOrder } from './exportOnnxFile.ts';
import type { PredictingEngine } from './predictByEngine.ts';

const network = networkOf({
  image: { op: 'input', parameters: { height: 6, width: 5, channels: 2 } },
  conv: { op: 'conv2d', parameters: { filters: 64, bias: false } },
  bn: { op: 'batchNormalization' },
  relu: { op: 'relu' },
  flatten: { op: 'flatten' },
  dense: { op: 'dense', parameters: { units: 4 } },
  output: { op: 'classificationOutput' },
});

let root: string;
let folder: string;
beforeAll(async () => (root = await mkdtemp(path.join(tmpdir(), 'skipwire-export-'))));
beforeEach(async () => (folder = await mkdtemp(path.join(root, 'case-'))));
afterAll(() => rm(root, { recursive: true, force: true }));

const order = (changes: Partial<ExportOnnxOrder> = {}): ExportOnnxOrder => ({
  document: network,
  runFolder: null,
  file: path.join(folder, 'network.onnx'),
  overwrite: false,
  ...changes,
});
const exportFile = (changes?: Partial<ExportOnnxOrder>) =>
  exportOnnxFile(order(changes), { engine: interpretedEngine });

describe('a good export', () => {
  test('of a document has its initial weights and is verified', async () => {
    const answer = await exportFile({ file: path.join(folder, 'new', 'network.onnx') });
    expect(answer).toMatchObject({
      path: path.join(folder, 'new', 'network.onnx'),
      opset: 21,
      weights: 'initial',
      verification: { status: 'verified', samples: 12 },
    });
    const bytes = await readFile(answer.path);
    expect(answer.bytes).toBe(bytes.length);
    expect(await readdir(path.dirname(answer.path))).toEqual(['network.onnx']);
    if (answer.verification.status !== 'verified') throw new Error('unreachable');
    // Above zero, or the outputs were not computed by two different engines.
    expect(answer.verification.maximumDifference).toBeGreaterThan(0);
    expect(answer.verification.maximumDifference).toBeLessThan(1e-4);
  });

  test('of a run has its best weights, or the last while there are none', async () => {
    const [best, last] = [trainedLooking(lowered(network).program, 7), trainedLooking(lowered(network).program, 8)];
    const runFolder = await writeWeights({ [runFiles.last]: last });
    const early = await exportFile({ runFolder });
    expect(early).toMatchObject({ weights: 'trained', verification: { status: 'verified' } });
    const withLast = await readFile(early.path);
    expect(withLast.includes(bytesOf(last.get('bn.runningVariance')))).toBe(true);

    await writeWeights({ [runFiles.last]: last, [runFiles.best]: best });
    const answer = await exportFile({ runFolder, overwrite: true, options: { opset: 13 } });
    expect(answer).toMatchObject({ opset: 13, weights: 'trained', verification: { status: 'verified' } });
    const withBest = await readFile(answer.path);
    expect(withBest.includes(bytesOf(best.get('bn.runningVariance')))).toBe(true);
  });

  test('with external data replaces model and data together, and leaves no stale data', async () => {
    const outside = await exportFile({ externalThreshold: 1 });
    expect(outside.verification.status).toBe('verified');
    expect((await readdir(folder)).toSorted()).toEqual(['network.onnx', 'network.onnx.data']);

    const again = await exportFile({ externalThreshold: 1, overwrite: true });
    expect(again.verification.status).toBe('verified');
    expect((await readdir(folder)).toSorted()).toEqual(['network.onnx', 'network.onnx.2.data']);

    const inside = await exportFile({ overwrite: true });
    expect(inside.verification.status).toBe('verified');
    expect(await readdir(folder)).toEqual(['network.onnx']);
  });
});

describe('the verification', () => {
  test("tells weights that are not the file's", async () => {
    const engine: PredictingEngine = {
      predict: (request) => interpretedEngine.predict({ ...request, weights: { seed: 12345 } }),
    };
    const answer = await exportOnnxFile(order(), { engine });
    expect(answer.verification).toMatchObject({ status: 'differs' });
    if (answer.verification.status !== 'differs') throw new Error('unreachable');
    expect(answer.verification.maximumDifference).toBeGreaterThan(1e-2);
  });

  test('tells two layouts that were mixed up', async () => {
    const engine: PredictingEngine = {
      predict: (request) => {
        const dims = [request.samples, 6, 5, 2];
        const image = permuteAxes(Float32Array.from(request.inputs['image'] ?? []), dims, [0, 3, 1, 2]);
        return interpretedEngine.predict({ ...request, inputs: { image } });
      },
    };
    expect((await exportOnnxFile(order(), { engine })).verification.status).toBe('differs');
  });

  test('says why it could not be done when the engine is missing', async () => {
    const problem = { code: 'engine/missing', message: 'The engine is not installed.' };
    const engine: PredictingEngine = { predict: async () => ({ ok: false, problem }) };
    const answer = await exportOnnxFile(order(), { engine });
    expect(answer.verification).toEqual({ status: 'not-verified', reason: 'The engine is not installed.' });
    expect(await readdir(folder)).toEqual(['network.onnx']);
  });

  test('says why it could not be done when onnxruntime crashes', async () => {
    const program = path.join(folder, 'crash.mjs');
    await writeFile(program, 'process.abort();');
    const answer = await exportOnnxFile(order(), { engine: interpretedEngine, verification: { program } });
    expect(answer.verification).toEqual({
      status: 'not-verified',
      reason: expect.stringContaining('SIGABRT') as string,
    });
  });

  test('does not call a network good that answers with NaN', async () => {
    const weights = trainedLooking(lowered(network).program, 7);
    weights.get('dense.bias')?.fill(NaN);
    const answer = await exportFile({ runFolder: await writeWeights({ [runFiles.best]: weights }) });
    expect(answer.verification).toMatchObject({
      status: 'not-verified',
      reason: expect.stringContaining('not finite') as string,
    });
  });
});

describe('nothing is written and the words say why', () => {
  test('when the document has errors', async () => {
    const broken = networkOf({ conv: { op: 'conv2d' } });
    expect(await refusal({ document: broken })).toMatchObject({ code: 'document/has-errors' });
  });

  test('when the opset is not known', async () => {
    expect(await refusal({ options: { opset: 27 } })).toMatchObject({
      code: 'onnx/opset',
      expected: '13 to 26',
      received: '27',
    });
  });

  test('when the file exists and may not be replaced', async () => {
    await writeFile(order().file, 'precious');
    expect(await refusal()).toMatchObject({ code: 'file/exists' });
    expect(await readFile(order().file, 'utf8')).toBe('precious');
  });

  test('when the file is a folder', async () => {
    await mkdir(order().file);
    expect(await refusal({ overwrite: true })).toMatchObject({ code: 'file/is-folder' });
  });

  test('when the run has no weights, damaged ones, or those of another network', async () => {
    expect(await refusal({ runFolder: await writeWeights({}) })).toMatchObject({ code: 'run/no-weights' });

    const runFolder = await writeWeights({ [runFiles.best]: trainedLooking(lowered(network).program, 7) });
    const wider = structuredClone(network);
    const dense = Object.values(wider.graph.nodes).find((node) => 'op' in node && node.op === 'dense');
    if (dense === undefined) throw new Error('There is no dense');
    dense.parameters['units'] = 5;
    expect(await refusal({ runFolder, document: wider })).toMatchObject({ code: 'weights/other-network' });

    await writeFile(path.join(runFolder, runFiles.best), 'not weights');
    expect(await refusal({ runFolder })).toMatchObject({ code: 'weights/damaged' });
  });

  test('when a part of the path is a file', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const file = path.join(folder, 'file', 'network.onnx');
    await expect(exportFile({ file })).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/) as string,
    });
  });

  async function refusal(changes?: Partial<ExportOnnxOrder>) {
    const before = (await readdir(folder)).toSorted();
    const error: unknown = await exportFile(changes).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof HostFailure)) throw new Error('It was not refused in words', { cause: error });
    expect((await readdir(folder)).toSorted()).toEqual(before);
    return error.problem;
  }
});

/** A run's folder beside the case's, with these weights. */
function writeWeights(checkpoints: Parameters<typeof writeRun>[2]): Promise<string> {
  return writeRun(`${folder}-run`, network, checkpoints);
}

function bytesOf(values: Float32Array | undefined): Buffer {
  if (values === undefined) throw new Error('There are no such values');
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
