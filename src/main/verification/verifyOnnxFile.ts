import type { Verification } from '../../contract/exports.ts';
import type { TensorType } from '../../graph-engine/core/shape.ts';
import { toChannelsFirst } from '../../graph-engine/targets/onnx/channelsFirst.ts';
import type { ExportedAs, OnnxInput, OnnxOutput } from '../../graph-engine/targets/onnx/exportOnnx.ts';
import { permuteAxes, permutedDims } from '../../graph-engine/targets/onnx/permuteAxes.ts';
import type { VerifierOptions } from './askVerifier.ts';
import { HALF_TOLERANCE, TOLERANCE } from './compareOutputs.ts';
import { compareWithEngine, type Predict } from './compareWithEngine.ts';
import { runOnnxFile } from './runOnnxFile.ts';
import type { Tensor } from './verifyMessages.ts';

export interface VerifyOnnxOptions extends VerifierOptions {
  /** Absolute path of the `.onnx` file. */
  readonly file: string;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly OnnxOutput[];
  /** How the file was written. */
  readonly as: Pick<ExportedAs, 'batch' | 'layout' | 'precision' | 'ends'>;
  readonly predict: Predict;
  /** Batch sizes to try, where they are not to be chosen by what the network answers. */
  readonly batches?: readonly number[] | undefined;
}

/** Runs an exported file by onnxruntime on random inputs and compares all its outputs with the engine's own. */
export function verifyOnnxFile({ file, as, ...options }: VerifyOnnxOptions): Promise<Verification> {
  const half = as.precision === 'float16' && as.ends === 'float16';
  return compareWithEngine({
    ...options,
    batch: as.batch,
    tolerance: as.precision === 'float16' ? HALF_TOLERANCE : TOLERANCE,
    ...(as.layout === 'channels-first' && {
      laidOut: channelsFirst,
      axisOf: (axis, type) => toChannelsFirst(type).indexOf(axis),
    }),
    run: (batches, outputs, thinnings) =>
      runOnnxFile({ file, half, batches: [...batches], outputs: [...outputs], thinnings: { ...thinnings } }, options),
  });
}

/** The layout that the file has. */
function channelsFirst({ dims, data }: Tensor, type: TensorType): Tensor {
  const permutation = toChannelsFirst(type);
  // Only images are laid out otherwise, and they are never whole numbers.
  if (data instanceof Int32Array || permutation.every((axis, i) => axis === i)) return { dims, data };
  return { dims: [...permutedDims(dims, permutation)], data: permuteAxes(data, dims, permutation) };
}
