import type { TensorType } from '../core/shape.ts';
import { fitSizeExpression, writeSizeExpression, type Sample, type SizeExpression } from './sizeExpression.ts';

export type Parameters = Readonly<Record<string, unknown>>;
export type Types = Readonly<Record<string, TensorType>>;

/** Sizes that something works out from parameters and input types, in a fixed order; `undefined` when it refuses them. */
export type Measure = (parameters: Parameters, inputs: Types) => readonly number[] | undefined;

/** An axis of an input; several when a size is the same at all of them. */
export interface InputAxis {
  readonly port: string;
  /** Which of the type's axes, or `VOCABULARY`: how many tokens there are counts like an axis. */
  readonly index: number;
}

const VOCABULARY = -1;

/** How one measured size follows from what comes in. */
export type SizeRule =
  | { readonly kind: 'constant'; readonly value: number; readonly parameter?: string }
  | { readonly kind: 'expression'; readonly of: InputAxis; readonly expression: SizeExpression }
  | { readonly kind: 'sum' | 'product'; readonly of: readonly InputAxis[] }
  | { readonly kind: 'other'; readonly of: readonly InputAxis[] };

const SAMPLE_SIZES = [...Array.from({ length: 48 }, (_, i) => i + 1), 64, 96, 128, 144, 192, 256, 384, 512, 576, 1152];

function axisSize(inputs: Types, { port, index }: InputAxis): number {
  const type = inputs[port];
  return (index === VOCABULARY ? type?.vocabulary : type?.axes[index]?.size) ?? 0;
}

function withSize(inputs: Types, places: readonly InputAxis[], size: number): Types {
  const changed: Record<string, TensorType> = { ...inputs };
  for (const { port, index } of places) {
    const type = changed[port];
    if (type === undefined) continue;
    if (index === VOCABULARY) changed[port] = { ...type, vocabulary: size };
    else changed[port] = { ...type, axes: type.axes.map((axis, i) => (i === index ? { ...axis, size } : axis)) };
  }
  return changed;
}

function axisName(inputs: Types, { port, index }: InputAxis): string {
  return index === VOCABULARY ? 'vocabulary' : (inputs[port]?.axes[index]?.name ?? '?');
}

/** Single axes first; then those of one name at all ports together, which an addition ties to each other. */
function candidates(inputs: Types): readonly (readonly InputAxis[])[] {
  const all = Object.entries(inputs).flatMap(([port, type]) => [
    ...type.axes.map((_, index) => ({ port, index })),
    ...(type.vocabulary === undefined ? [] : [{ port, index: VOCABULARY }]),
  ]);
  const names = new Map<string, InputAxis[]>();
  for (const place of all) {
    const name = axisName(inputs, place);
    names.set(name, [...(names.get(name) ?? []), place]);
  }
  return [...all.map((place) => [place]), ...[...names.values()].filter((group) => group.length > 1)];
}

/** Measures at one size after another; what is refused is left out. */
function sampleSizes(
  measure: Measure,
  parameters: Parameters,
  inputs: Types,
  places: readonly InputAxis[],
): readonly (readonly [number, readonly number[]])[] {
  return SAMPLE_SIZES.flatMap((size) => {
    const sizes = measure(parameters, withSize(inputs, places, size));
    return sizes === undefined ? [] : [[size, sizes] as const];
  });
}

function ruleOf(
  index: number,
  value: number,
  inputs: Types,
  sampled: readonly { readonly places: readonly InputAxis[]; readonly samples: readonly Sample[] }[],
): SizeRule {
  // A group says nothing new where one of its axes decides alone.
  const moving = sampled.filter(({ samples }) => samples.some(([, size]) => size !== value));
  const single = moving.filter(({ places }) => places.length === 1);
  const deciding = single.length > 0 ? single : moving;
  if (deciding.length === 0) return { kind: 'constant', value };
  const of = deciding.flatMap(({ places }) => places.slice(0, 1));
  const [first] = deciding;
  if (deciding.length === 1 && first !== undefined) {
    const expression = fitSizeExpression(first.samples);
    const [place] = first.places;
    if (expression !== undefined && place !== undefined) return { kind: 'expression', of: place, expression };
    return { kind: 'other', of };
  }
  const sizes = of.map((place) => axisSize(inputs, place));
  const isSum =
    value === sizes.reduce((sum, size) => sum + size, 0) &&
    deciding.every(({ samples }, i) => samples.every(([size, result]) => result === value - (sizes[i] ?? 0) + size));
  if (isSum) return { kind: 'sum', of };
  const isProduct =
    value === sizes.reduce((product, size) => product * size, 1) &&
    deciding.every(({ samples }, i) => samples.every(([size, result]) => result === (value / (sizes[i] ?? 1)) * size));
  return { kind: isProduct ? 'product' : 'other', of };
}

/** Works out, by trying, how every measured size follows from the sizes that come in; `undefined` when the base is refused. */
export function sizeRules(measure: Measure, parameters: Parameters, inputs: Types): readonly SizeRule[] | undefined {
  const base = measure(parameters, inputs);
  if (base === undefined) return undefined;
  const sampled = candidates(inputs).map((places) => ({
    places,
    measured: sampleSizes(measure, parameters, inputs, places),
  }));
  return base.map((value, index) =>
    ruleOf(
      index,
      value,
      inputs,
      sampled.map(({ places, measured }) => ({
        places,
        samples: measured.flatMap(([size, sizes]): Sample[] => {
          const result = sizes[index];
          return result === undefined || sizes.length !== base.length ? [] : [[size, result]];
        }),
      })),
    ),
  );
}

/** An axis as one reads it: `height`, or `height of a` where several ports have one. */
export function nameOfAxis(inputs: Types, place: InputAxis): string {
  const name = axisName(inputs, place);
  return Object.keys(inputs).length > 1 ? `${name} of ${place.port}` : name;
}

/** A rule in words, over names of axes or over whatever `nameAxis` says. */
export function writeSizeRule(rule: SizeRule, nameAxis: (axis: InputAxis) => string): string {
  switch (rule.kind) {
    case 'constant':
      return rule.parameter ?? String(rule.value);
    case 'expression':
      return writeSizeExpression(rule.expression, nameAxis(rule.of));
    case 'sum':
      return rule.of.map(nameAxis).join(' + ');
    case 'product':
      return rule.of.map(nameAxis).join(' · ');
    case 'other':
      return `depends on ${rule.of.map(nameAxis).join(', ')}`;
  }
}
