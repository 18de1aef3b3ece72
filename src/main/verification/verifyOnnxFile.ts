import type { Verification } from '../../contract/exports.ts';
import { elementCount, type TensorType } from '../../graph-engine/core/shape.ts';
import { toChannelsFirst } from '../../graph-engine/targets/onnx/channelsFirst.ts';
import type { ExportedAs, OnnxInput, OnnxOutput } from '../../graph-engine/targets/onnx/exportOnnx.ts';
import { permuteAxes, permutedDims } from '../../graph-engine/targets/onnx/permuteAxes.ts';
import type { NamedTensors } from '../executors/compiledProgram.ts';
import { type Comparison, compareValues, EQUAL, HALF_TOLERANCE, joined, TOLERANCE } from './compareOutputs.ts';
import { runOnnxFile, type RunOnnxOptions } from './runOnnxFile.ts';
import { sampleInput } from './sampleInput.ts';
import type { Tensor } from './verifyMessages.ts';

/** The engine's own prediction, channels last: answers by the path of the output node and its port. */
export type Predict = (
  inputs: Readonly<Record<string, Tensor>>,
  samples: number,
) => Promise<Readonly<Record<string, NamedTensors>>>;

export interface VerifyOnnxOptions extends RunOnnxOptions {
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

/** Batch sizes to try: several, since a batch written into a shape by mistake still works for that batch. */
const BATCHES = [1, 3, 8];
/** For networks that answer millions of numbers a sample, such as language models. */
const FEW_BATCHES = [1, 2];
const MANY_NUMBERS = 4 * 1024 * 1024;

/**
 * Runs an exported file by onnxruntime on random inputs and compares all its outputs with the engine's own. Never throws
 * for what the runtime or the file does; a failure of the engine's prediction is thrown, it concerns more than this file.
 */
export async function verifyOnnxFile(options: VerifyOnnxOptions): Promise<Verification> {
  const { file, inputs, outputs, as, predict } = options;
  const batches = startsOf(as.batch !== null ? [as.batch] : (options.batches ?? batchesFor(outputs)));
  const laidOut = as.layout === 'channels-first' ? channelsFirst : (tensor: Tensor) => tensor;
  const tolerance = as.precision === 'float16' ? HALF_TOLERANCE : TOLERANCE;
  const samples = batches.reduce((sum, { batch }) => sum + batch, 0);
  const sampled = inputs.map((input, index) => ({
    ...input,
    values: sampleInput(input.type, samples, index),
  }));
  const request = {
    file,
    half: as.precision === 'float16' && as.ends === 'float16',
    batches: batches.map(({ batch, start }) =>
      Object.fromEntries(sampled.map(({ name, type, values }) => [name, laidOut(rows(values, start, batch), type)])),
    ),
    outputs: outputs.flatMap(({ ports }) => Object.values(ports)),
  };
  // Both load native libraries in processes of their own, so they go side by side.
  const [answer, predicted] = await Promise.all([
    runOnnxFile(request, options),
    predict(Object.fromEntries(sampled.map(({ path, values }) => [path, values])), samples),
  ]);
  if (!answer.ok) return { status: 'not-verified', reason: answer.reason };

  let comparison: Comparison = EQUAL;
  for (const { path, ports, types } of outputs) {
    for (const [port, name] of Object.entries(ports)) {
      const [data, type] = [predicted[path]?.[port], types[port]];
      if (data === undefined || type === undefined) throw new Error(`The engine answers nothing at "${path}.${port}".`);
      const expected = { dims: [samples, ...type.axes.map(({ size }) => size ?? 0)], data };
      for (const [index, { batch, start }] of batches.entries()) {
        const wanted = laidOut(rows(expected, start, batch), type);
        comparison = joined(comparison, compareTensors(answer.batches[index]?.[name], wanted, name));
      }
    }
  }
  return conclude(comparison, { runtime: answer.runtime, samples, tolerance });
}

function batchesFor(outputs: readonly OnnxOutput[]): readonly number[] {
  return numbersOf(outputs) > MANY_NUMBERS ? FEW_BATCHES : BATCHES;
}

/** How many numbers all outputs answer for one sample. */
function numbersOf(outputs: readonly OnnxOutput[]): number {
  return outputs.flatMap(({ types }) => Object.values(types)).reduce((sum, type) => sum + (elementCount(type) ?? 0), 0);
}

function compareTensors(received: Tensor | undefined, wanted: Tensor, name: string): Comparison {
  const { dims, data } = received ?? { dims: [], data: new Float32Array() };
  if (dims.join() !== wanted.dims.join()) {
    throw new Error(`The output "${name}" is [${dims.join(', ')}] where [${wanted.dims.join(', ')}] was expected.`);
  }
  return compareValues(data, wanted.data, wanted.dims[0] ?? 1);
}

function conclude(
  { maximumDifference, relativeDifference, expectedNotFinite, receivedNotFinite }: Comparison,
  { runtime, samples, tolerance }: { readonly runtime: string; readonly samples: number; readonly tolerance: number },
): Verification {
  if (expectedNotFinite > 0) {
    const reason = 'The network answers with values that are not finite numbers, so there is nothing to compare.';
    return { status: 'not-verified', reason };
  }
  if (receivedNotFinite > 0) {
    const reason = `${runtime} answers with values that are not finite numbers where the engine's are.`;
    return { status: 'not-verified', reason };
  }
  const agrees = relativeDifference <= tolerance;
  return { status: agrees ? 'verified' : 'differs', maximumDifference, relativeDifference, samples, runtime };
}

function startsOf(batches: readonly number[]): readonly { readonly batch: number; readonly start: number }[] {
  return batches.map((batch, i) => ({ batch, start: batches.slice(0, i).reduce((sum, size) => sum + size, 0) }));
}

/** Some samples of a tensor, sharing its memory. */
function rows({ dims: [, ...rest], data }: Tensor, start: number, count: number): Tensor {
  const size = rest.reduce((product, dim) => product * dim, 1);
  return { dims: [count, ...rest], data: data.subarray(start * size, (start + count) * size) };
}

/** The layout that the file has. */
function channelsFirst({ dims, data }: Tensor, type: TensorType): Tensor {
  const permutation = toChannelsFirst(type);
  // Only images are laid out otherwise, and they are never whole numbers.
  if (data instanceof Int32Array || permutation.every((axis, i) => axis === i)) return { dims, data };
  return { dims: [...permutedDims(dims, permutation)], data: permuteAxes(data, dims, permutation) };
}
