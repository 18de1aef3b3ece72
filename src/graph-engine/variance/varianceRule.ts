import type { OpDefinition, WeightSpec } from '../core/opDefinition.ts';
import { elementCount, type TensorType } from '../core/shape.ts';
import type { InferredNode } from '../infer/inferredGraph.ts';
import { initialMoments, type Moments } from './moments.ts';

/** What a rule may look at. */
export interface RuleContext {
  readonly op: OpDefinition;
  readonly node: InferredNode;
  /** By port; `undefined` where nothing can be foretold. */
  readonly inputs: Readonly<Record<string, Moments | undefined>>;
}

/** What comes out, and by how much the mean square of the gradient grows on its way back through each input. */
export interface Foretold {
  readonly output: Moments | undefined;
  /** `undefined` where it cannot be foretold. A port that is left out gets no gradient. */
  readonly back: Readonly<Record<string, number | undefined>>;
}

/** How one op changes the spread of values and gradients when its weights are new. */
export type VarianceRule = (context: RuleContext) => Foretold;

/** Elements of the value at a port for one example. */
export function elementsAt(types: Readonly<Record<string, TensorType | undefined>>, port: string): number {
  const type = types[port];
  return (type === undefined ? null : elementCount(type)) ?? 1;
}

/** The parameter of that name as a number; `fallback` where it is none. */
export function numberOf({ node }: RuleContext, name: string, fallback: number): number {
  const value = node.parameters?.[name];
  return typeof value === 'number' ? value : fallback;
}

/** One or two numbers of a parameter. */
export function pairOf({ node }: RuleContext, name: string, fallback: number): readonly [number, number] {
  const value: unknown = node.parameters?.[name];
  if (typeof value === 'number') return [value, value];
  if (Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number') return [value[0], value[1]];
  return [fallback, fallback];
}

/** Mean and mean square of a weight's first values. */
export function weightMoments({ node }: RuleContext, name: string): { readonly mean: number; readonly square: number } {
  const spec: WeightSpec | undefined = node.weights[name];
  return spec === undefined ? { mean: 0, square: 0 } : initialMoments(spec.initializer);
}

/**
 * A sum of `fan` inputs, each times a weight of mean zero that is drawn apart: He et al. 2015 (arXiv 1502.01852), section
 * 2.2. Forward `E[y²] = fan · E[w²] · E[x²]`; backward each input is part of `fan · outputs / inputs` sums.
 */
export function weightedSum(
  context: RuleContext,
  x: Moments | undefined,
  fan: number,
  weight: string,
  bias: string | null = 'bias',
): Foretold {
  const { mean, square } = weightMoments(context, weight);
  const { node } = context;
  const back = square * fan * (elementsAt(node.outputs, 'output') / elementsAt(node.inputs, 'input'));
  // Weights that all point one way make sums that do not average out.
  if (x === undefined || mean !== 0) return { output: undefined, back: { input: mean === 0 ? back : undefined } };
  const shift = bias === null ? { mean: 0, square: 0 } : weightMoments(context, bias);
  return {
    output: { mean: shift.mean, square: fan * square * x.square + shift.square, within: fan * square * x.within },
    back: { input: back },
  };
}
