import type { Value } from '../program/program.ts';
import type { LowerContext } from './opDefinition.ts';
import type { DType, TensorType } from './shape.ts';

/**
 * What the targets of an output mean. `class`: one class an example; `mask`: a class for every pixel; `tokens`: a token
 * number for every position; `values`: numbers to come near; `flags`: 0 or 1 for each output; `probabilities`: shares
 * that sum to one.
 */
export type TargetKind = 'class' | 'mask' | 'tokens' | 'values' | 'flags' | 'probabilities';

/** The targets of one output for one example. */
export interface TargetType {
  readonly kind: TargetKind;
  /** Axes without the batch; a class has none. */
  readonly type: TensorType;
  /** How many classes or tokens the integers may name; `null` for numbers that name none, or while it is unknown. */
  readonly choices: number | null;
}

/** Targets of whole numbers from 0 to `choices`. */
export function choiceTarget(
  kind: 'class' | 'mask' | 'tokens',
  axes: TensorType['axes'],
  choices: number | null,
): TargetType {
  return { kind, type: { axes, dtype: 'int32' }, choices };
}

/** Targets of real numbers. */
export function numberTarget(kind: 'values' | 'flags' | 'probabilities', axes: TensorType['axes']): TargetType {
  return { kind, type: { axes, dtype: 'float32' satisfies DType }, choices: null };
}

/** A figure that says how good an output is. It is made from sums over all examples, so it is exact over any batches. */
export interface Measure {
  readonly title: string;
  /** `share`: from 0 to 1, shown in per cent. */
  readonly unit: 'share' | 'number';
  readonly better: 'higher' | 'lower';
  /** The figure from the sums that the objective gives for it. */
  readonly finish: (sums: ArrayLike<number>) => number;
}

/** What an output learns from, as values of an entry. */
export interface Objective {
  /** The loss of each example, `[batch]`. */
  readonly losses: Value;
  /** How much each example counts, `[batch]`; all alike when left out. */
  readonly weights?: Value;
  /** Share of this output in the loss of the whole network. */
  readonly lossWeight: number;
  /** For each measure a vector of sums over the batch. */
  readonly sums: Readonly<Record<string, Value>>;
}

/** Outputs only: what they learn from. An output without it can predict but not learn. */
export interface ObjectiveDefinition<
  Parameters,
  Input extends string,
  Weight extends string,
  Optional extends string = string,
> {
  /** What the targets are; sizes may be unknown. */
  target(context: {
    readonly parameters: Parameters;
    readonly inputs: Readonly<Record<Input, TensorType>>;
  }): TargetType;
  /** The measures by name, the most telling one first. */
  readonly measures: Readonly<Record<string, Measure>>;
  /** The target has the type of `target`, with the batch in front. */
  lower(context: LowerContext<Parameters, Input, Weight, Optional>, target: Value): Objective;
}

/** A share of hits: the sums are the hits and all tries. */
export function shareMeasure(title: string): Measure {
  return { title, unit: 'share', better: 'higher', finish: ratio };
}

/** The first sum divided by the second. */
export function ratio(sums: ArrayLike<number>): number {
  return (sums[0] ?? 0) / (sums[1] ?? 0);
}
