import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CallOutput } from '../../contract/contract.ts';
import type { Verification } from '../../contract/exports.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument, type InferredDocument } from '../../graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { externalThresholds } from '../../graph-engine/targets/onnx/describeOnnx.ts';
import { ModelTooLarge } from '../../graph-engine/targets/onnx/encodeModel.ts';
import { weightVariables } from '../../graph-engine/lower/weightVariables.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import { forcedOpset, keptOperators } from '../../graph-engine/targets/onnx/keptOperators.ts';
import { exportOnnx, type ExportOnnxOptions, type OnnxExport } from '../../graph-engine/targets/onnx/exportOnnx.ts';
import { contradiction, DEFAULT_ONNX_OPTIONS, type OnnxOptions } from '../../graph-engine/targets/onnx/onnxOptions.ts';
import { PIECE } from '../../graph-engine/targets/onnx/tensorContent.ts';
import { DEFAULT_OPSET, NEWEST_OPSET, OLDEST_OPSET, supportedOpsets } from '../../graph-engine/targets/onnx/opsets.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productVersion } from '../files/productRoot.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import type { Predict } from '../verification/compareWithEngine.ts';
import { verifyOnnxFile, type VerifyOnnxOptions } from '../verification/verifyOnnxFile.ts';
import { predictByEngine, type PredictingEngine } from './predictByEngine.ts';
import { documentErrors, refuseToReplace } from './exportRefusals.ts';
import { type LoadedWeights, usingWeights } from './loadWeights.ts';
import { normalizationOf } from './runNormalization.ts';
import { stoppable } from './stoppable.ts';

export interface ExportOnnxOrder {
  readonly document: SkipwireDocument;
  /** Absolute folder of the run whose best weights are written; `null` for the initial weights of the document's seed. */
  readonly runFolder: string | null;
  /** Absolute path of the `.onnx` file. */
  readonly file: string;
  readonly overwrite: boolean;
  /** Folder that the document's weights are in, where it is not the one this process works in. */
  readonly workspace?: string;
  /** How it is written. */
  readonly options?: Partial<OnnxOptions>;
  /** Bytes of weights from which they go into a file of their own beside the model. */
  readonly externalThreshold?: number;
  /** Stops the export: nothing is left of it then. */
  readonly signal?: AbortSignal | undefined;
}

/** How the file is checked. */
type VerificationOptions = Pick<VerifyOnnxOptions, 'program' | 'timeout' | 'signal' | 'batches'>;

/** What the export needs from the host. */
export interface ExportOnnxServices {
  readonly engine: PredictingEngine;
  readonly verification?: VerificationOptions;
}

/**
 * Writes a document as an ONNX file - whole or not at all - and has it run by onnxruntime. `path` of the answer is the
 * absolute path. Throws a `HostFailure`, or what the file system throws, when there is nothing to write or nowhere to
 * write it; a verification that fails is part of the answer.
 */
export async function exportOnnxFile(
  order: ExportOnnxOrder,
  services: ExportOnnxServices,
): Promise<CallOutput<'export/onnx'>> {
  const { document, file } = order;
  const { normalize, external, ...options } = checkedOptions(order.options);
  const inferred = inferDocument(document);
  return usingWeights(order, programToExport(document, inferred), async (weights) => {
    const normalization = normalize ? await normalizationOf(order.runFolder) : undefined;
    await refuseToReplace(file, order.overwrite);
    await mkdir(path.dirname(file), { recursive: true });
    return writeAndVerify(order, { inferred, weights, normalization, external, options }, services);
  });
}

interface Prepared {
  readonly inferred: InferredDocument;
  readonly weights: LoadedWeights;
  readonly normalization: Awaited<ReturnType<typeof normalizationOf>> | undefined;
  readonly external: OnnxOptions['external'];
  readonly options: Omit<OnnxOptions, 'normalize' | 'external'>;
}

async function writeAndVerify(
  order: ExportOnnxOrder,
  { inferred, weights, normalization, external, options }: Prepared,
  { engine, verification = {} }: ExportOnnxServices,
): Promise<CallOutput<'export/onnx'>> {
  const { document, file, signal } = order;

  const data = dataFiles(file);
  const losses = { tensors: 0, clamped: 0, vanished: 0 };
  const model = encoded({
    document,
    inferred,
    weights: weights.valuesOf,
    room: new Float32Array(PIECE),
    options,
    producerVersion: productVersion,
    external: {
      location: path.basename(data.fresh),
      threshold: order.externalThreshold ?? externalThresholds[external],
    },
    normalization,
    onLoss(_, { clamped, vanished }) {
      losses.tensors += 1;
      losses.clamped += clamped;
      losses.vanished += vanished;
    },
  });
  await writeModel(model, file, data, signal);
  return {
    path: file,
    bytes: model.modelBytes + (model.external?.bytes ?? 0),
    dataPath: model.external === null ? null : data.fresh,
    opset: model.options.opset,
    weights: options.weights === 'inputs' ? 'none' : weights.origin,
    folding: model.folding === null ? null : { folded: model.folding.folded, left: model.folding.left.length },
    losses,
    notices: noticesOf(document, options.opset),
    verification:
      keptOperators(document).count > 0
        ? { status: 'not-verified', reason: KEPT_REASON }
        : await verify(
            file,
            model,
            { ...verification, signal },
            predictByEngine(engine, document, weights.source, normalization),
          ),
  };
}

/** What is otherwise than was asked for. */
function noticesOf(document: SkipwireDocument, asked: number): CallOutput<'export/onnx'>['notices'] {
  const forced = forcedOpset(keptOperators(document), asked);
  if (forced === undefined) return [];
  const { opset: _, ...notice } = forced;
  return [notice];
}

const KEPT_REASON = 'The network has operators that are kept from a file, which the engine here cannot compute.';

/** The variables of a network that is exported; one with operators that are kept from a file cannot be lowered. */
function programToExport(document: SkipwireDocument, { root, diagnostics }: InferredDocument): Program {
  if (keptOperators(document).count > 0) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw documentErrors(errors);
    return { variables: weightVariables(document, root), entries: {} };
  }
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw documentErrors(lowered.error);
  return lowered.value.program;
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

async function writeModel(
  model: OnnxExport,
  file: string,
  data: DataFiles,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (model.external === null) {
    await writeAtomically(file, stoppable(model.model(), signal));
    await rm(data.fresh, { force: true });
  } else {
    await writeAtomically(data.fresh, stoppable(model.external.chunks(), signal));
    try {
      await writeAtomically(file, stoppable(model.model(), signal));
    } catch (error) {
      await rm(data.fresh, { force: true });
      throw error;
    }
  }
  await rm(data.stale, { force: true });
}

async function verify(
  file: string,
  { inputs, outputs, options: as }: OnnxExport,
  options: VerificationOptions,
  predict: Predict,
): Promise<Verification> {
  if (as.weights === 'inputs') {
    return { status: 'not-verified', reason: 'The file has no weights, so there is nothing to compare.' };
  }
  try {
    return await verifyOnnxFile({
      ...options,
      file,
      inputs,
      outputs,
      as,
      predict,
    });
  } catch (error) {
    // The file is good as far as is known; that the engine could not say is no reason to fail the export.
    if (error instanceof HostFailure) return { status: 'not-verified', reason: error.problem.message };
    throw error;
  }
}

/** The options with those that nobody chose. Throws a `HostFailure` when they cannot be followed. */
function checkedOptions(wanted: Partial<OnnxOptions> = {}): OnnxOptions {
  const { opset = DEFAULT_OPSET } = wanted;
  if (!supportedOpsets.includes(opset)) {
    throw new HostFailure({
      code: 'onnx/opset',
      message: `ONNX opset ${opset} cannot be written.`,
      expected: `${OLDEST_OPSET} to ${NEWEST_OPSET}`,
      received: String(opset),
      remedy: `Leave it out to get ${DEFAULT_OPSET}, which every current runtime reads.`,
    });
  }
  const options = { ...DEFAULT_ONNX_OPTIONS, ...wanted };
  const conflict = contradiction(options);
  if (conflict !== undefined) throw new HostFailure({ code: 'onnx/options', ...conflict });
  return options;
}

/** Throws a `HostFailure` for a model that does not fit into one file though it must. */
function encoded(options: ExportOnnxOptions): OnnxExport {
  try {
    return exportOnnx(options);
  } catch (error) {
    if (!(error instanceof ModelTooLarge)) throw error;
    throw new HostFailure({
      code: 'onnx/too-large',
      message: `The model has ${error.bytes} bytes, and an ONNX file cannot exceed 2 GB.`,
      remedy: 'Let the weights lie in a file beside it.',
    });
  }
}
