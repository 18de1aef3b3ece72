import type { Verification } from '../../contract/contract.ts';
import { toChannelsFirst } from '../../graph-engine/targets/onnx/channelsFirst.ts';
import type { OnnxInput, OnnxOutput } from '../../graph-engine/targets/onnx/exportOnnx.ts';
import { permuteAxes, permutedDims } from '../../graph-engine/targets/onnx/permuteAxes.ts';
import { type Comparison, compareValues, EQUAL, joined } from './compareOutputs.ts';
import { runOnnxFile, type RunOnnxOptions } from './runOnnxFile.ts';
import { sampleInput } from './sampleInput.ts';
import type { FloatTensor, Tensor } from './verifyMessages.ts';

/** What the engine answers at the ports of one output node, each `[samples, classes]`. */
export type EngineOutput = Readonly<Record<string, Float32Array>>;

/** The engine's own prediction: channels-last inputs by the path of the input node, answers by that of the output node. */
export type Predict = (
  inputs: Readonly<Record<string, Tensor>>,
  samples: number,
  outputPaths: readonly string[],
) => Promise<Readonly<Record<string, EngineOutput>>>;

export interface VerifyOnnxOptions extends RunOnnxOptions {
  /** Absolute path of the `.onnx` file. */
  readonly file: string;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly OnnxOutput[];
  readonly predict: Predict;
}

/** Batch sizes to try: several, since a batch written into a shape by mistake still works for that batch. */
const BATCHES = [1, 3, 8];
const SAMPLES = BATCHES.reduce((sum, batch) => sum + batch, 0);

/**
 * Runs an exported file by onnxruntime on random inputs and compares its outputs with the engine's own. Never throws for
 * what the runtime or the file does; a failure of the engine's prediction is thrown, it concerns more than this file.
 */
export async function verifyOnnxFile(options: VerifyOnnxOptions): Promise<Verification> {
  const { file, inputs, outputs, predict } = options;
  const samples = inputs.map((input, index) => ({ ...input, values: sampleInput(input.type, SAMPLES, index) }));
  const request = {
    file,
    batches: startsOfBatches().map(({ batch, start }) =>
      Object.fromEntries(
        samples.map(({ name, type, values }) => [
          name,
          channelsFirst(rows(values, start, batch), toChannelsFirst(type)),
        ]),
      ),
    ),
    outputs: outputs.flatMap(({ ports }) => Object.values(ports)),
  };
  // Both load native libraries in processes of their own, so they go side by side.
  const [answer, predicted] = await Promise.all([
    runOnnxFile(request, options),
    predict(
      Object.fromEntries(samples.map(({ path, values }) => [path, values])),
      SAMPLES,
      outputs.map(({ path }) => path),
    ),
  ]);
  if (!answer.ok) return { status: 'not-verified', reason: answer.reason };

  let comparison: Comparison = EQUAL;
  for (const { path, ports } of outputs) {
    for (const [port, name] of Object.entries(ports)) {
      const expected = predicted[path]?.[port];
      if (expected === undefined) throw new Error(`The engine answers nothing at "${path}.${port}".`);
      const received = answer.batches.map((batch) => batch[name]);
      comparison = joined(comparison, compareBatches(received, expected, name));
    }
  }
  return conclude(comparison, answer.runtime);
}

function compareBatches(
  received: readonly (FloatTensor | undefined)[],
  expected: Float32Array,
  name: string,
): Comparison {
  const classes = expected.length / SAMPLES;
  return startsOfBatches()
    .map(({ batch, start }, index) => {
      const { dims, data } = received[index] ?? { dims: [], data: new Float32Array() };
      if (dims.join() !== [batch, classes].join()) {
        throw new Error(`The output "${name}" is [${dims.join(', ')}] where [${batch}, ${classes}] was expected.`);
      }
      return compareValues(data, expected.subarray(start * classes, (start + batch) * classes));
    })
    .reduce(joined);
}

function conclude(comparison: Comparison, runtime: string): Verification {
  const { maximumDifference, agrees, expectedNotFinite, receivedNotFinite } = comparison;
  if (expectedNotFinite > 0) {
    const reason = 'The network answers with values that are not finite numbers, so there is nothing to compare.';
    return { status: 'not-verified', reason };
  }
  if (receivedNotFinite > 0) {
    const reason = `${runtime} answers with values that are not finite numbers where the engine's are.`;
    return { status: 'not-verified', reason };
  }
  return { status: agrees ? 'verified' : 'differs', maximumDifference, samples: SAMPLES, runtime };
}

function startsOfBatches(): readonly { readonly batch: number; readonly start: number }[] {
  return BATCHES.map((batch, i) => ({ batch, start: BATCHES.slice(0, i).reduce((sum, size) => sum + size, 0) }));
}

/** Some samples of a tensor, sharing its memory. */
function rows({ dims: [, ...rest], data }: Tensor, start: number, count: number): Tensor {
  const size = rest.reduce((product, dim) => product * dim, 1);
  return { dims: [count, ...rest], data: data.subarray(start * size, (start + count) * size) };
}

function channelsFirst({ dims, data }: Tensor, permutation: readonly number[]): Tensor {
  // Token numbers have no channels to move.
  if (data instanceof Int32Array) return { dims, data };
  return { dims: [...permutedDims(dims, permutation)], data: permuteAxes(data, dims, permutation) };
}
