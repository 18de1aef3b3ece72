import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Verification } from '../../src/contract/exports.ts';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { encodeModel, EXTERNAL_DATA_THRESHOLD } from '../../src/graph-engine/targets/onnx/encodeModel.ts';
import { exportOnnx } from '../../src/graph-engine/targets/onnx/exportOnnx.ts';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { exportOnnxFile } from '../../src/main/exports/exportOnnxFile.ts';
import { predictByEngine, type PredictingEngine } from '../../src/main/exports/predictByEngine.ts';
import { writeAtomically } from '../../src/main/files/writeAtomically.ts';
import { runFiles } from '../../src/main/runs/runFiles.ts';
import type { Prediction } from '../../src/main/training/engineMessages.ts';
import { predictDocument } from '../../src/main/training/engineTasks.ts';
import { verifyOnnxFile, type VerifyOnnxOptions } from '../../src/main/verification/verifyOnnxFile.ts';
import { lowered, networkTemplate } from './networks.ts';
import { oracleNetwork, oracleWeights } from './oracleNetworks.ts';
import { describeInputs } from './reducedInput.ts';
import { roundEveryResult } from './roundEveryResult.ts';
import { writeRun } from './runs.ts';

/** What became of a network's files. */
export interface OnnxReport {
  readonly name: string;
  readonly input: string;
  /** Largest difference between what the engine predicts for two of the samples. */
  readonly apart: number;
  readonly float32: CheckedFile;
  readonly float16: CheckedFile;
  /** Of the float16 file with the result of every operator rounded. */
  readonly rounded: Verification;
  readonly seconds: number;
}

interface CheckedFile {
  readonly bytes: number;
  readonly verification: Verification;
}

/** Two sizes, since a batch written into a shape by mistake still works for that batch. */
const BATCHES = [1, 2];
const SAMPLES = 3;
/** Milliseconds: the large ones take their time. */
const TIMEOUT = 500_000;

/**
 * Exports a network of the library as it is, in both precisions, as a user's export does. Its weights are those with which it is
 * compared with PyTorch: none has its first value, and numbers keep their size through the network, as after a training. Each
 * file is run by onnxruntime and compared with the engine's own prediction.
 */
export async function verifyOnnxExport(executor: Executor, name: string): Promise<OnnxReport> {
  const started = performance.now();
  const document = networkTemplate(`${name}.json`);
  const weights = new Map(Object.entries(oracleWeights(lowered(document).program, oracleNetwork(name).gain)));
  const folder = await mkdtemp(path.join(tmpdir(), 'skipwire-verify-'));
  try {
    const runFolder = await writeRun(path.join(folder, 'run'), document, { [runFiles.best]: weights });
    const { engine, predicted } = rememberingEngine(executor);
    const check = { file: path.join(folder, 'network.onnx'), batches: BATCHES, timeout: TIMEOUT };
    const exported = async (precision: 'float32' | 'float16'): Promise<CheckedFile> => {
      const order = { document, runFolder, file: check.file, overwrite: true, options: { precision } };
      const { bytes, verification } = await exportOnnxFile(order, { engine, verification: check });
      return { bytes, verification };
    };
    const [float32, float16] = [await exported('float32'), await exported('float16')];
    const predict = predictByEngine(engine, document, { file: path.join(runFolder, runFiles.best) });
    const rounded = await verifyRounded(document, weights, { ...check, predict });
    const apart = largestApart(await predicted());
    const seconds = (performance.now() - started) / 1000;
    return { name, input: describeInputs(document), apart, float32, float16, rounded, seconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Writes the graph in float16 with every result rounded, and has that run in place of the file: what hardware answers that has
 * float16 arithmetic.
 */
export async function verifyRounded(
  document: SkipwireDocument,
  weights: ReadonlyMap<string, Float32Array>,
  { file, predict, ...verification }: Pick<VerifyOnnxOptions, 'file' | 'predict' | 'batches' | 'timeout'>,
): Promise<Verification> {
  const about = { producerVersion: '0', external: { location: `${path.basename(file)}.data` } };
  const { graph, inputs, outputs, options } = exportOnnx({
    document,
    inferred: inferDocument(document),
    weights: (name) => weights.get(name) ?? new Float32Array(),
    options: { precision: 'float16' },
    ...about,
  });
  const encoded = encodeModel(
    { graph: roundEveryResult(graph), graphName: 'rounded', documentation: '', opset: options.opset, ...about },
    { ...about.external, threshold: EXTERNAL_DATA_THRESHOLD },
  );
  if (encoded.external !== null) await writeAtomically(`${file}.data`, encoded.external.chunks());
  await writeAtomically(file, encoded.model());
  return verifyOnnxFile({ ...verification, file, inputs, outputs, as: options, predict });
}

/** Predicts once: all files are asked about the same samples. */
function rememberingEngine(executor: Executor): {
  readonly engine: PredictingEngine;
  readonly predicted: () => Promise<Prediction>;
} {
  let known: Promise<Prediction> | undefined;
  return {
    engine: {
      async predict(order) {
        known ??= predictDocument(executor, { kind: 'predict', ...order });
        return { ok: true, value: await known };
      },
    },
    predicted: async () => (await known) ?? {},
  };
}

function largestApart(prediction: Prediction): number {
  let apart = 0;
  for (const values of Object.values(prediction).flatMap((ports) => Object.values(ports))) {
    const length = values.length / SAMPLES;
    for (let i = length; i < values.length; i++) {
      apart = Math.max(apart, Math.abs((values[i] ?? NaN) - (values[i % length] ?? NaN)));
    }
  }
  return apart;
}
