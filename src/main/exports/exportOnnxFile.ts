import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CallOutput } from '../../contract/contract.ts';
import type { Verification } from '../../contract/exports.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { exportOnnx, type OnnxExport } from '../../graph-engine/targets/onnx/exportOnnx.ts';
import { DEFAULT_OPSET, NEWEST_OPSET, supportedOpsets } from '../../graph-engine/targets/onnx/opsets.ts';
import type { Normalization } from '../datasets/normalization.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productVersion } from '../files/productRoot.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { readRunData } from '../runs/runData.ts';
import type { RunOnnxOptions } from '../verification/runOnnxFile.ts';
import { verifyOnnxFile, type Predict } from '../verification/verifyOnnxFile.ts';
import { predictByEngine, type PredictingEngine } from './predictByEngine.ts';
import { documentErrors, refuseToReplace } from './exportRefusals.ts';
import { loadWeights } from './loadWeights.ts';

export interface ExportOnnxOrder {
  readonly document: SkipwireDocument;
  /** Absolute folder of the run whose best weights are written; `null` for the initial weights of the document's seed. */
  readonly runFolder: string | null;
  /** Absolute path of the `.onnx` file. */
  readonly file: string;
  readonly overwrite: boolean;
  readonly opset?: number;
  /** Whether the model normalizes its inputs itself, as the run did. */
  readonly normalize?: boolean;
  /** Bytes of weights from which they go into a file of their own beside the model. */
  readonly externalThreshold?: number;
}

/** What the export needs from the host. */
export interface ExportOnnxServices {
  readonly engine: PredictingEngine;
  readonly verification?: RunOnnxOptions;
}

/**
 * Writes a document as an ONNX file - whole or not at all - and has it run by onnxruntime. `path` of the answer is the
 * absolute path. Throws a `HostFailure`, or what the file system throws, when there is nothing to write or nowhere to
 * write it; a verification that fails is part of the answer.
 */
export async function exportOnnxFile(
  order: ExportOnnxOrder,
  { engine, verification = {} }: ExportOnnxServices,
): Promise<CallOutput<'export/onnx'>> {
  const { document, file, opset = DEFAULT_OPSET } = order;
  if (!supportedOpsets.includes(opset)) throw unknownOpset(opset);
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw documentErrors(lowered.error);
  const weights = await loadWeights(document, lowered.value.program, order.runFolder);
  const normalization = order.normalize === true ? await normalizationOf(order.runFolder) : undefined;
  await refuseToReplace(file, order.overwrite);
  await mkdir(path.dirname(file), { recursive: true });

  const data = dataFiles(file);
  const model = exportOnnx({
    document,
    inferred: inferDocument(document),
    weights: weights.valuesOf,
    opset,
    producerVersion: productVersion,
    external: { location: path.basename(data.fresh), threshold: order.externalThreshold },
    normalization,
  });
  await writeModel(model, file, data);
  return {
    path: file,
    bytes: model.modelBytes + (model.external?.bytes ?? 0),
    opset,
    weights: order.runFolder === null ? 'initial' : 'trained',
    verification: await verify(
      file,
      model,
      verification,
      predictByEngine(engine, document, weights.source, normalization),
    ),
  };
}

/** How the run normalized each input. Throws a `HostFailure` when it did not. */
async function normalizationOf(runFolder: string | null): Promise<ReadonlyMap<string, Normalization>> {
  const kept = runFolder === null ? undefined : await readRunData(runFolder);
  const found = new Map(kept?.normalization.map(({ input, mean, deviation }) => [input, { mean, deviation }]));
  if (found.size > 0) return found;
  throw new HostFailure({
    code: 'onnx/no-normalization',
    message: 'There is no normalization to put into the model: the run did not normalize its data.',
    expected: 'a run with normalization',
    remedy: 'Export without it, or train with "Normalize" under Data.',
  });
}

interface DataFiles {
  /** Where the weights of this export go if they leave the model. */
  readonly fresh: string;
  /** Where those of the file that is replaced may be. */
  readonly stale: string;
}

/**
 * A model and its data cannot be replaced in one step. So the new data take another name than the old, the renaming of
 * the model decides between the two, and at every moment the model on the disk has the data it was written with.
 */
function dataFiles(file: string): DataFiles {
  const names = [`${file}.data`, `${file}.2.data`] as const;
  return existsSync(names[0]) ? { fresh: names[1], stale: names[0] } : { fresh: names[0], stale: names[1] };
}

async function writeModel(model: OnnxExport, file: string, data: DataFiles): Promise<void> {
  if (model.external === null) {
    await writeAtomically(file, model.model());
    await rm(data.fresh, { force: true });
  } else {
    await writeAtomically(data.fresh, model.external.chunks());
    try {
      await writeAtomically(file, model.model());
    } catch (error) {
      await rm(data.fresh, { force: true });
      throw error;
    }
  }
  await rm(data.stale, { force: true });
}

async function verify(
  file: string,
  { inputs, outputs }: OnnxExport,
  options: RunOnnxOptions,
  predict: Predict,
): Promise<Verification> {
  try {
    return await verifyOnnxFile({
      ...options,
      file,
      inputs,
      outputs,
      predict,
    });
  } catch (error) {
    // The file is good as far as is known; that the engine could not say is no reason to fail the export.
    if (error instanceof HostFailure) return { status: 'not-verified', reason: error.problem.message };
    throw error;
  }
}

function unknownOpset(opset: number): HostFailure {
  return new HostFailure({
    code: 'onnx/opset',
    message: `ONNX opset ${opset} cannot be written.`,
    expected: `${supportedOpsets[0]} to ${NEWEST_OPSET}`,
    received: String(opset),
    remedy: `Leave it out to get ${DEFAULT_OPSET}, which every current runtime reads.`,
  });
}
