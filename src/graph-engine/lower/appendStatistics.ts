import type { OpDefinition } from '../core/opDefinition.ts';
import type { TrainingSettings } from '../document/trainingSettings.ts';
import type { GradientListener } from '../program/autodiff.ts';
import type { Builder } from '../program/builder.ts';
import { elementCountOf } from '../program/dims.ts';
import type { Value, Variable } from '../program/program.ts';
import type { HistogramKind, StatisticColumn } from '../statistics/columns.ts';
import type { EntryWatcher } from './lowerDocument.ts';
import type { UpdateStatistics } from './updateStatistics.ts';

/** How a column follows from the fetched numbers, of which it names places. */
export type StatisticRecipe =
  | { readonly kind: 'mean'; readonly mean: number }
  | {
      readonly kind: 'deviation';
      readonly mean: number;
      readonly squares: number;
      /** Elements for one example, or in all where the value has no batch. */
      readonly elements: number;
      readonly perExample: boolean;
    }
  | { readonly kind: 'dead'; readonly alive: number }
  /** Of several tensors together. */
  | { readonly kind: 'norm'; readonly squares: readonly number[] };

/** Some values of one tensor, evenly spread. */
export interface ValueSample {
  readonly path: string;
  readonly kind: HistogramKind;
  /** How many of them there are, for each example where the tensor has a batch. */
  readonly count: number;
}

/** What `train` can hand out about its nodes, and what the numbers mean. */
export interface LoweredStatistics {
  readonly columns: readonly StatisticColumn[];
  readonly recipes: readonly StatisticRecipe[];
  /** Names of the fetches that the recipes are for: vectors, one behind the other. Where gradients are gathered there are two, and the first is one of the entry `update`. */
  readonly fetches: readonly string[];
  /** Samples from tensors with a batch, `[batch, sum of the counts]`, and from others, `[sum of the counts]`. */
  readonly samples: readonly {
    readonly fetch: string;
    readonly perExample: boolean;
    readonly of: readonly ValueSample[];
  }[];
}

/** An op, a block or what enters one, as it was lowered. */
interface WatchedNode {
  readonly path: string;
  /** Absent for blocks and what enters them: they have no values of their own. */
  readonly op?: OpDefinition;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly output: Value | undefined;
}

/** Collects what statistics are made of while `train` is lowered and differentiated. */
export interface StatisticsWatch extends GradientListener, EntryWatcher {
  readonly nodes: readonly WatchedNode[];
  /** By the id of a value, what each use adds to its gradient. */
  readonly shares: ReadonlyMap<number, readonly { readonly origin: string; readonly share: Value }[]>;
  gradientOf(value: Value): Value | undefined;
}

/** Starts with nothing. */
export function createStatisticsWatch(): StatisticsWatch {
  const nodes: WatchedNode[] = [];
  const shares = new Map<number, { readonly origin: string; readonly share: Value }[]>();
  const ops = new Set<string>();
  let gradients: ReadonlyMap<number, Value> = new Map();
  return {
    nodes,
    shares,
    visited(op, path, inputs, outputs) {
      const [first] = op.outputs;
      ops.add(path);
      nodes.push({ path, op, inputs, output: first === undefined ? undefined : outputs[first] });
    },
    hear(path, { values, first }) {
      const [output] = Object.values(values);
      // What is bypassed passes on what enters it, and the wires around it tell of that.
      if (ops.has(path) || output === undefined || output === first) return undefined;
      // Nothing leads into what enters a block.
      nodes.push({ path, inputs: first === undefined ? { input: output } : {}, output });
      return undefined;
    },
    onShare({ id }, origin, share) {
      const known = shares.get(id);
      if (known === undefined) shares.set(id, [{ origin, share }]);
      else known.push({ origin, share });
    },
    onEnd: (found) => (gradients = found),
    gradientOf: ({ id }) => gradients.get(id),
  };
}

/** Numbers that one step hands out for distributions, at most. */
const SAMPLED_NUMBERS = 2 ** 18;
const LARGEST_SAMPLE = 1024;
/** Fewer say nothing about a distribution. */
const SMALLEST_SAMPLE = 128;

/**
 * Appends statistics of the nodes to a finished training step, as outputs on demand: a step that does not ask for them is as
 * before. Norms and means are sums inside the graph, so only a few numbers for each node come out.
 */
export function appendStatistics(
  builder: Builder,
  watch: StatisticsWatch,
  variables: readonly Variable[],
  { batchSize }: Pick<TrainingSettings, 'batchSize'>,
  /** Where gradients are gathered first, this entry changes no weights. */
  updates?: UpdateStatistics,
): LoweredStatistics {
  return builder.withOrigin('statistics', () => {
    const figures = createFigures(builder, updates?.count ?? 0);
    const { columns, recipes } = figures;
    const owned = weightsByNode(builder, watch, variables);
    for (const node of watch.nodes) {
      noteOutput(figures, watch, node);
      noteInputs(builder, figures, watch, node);
      noteWeights(figures, node.path, owned.get(node.path) ?? [], updates);
    }
    if (figures.scalars.length > 0) builder.output('statistics', builder.pack(figures.scalars), { onDemand: true });
    const fetches = [...(updates === undefined ? [] : [updates.fetch]), 'statistics'];
    return { columns, recipes, fetches, samples: appendSamples(builder, watch, owned, batchSize) };
  });
}

interface Figures {
  readonly columns: StatisticColumn[];
  readonly recipes: StatisticRecipe[];
  readonly scalars: readonly Value[];
  add(column: StatisticColumn, recipe: StatisticRecipe): void;
  mean(x: Value): number;
  squares(x: Value): number;
  /** Mean over the units of whether they are positive anywhere. */
  alive(x: Value): number;
  change(variable: Variable): number;
}

/** Hands out places behind the first `before`; the same figure of the same value has one place. */
function createFigures(builder: Builder, before: number): Figures {
  const scalars: Value[] = [];
  const places = new Map<string, number>();
  const placeOf = (key: string, make: () => Value): number => {
    let place = places.get(key);
    if (place === undefined) places.set(key, (place = before + scalars.push(make()) - 1));
    return place;
  };
  const axesOf = ({ dims }: Value): number[] => dims.map((_, axis) => axis);
  const columns: StatisticColumn[] = [];
  const recipes: StatisticRecipe[] = [];
  return {
    columns,
    recipes,
    scalars,
    add(column, recipe) {
      columns.push(column);
      recipes.push(recipe);
    },
    mean: (x) => placeOf(`mean ${x.id}`, () => builder.reduceMean(x, axesOf(x))),
    squares: (x) => placeOf(`squares ${x.id}`, () => builder.l2Loss(x)),
    alive: (x) =>
      placeOf(`alive ${x.id}`, () => {
        const largest = builder.reduceMax(x, axesOf(x).slice(0, -1));
        return builder.reduceMean(builder.greater(largest, builder.scalar(0)), [0]);
      }),
    change: (variable) =>
      placeOf(`change ${variable.name}`, () =>
        builder.l2Loss(builder.subtract(builder.readUpdatedVariable(variable), builder.readVariable(variable))),
      ),
  };
}

function noteOutput(figures: Figures, watch: StatisticsWatch, { path, op, output }: WatchedNode): void {
  if (output === undefined || output.dtype === 'int32' || output.dims.length === 0) return;
  const { coefficient, degree } = elementCountOf(output.dims);
  const mean = figures.mean(output);
  const squares = figures.squares(output);
  figures.add({ path, figure: 'mean' }, { kind: 'mean', mean });
  figures.add(
    { path, figure: 'deviation' },
    { kind: 'deviation', mean, squares, elements: coefficient, perExample: degree > 0 },
  );
  if (op?.rectifies === true) figures.add({ path, figure: 'dead' }, { kind: 'dead', alive: figures.alive(output) });
  const gradient = watch.gradientOf(output);
  if (gradient === undefined) return;
  figures.add({ path, figure: 'gradient' }, { kind: 'norm', squares: [figures.squares(gradient)] });
}

/** The gradient through each input, where it is a part of that for the value which enters it. */
function noteInputs(
  builder: Builder,
  figures: Figures,
  watch: StatisticsWatch,
  { path, op, inputs }: WatchedNode,
): void {
  // What enters a block is used by the ops in it.
  const inside = path.slice(0, path.lastIndexOf('.') + 1);
  for (const [port, value] of Object.entries(inputs)) {
    const all = watch.shares.get(value.id) ?? [];
    const own = all.filter(({ origin }) => (op === undefined ? origin.startsWith(inside) : origin === path));
    const [first, ...rest] = own;
    if (first === undefined || own.length === all.length) continue;
    const sum = rest.reduce((total, { share }) => builder.add(total, share), first.share);
    figures.add({ path, figure: 'inputGradient', port }, { kind: 'norm', squares: [figures.squares(sum)] });
  }
}

interface OwnedWeight {
  readonly variable: Variable;
  readonly value: Value;
  readonly gradient: Value | undefined;
}

function weightsByNode(
  builder: Builder,
  watch: StatisticsWatch,
  variables: readonly Variable[],
): ReadonlyMap<string, readonly OwnedWeight[]> {
  const owned = new Map<string, OwnedWeight[]>();
  for (const variable of variables) {
    if (!variable.trainable) continue;
    const value = builder.readVariable(variable);
    const weight = { variable, value, gradient: watch.gradientOf(value) };
    const known = owned.get(variable.origin);
    if (known === undefined) owned.set(variable.origin, [weight]);
    else known.push(weight);
  }
  return owned;
}

function noteWeights(
  figures: Figures,
  path: string,
  weights: readonly OwnedWeight[],
  updates: UpdateStatistics | undefined,
): void {
  if (weights.length === 0) return;
  const learning = weights.flatMap(({ variable, gradient }) => (gradient === undefined ? [] : { variable, gradient }));
  figures.add(
    { path, figure: 'weight' },
    { kind: 'norm', squares: weights.map(({ value }) => figures.squares(value)) },
  );
  if (learning.length === 0) return;
  const places = learning.map(
    ({ variable, gradient }) =>
      updates?.places.get(variable.name) ?? { change: figures.change(variable), gradient: figures.squares(gradient) },
  );
  figures.add({ path, figure: 'weightGradient' }, { kind: 'norm', squares: places.map(({ gradient }) => gradient) });
  figures.add({ path, figure: 'update' }, { kind: 'norm', squares: places.map(({ change }) => change) });
}

interface SampledTensor {
  readonly path: string;
  readonly kind: HistogramKind;
  readonly values: readonly Value[];
}

function appendSamples(
  builder: Builder,
  watch: StatisticsWatch,
  owned: ReadonlyMap<string, readonly OwnedWeight[]>,
  batchSize: number,
): LoweredStatistics['samples'] {
  const tensors = watch.nodes.flatMap(({ path, op, output }): SampledTensor[] => {
    if (op === undefined) return [];
    const weights = owned.get(path) ?? [];
    const isNumbers = output !== undefined && output.dtype !== 'int32' && output.dims.length > 0;
    const found: Readonly<Record<HistogramKind, readonly Value[]>> = {
      activation: isNumbers ? [output] : [],
      gradient: isNumbers ? [watch.gradientOf(output) ?? []].flat() : [],
      weight: weights.map(({ value }) => value),
      weightGradient: weights.flatMap(({ gradient }) => gradient ?? []),
    };
    return Object.entries(found).flatMap(([kind, values]) =>
      values.length === 0 ? [] : [{ path, kind: kind as HistogramKind, values }],
    );
  });
  const size = Math.min(LARGEST_SAMPLE, Math.floor(SAMPLED_NUMBERS / Math.max(1, tensors.length)));
  if (size < SMALLEST_SAMPLE) return [];
  return [true, false].flatMap((perExample) => {
    const parts: Value[] = [];
    const of: ValueSample[] = [];
    for (const { path, kind, values } of tensors) {
      if ((values[0]?.dims[0] ?? 1) < 0 !== perExample) continue;
      const taken = perExample
        ? values.map((value) => spreadOfExamples(builder, value, size / batchSize))
        : spreadOf(builder, values, size);
      parts.push(...taken);
      of.push({ path, kind, count: taken.reduce((sum, { dims }) => sum + (dims.at(-1) ?? 0), 0) });
    }
    if (parts.length === 0) return [];
    const fetch = `samples/${perExample ? 'activations' : 'weights'}`;
    builder.output(fetch, builder.concat(parts, perExample ? 1 : 0), { onDemand: true });
    return [{ fetch, perExample, of }];
  });
}

/** About so many values of each example. */
function spreadOfExamples(builder: Builder, x: Value, wanted: number): Value {
  const examples = x.dims[0] ?? -1;
  const length = elementCountOf(x.dims.slice(1)).coefficient * -examples;
  const flat = builder.reshape(x, [-1, length]);
  return builder.stridedSlice(flat, [0, 0], [0, length], [1, strideFor(length, wanted)]);
}

/** About so many values of several tensors together, each with its share. */
function spreadOf(builder: Builder, tensors: readonly Value[], wanted: number): readonly Value[] {
  const lengths = tensors.map(({ dims }) => elementCountOf(dims).coefficient);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return tensors.map((x, i) => {
    const length = lengths[i] ?? 1;
    const stride = strideFor(length, Math.max(1, (wanted * length) / total));
    return builder.stridedSlice(builder.reshape(x, [length]), [0], [length], [stride]);
  });
}

/** A stride that meets every channel in turn: it has no divisor in common with the length. */
function strideFor(length: number, wanted: number): number {
  let stride = Math.max(1, Math.floor(length / Math.max(1, wanted)));
  while (stride < length && divisor(stride, length) > 1) stride++;
  return Math.min(stride, length);
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
