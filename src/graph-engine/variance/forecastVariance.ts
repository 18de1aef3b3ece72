import type { OpFamily } from '../core/opDefinition.ts';
import { sizeOf } from '../core/shape.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import { walkInstances, type OpInstance } from '../lower/walkInstances.ts';
import { opNamed } from '../ops/index.ts';
import { varianceOf, type Moments } from './moments.ts';
import { varianceRules } from './varianceRules.ts';

/** What is foretold of the value that an op gives, with new weights and in training. */
export interface ForecastPoint {
  readonly path: string;
  readonly op: string;
  readonly family: OpFamily;
  /** Layers with weights on the longest way from an input up to this op, itself included. */
  readonly depth: number;
  /** Of all elements; `null` where nothing can be foretold. */
  readonly variance: number | null;
  /** Mean square of the loss' gradient; `null` where nothing can be foretold or no loss is reached. */
  readonly gradient: number | null;
}

/** What is known of the data and the loss; a forecast without it takes standardized data. */
export interface KnownEnds {
  /** By the path of the input. */
  readonly inputs?: ReadonlyMap<string, { readonly mean: number; readonly variance: number }>;
  /** By the path of the op in front of an output: the mean square of the gradient there. */
  readonly gradients?: ReadonlyMap<string, number>;
  /** Examples of a batch: the mean over them divides the gradients. */
  readonly batch?: number;
}

/** A value on its way: what gives it, and what is foretold of it. */
interface Flowing {
  readonly path: string;
  readonly moments: Moments | undefined;
  readonly depth: number;
  gradient: { sum: number; unknown: boolean; reached: boolean };
}

interface Passed {
  readonly instance: OpInstance;
  readonly inputs: Readonly<Record<string, Flowing>>;
  readonly output: Flowing;
  readonly back: Readonly<Record<string, number | undefined>>;
}

const STANDARD: Moments = { mean: 0, square: 1, within: 1 };
const ZEROS: Moments = { mean: 0, square: 0, within: 0, isPositive: true };

/**
 * Foretells the spread of values and gradients from how the weights are drawn, op by op in the order of computation: sums of
 * independent products (He et al. 2015), residual additions (Zhang et al. 2019), normalizations (De and Smith 2020, Yang
 * et al. 2019). The document must have no errors.
 */
export function forecastVariance(document: SkipwireDocument, known: KnownEnds = {}): readonly ForecastPoint[] {
  const passed: Passed[] = [];
  const ends: { readonly instance: OpInstance; readonly before: Flowing }[] = [];
  const flowing = (path: string, moments: Moments | undefined, depth: number): Flowing => ({
    path,
    moments,
    depth,
    gradient: { sum: 0, unknown: false, reached: false },
  });
  walkInstances<Flowing>(document, inferDocument(document).root, {
    zeros: ({ path }) => flowing(path, ZEROS, 0),
    visit(instance, inputs) {
      const op = opNamed(instance.op);
      if (op === undefined) throw new Error(`There is no op "${instance.op}"`);
      const { path, inferred } = instance;
      const depth = Math.max(0, ...Object.values(inputs).map((one) => one.depth)) + (hasKernel(instance) ? 1 : 0);
      if (op.family === 'input') {
        const output = flowing(path, inputMoments(known.inputs?.get(path)), depth);
        passed.push({ instance, inputs, output, back: {} });
        return { output };
      }
      if (op.family === 'output') {
        for (const before of Object.values(inputs)) ends.push({ instance, before });
        return Object.fromEntries(op.outputs.map((port) => [port, flowing(path, undefined, depth)]));
      }
      const moments = Object.fromEntries(Object.entries(inputs).map(([port, { moments }]) => [port, moments]));
      const ports = Object.keys(inputs);
      const told = varianceRules[instance.op]?.({ op, node: inferred, inputs: moments }) ?? {
        output: undefined,
        back: Object.fromEntries(ports.map((port) => [port, undefined])),
      };
      const output = flowing(path, told.output, depth);
      passed.push({ instance, inputs, output, back: told.back });
      // The table of an embedding is the same numbers as what is looked up in it.
      return Object.fromEntries(op.outputs.map((port) => [port, port === op.outputs[0] ? output : { ...output }]));
    },
  });
  for (const { instance, before } of ends) start(before, instance, known);
  for (const one of passed.toReversed()) passBack(one);
  return passed.map(({ instance, output }) => pointOf(instance, output));
}

function inputMoments(measured: { readonly mean: number; readonly variance: number } | undefined): Moments {
  if (measured === undefined) return STANDARD;
  return { mean: measured.mean, square: measured.variance + measured.mean ** 2, within: measured.variance };
}

/** Whether the op mixes its inputs by weights: what papers count as a layer. */
function hasKernel({ inferred }: OpInstance): boolean {
  return Object.values(inferred.weights).some(({ dims, trainable }) => trainable && dims.length > 1);
}

/** The gradient of a fresh classifier, whose answers are all alike: one share off by its whole, the others by little. */
function start({ path, gradient }: Flowing, { inferred }: OpInstance, { gradients, batch = 1 }: KnownEnds): void {
  const [type] = Object.values(inferred.inputs);
  const choices = type?.axes.at(-1)?.size ?? 2;
  const positions =
    type === undefined ? 1 : (sizeOf(type, 'sequence') ?? (sizeOf(type, 'height') ?? 1) * (sizeOf(type, 'width') ?? 1));
  const known = gradients?.get(path);
  gradient.reached = true;
  gradient.sum += known ?? Math.max(1, choices - 1) / choices ** 2 / (batch * positions) ** 2;
}

function passBack({ inputs, output, back }: Passed): void {
  const { sum, unknown, reached } = output.gradient;
  if (!reached) return;
  for (const [port, { gradient }] of Object.entries(inputs)) {
    if (!(port in back)) continue;
    const factor = back[port];
    gradient.reached = true;
    if (factor === undefined || unknown) gradient.unknown = true;
    else gradient.sum += factor * sum;
  }
}

function pointOf({ path, op }: OpInstance, { moments, depth, gradient }: Flowing): ForecastPoint {
  const family = opNamed(op)?.family ?? 'arrangement';
  return {
    path,
    op,
    family,
    depth,
    variance: moments === undefined ? null : varianceOf(moments),
    gradient: gradient.reached && !gradient.unknown ? gradient.sum : null,
  };
}
