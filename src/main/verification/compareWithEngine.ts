import type { Verification } from '../../contract/exports.ts';
import { elementCount, type TensorType } from '../../graph-engine/core/shape.ts';
import type { NamedTensors } from '../executors/compiledProgram.ts';
import type { VerifierAnswer } from './askVerifier.ts';
import { type Comparison, compareValues, EQUAL, joined } from './compareOutputs.ts';
import { sampleInput } from './sampleInput.ts';
import { thinnedDims, thinningFor, type Thinning } from './thinning.ts';
import type { Tensor } from './verifyMessages.ts';

/** The engine's own prediction, channels last: answers by the path of the output node and its port. */
export type Predict = (
  inputs: Readonly<Record<string, Tensor>>,
  samples: number,
  /** Answers of which only some numbers are wanted, by path and port. */
  thinnings: Readonly<Record<string, Readonly<Record<string, Thinning>>>>,
) => Promise<Readonly<Record<string, NamedTensors>>>;

/** An export whose answers are compared with the engine's. */
export interface ComparedExport {
  readonly inputs: readonly { readonly name: string; readonly path: string; readonly type: TensorType }[];
  readonly outputs: readonly {
    readonly path: string;
    /** Name by port. */
    readonly ports: Readonly<Record<string, string>>;
    readonly types: Readonly<Record<string, TensorType>>;
  }[];
  /** The only number of examples that it takes, if it takes only one. */
  readonly batch: number | null;
  /** Batch sizes to try, where they are not to be chosen by what the network answers. */
  readonly batches?: readonly number[] | undefined;
  /** As a share of the size of an answer. */
  readonly tolerance: number;
  /** A channels-last tensor as the export has it; as it is unless told. */
  readonly laidOut?: (tensor: Tensor, type: TensorType) => Tensor;
  /** Which axis of the export an axis of the engine's answer is; the same unless told. The batch is the first of both. */
  readonly axisOf?: (axis: number, type: TensorType) => number;
  readonly predict: Predict;
  /** Runs the export on batches of inputs by name, for the named outputs, of some of which only some numbers are wanted. */
  run(
    batches: readonly Readonly<Record<string, Tensor>>[],
    outputs: readonly string[],
    thinnings: Readonly<Record<string, Thinning>>,
  ): Promise<VerifierAnswer>;
}

/** Batch sizes to try: several, since a batch written into a shape by mistake still works for that batch. */
const BATCHES = [1, 3, 8];
/** For networks that answer millions of numbers a sample, such as language models; of those some are compared (`thinningFor`). */
const FEW_BATCHES = [1, 2];
const MANY_NUMBERS = 4 * 1024 * 1024;

/**
 * Runs an export on random inputs and compares all its outputs with the engine's own. Never throws for what the runtime or the
 * export does; a failure of the engine's prediction is thrown, it concerns more than this export.
 */
export async function compareWithEngine(compared: ComparedExport): Promise<Verification> {
  const { inputs, outputs, batch: fixed, tolerance, laidOut = (tensor) => tensor, predict, run } = compared;
  const { axisOf = (axis) => axis } = compared;
  const batches = startsOf(fixed !== null ? [fixed] : (compared.batches ?? batchesFor(outputs)));
  const samples = batches.reduce((sum, { batch }) => sum + batch, 0);
  const sampled = inputs.map((input, index) => ({ ...input, values: sampleInput(input.type, samples, index) }));
  const asked = batches.map(({ batch, start }) =>
    Object.fromEntries(sampled.map(({ name, type, values }) => [name, laidOut(rows(values, start, batch), type)])),
  );
  const large = outputs.flatMap(({ path, ports, types }) =>
    Object.entries(types).flatMap(([port, type]) => {
      const [name, thinning] = [ports[port], thinningFor(type)];
      return name === undefined || thinning === undefined ? [] : [{ path, port, name, type, thinning }];
    }),
  );
  const thinningsOf = (path: string) =>
    Object.fromEntries(large.filter((one) => one.path === path).map(({ port, thinning }) => [port, thinning]));
  // Both load native libraries in processes of their own, so they go side by side.
  const [answer, predicted] = await Promise.all([
    run(
      asked,
      outputs.flatMap(({ ports }) => Object.values(ports)),
      Object.fromEntries(
        large.map(({ name, type, thinning }) => [name, { ...thinning, axis: axisOf(thinning.axis, type) }]),
      ),
    ),
    predict(
      Object.fromEntries(sampled.map(({ path, values }) => [path, values])),
      samples,
      Object.fromEntries(outputs.map(({ path }) => [path, thinningsOf(path)])),
    ),
  ]);
  if (!answer.ok) return { status: 'not-verified', reason: answer.reason };

  let comparison: Comparison = EQUAL;
  for (const { path, ports, types } of outputs) {
    for (const [port, name] of Object.entries(ports)) {
      const [data, type] = [predicted[path]?.[port], types[port]];
      if (data === undefined || type === undefined) throw new Error(`The engine answers nothing at "${path}.${port}".`);
      const dims = [samples, ...type.axes.map(({ size }) => size ?? 0)];
      const expected = { dims: thinnedDims(dims, thinningFor(type)), data };
      for (const [index, { batch, start }] of batches.entries()) {
        const wanted = laidOut(rows(expected, start, batch), type);
        comparison = joined(comparison, compareTensors(answer.batches[index]?.[name], wanted, name));
      }
    }
  }
  return conclude(comparison, { runtime: answer.runtime, samples, tolerance });
}

function batchesFor(outputs: ComparedExport['outputs']): readonly number[] {
  return numbersOf(outputs) > MANY_NUMBERS ? FEW_BATCHES : BATCHES;
}

/** How many numbers all outputs answer for one sample. */
function numbersOf(outputs: ComparedExport['outputs']): number {
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
