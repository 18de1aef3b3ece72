import { ok, type Diagnostic } from '../core/diagnostic.ts';
import type { Measure, Objective, TargetType } from '../core/objective.ts';
import type { Mode, OpDefinition } from '../core/opDefinition.ts';
import { kindOf, type TensorType } from '../core/shape.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import type { InferredNode } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';
import { vectorOf } from '../ops/output/sums.ts';
import { averageOf } from '../program/averaging.ts';
import { createBuilder, type Builder } from '../program/builder.ts';
import type { Dims, Entry, Program, Value, Variable } from '../program/program.ts';
import { applyPasses, commonPasses, type PassName } from '../program/passes/index.ts';
import { appendStatistics, createStatisticsWatch, type LoweredStatistics } from './appendStatistics.ts';
import { appendUpdateStatistics, type UpdateStatistics } from './updateStatistics.ts';
import { networkEnds } from '../training/networkEnds.ts';
import { keptHindrance } from '../infer/keptNodes.ts';
import { trainingObstacle } from '../training/trainingObstacle.ts';
import { lowerLearning } from './lowerLearning.ts';
import { mixSamples, type SampleMixer } from './mixSamples.ts';
import { trainingParameters, type ClassWeightsByOutput } from './trainingParameters.ts';
import { walkInstances, type HearValues, type MutedPort, type OpInstance } from './walkInstances.ts';
import { decayedBy } from './weightGroups.ts';

export interface LoweredInput {
  /** Name of the feed in every entry: `[batch, ...axes]`. */
  readonly feed: string;
  readonly path: string;
  readonly type: TensorType;
}

/** One port of an output node, as `predict` answers it. */
export interface LoweredPort {
  /** Name of the fetch in `predict`: `[batch, ...axes]`. */
  readonly fetch: string;
  readonly type: TensorType;
}

export interface LoweredMeasure extends Measure {
  readonly name: string;
  /** Name of the fetch in `train` and `evaluate`: a vector of sums over the batch. */
  readonly fetch: string;
}

/** What an output learns from. */
export interface LoweredObjective {
  /** Name of the feed in `train` and `evaluate`: `[batch, ...axes of the target]`. */
  readonly targetFeed: string;
  readonly target: TargetType;
  /** Share in the loss of the network. */
  readonly lossWeight: number;
  /** Name of the fetch in `train` and `evaluate`: the sum of the losses and that of the weights, `[2]`. */
  readonly lossFetch: string;
  readonly measures: readonly LoweredMeasure[];
}

export interface LoweredOutput {
  readonly path: string;
  readonly ports: Readonly<Record<string, LoweredPort>>;
  /** Absent for an output that has no loss. */
  readonly objective?: LoweredObjective;
}

/**
 * A document as a program. It has the entries `train`, `evaluate` and `predict`, the first two only when an output has a
 * loss; further ones as the training settings need them, see `lowerLearning`.
 */
export interface LoweredDocument {
  readonly program: Program;
  readonly inputs: readonly LoweredInput[];
  readonly outputs: readonly LoweredOutput[];
  /** What `train` hands out on demand, where that was wished. */
  readonly statistics?: LoweredStatistics;
}

export type LowerResult =
  | { readonly ok: true; readonly value: LoweredDocument }
  | { readonly ok: false; readonly error: readonly Diagnostic[] };

export interface LowerOptions {
  /** Rewritings that are applied to each entry; the common ones by default. */
  readonly passes?: readonly PassName[];
  /** Lets `train` hand out statistics of the nodes when it is asked for them. */
  readonly statistics?: boolean;
  /** What each class counts in training, where it follows from the data. */
  readonly classWeights?: ClassWeightsByOutput;
}

/** Looks at the values of an entry while it is written. */
export interface EntryWatcher {
  readonly visited?: (
    op: OpDefinition,
    path: string,
    inputs: Readonly<Record<string, Value>>,
    outputs: Readonly<Record<string, Value>>,
  ) => void;
  readonly hear?: HearValues<Value>;
  readonly reveal?: (path: string, name: string, value: Value, type: TensorType) => void;
}

export interface LoweredEntry {
  readonly builder: Builder;
  readonly inputs: readonly { readonly instance: OpInstance; readonly feed: string; readonly type: TensorType }[];
  readonly outputs: readonly EntryOutput[];
  /** The ops that own weights, by their paths. */
  readonly owners: ReadonlyMap<string, OpInstance>;
}

export interface EntryOutput {
  readonly instance: OpInstance;
  readonly values: Readonly<Record<string, Value>>;
  /** Absent without a loss, and in `predict`. */
  readonly learning?: LearningOutput;
}

export interface LearningOutput extends Objective {
  readonly described: LoweredObjective;
}

/**
 * Lowers a document. `train`, which takes a step, and `evaluate` fetch `loss`, the weighted sum of the outputs' mean losses,
 * and for each output what its `LoweredObjective` names; `predict` fetches what the outputs' `ports` name.
 */
export function lowerDocument(
  document: SkipwireDocument,
  { passes = commonPasses, statistics = false, classWeights = {} }: LowerOptions = {},
): LowerResult {
  const inferred = inferDocument(document);
  const errors = inferred.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (errors.length > 0) return { ok: false, error: errors };

  const kept = keptHindrance(inferred.root);
  if (kept !== undefined) return refuse('graph/kept-operator', `${kept.message} ${kept.remedy}`);

  const obstacle = trainingObstacle(document.training, networkEnds(inferred.root));
  if (obstacle !== undefined) return refuse(obstacle.code, `${obstacle.message} ${obstacle.remedy}`);

  const variables = new Map<string, Variable>();
  const predicted = lowerPredict(document, variables);
  const evaluated = lowerEntry('evaluate', 'inference', document, variables);
  const objectives = evaluated.outputs.map(({ learning }) => learning?.described);
  const learns = objectives.some((objective) => objective !== undefined);
  const trained = learns ? lowerTrain(document, variables, { statistics, classWeights }) : undefined;
  if (trained === 'frozen') {
    return refuse('training/all-frozen', 'Everything that could learn is frozen: let a node with weights learn again.');
  }
  if (trained !== undefined) fetchLosses(evaluated);
  const { lowered } = predicted;
  return ok({
    program: {
      variables: [...variables.values(), ...(trained?.slots ?? [])],
      entries: {
        ...(trained !== undefined && {
          train: applyPasses(trained.entry, passes),
          evaluate: applyPasses(evaluated.builder.entry(), passes),
          ...Object.fromEntries(trained.further.map((entry) => [entry.name, applyPasses(entry, passes)])),
        }),
        predict: applyPasses(predicted.entry, passes),
      },
    },
    inputs: lowered.inputs.map(({ instance, feed, type }) => ({
      feed,
      path: instance.path,
      type,
    })),
    outputs: lowered.outputs.map(({ instance }, index): LoweredOutput => {
      const objective = objectives[index];
      return { path: instance.path, ports: portsOf(instance), ...(objective !== undefined && { objective }) };
    }),
    ...(trained?.statistics !== undefined && { statistics: trained.statistics }),
  });
}

function portsOf({ path, inferred }: OpInstance): Record<string, LoweredPort> {
  return Object.fromEntries(
    Object.entries(inferred.outputs).map(([port, type]) => {
      if (type === undefined) throw new Error(`"${path}.${port}" has no type`);
      return [port, { fetch: `${path}/${port}`, type }];
    }),
  );
}

function refuse(code: string, message: string): LowerResult {
  return { ok: false, error: [{ code, severity: 'error', at: { path: [] }, message }] };
}

function lowerTrain(
  document: SkipwireDocument,
  variables: Map<string, Variable>,
  { statistics, classWeights }: Required<Pick<LowerOptions, 'statistics' | 'classWeights'>>,
):
  | {
      entry: Entry;
      further: readonly Entry[];
      slots: readonly Variable[];
      statistics: LoweredStatistics | undefined;
    }
  | 'frozen' {
  const watch = statistics ? createStatisticsWatch() : undefined;
  const lowered = lowerEntry('train', 'train', document, variables, () => watch ?? {}, classWeights);
  const { builder, owners } = lowered;
  const learning = [...variables.values()].filter((variable) => variable.trainable);
  const trainable = learning.filter(({ origin }) => owners.get(origin)?.frozen !== true);
  if (trainable.length === 0 && learning.length > 0) return 'frozen';
  const { training } = document;
  let updates: UpdateStatistics | undefined;
  const { entries: further, slots } = lowerLearning(builder, {
    loss: fetchLosses(lowered),
    variables: [...variables.values()],
    trainable,
    decays: decayedBy(training.weightDecaySpares, (origin) => opNamed(owners.get(origin)?.op ?? '')?.family),
    training,
    ...(watch !== undefined && {
      listener: watch,
      onGathered: (step, gathered) => (updates = appendUpdateStatistics(step, gathered)),
    }),
  });
  const handedOut = watch === undefined ? undefined : appendStatistics(builder, watch, trainable, training, updates);
  return { entry: builder.entry(), further, slots, statistics: handedOut };
}

/** Declares the fetches of `train` and `evaluate`, and returns the loss of the whole network. */
export function fetchLosses({ builder, outputs }: LoweredEntry): Value {
  const losses = outputs.flatMap(({ learning }) => {
    if (learning === undefined) return [];
    const { losses, weights, lossWeight, sums, described } = learning;
    const sum = builder.reduceSum(losses, [0]);
    const count = weights === undefined ? builder.elementCount(losses.dims) : builder.reduceSum(weights, [0]);
    builder.output(described.lossFetch, vectorOf(builder, [sum, count]));
    for (const { name, fetch } of described.measures) builder.output(fetch, defined(sums[name], fetch));
    // The mean is one op, and so is its gradient.
    const mean = weights === undefined ? builder.reduceMean(losses, [0]) : builder.divide(sum, count);
    return [builder.multiply(mean, builder.scalar(lossWeight))];
  });
  const loss = losses.reduce((total, one) => builder.add(total, one));
  builder.output('loss', loss);
  return loss;
}

function defined<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`There is nothing for ${name}`);
  return value;
}

function lowerPredict(
  document: SkipwireDocument,
  variables: Map<string, Variable>,
): { entry: Entry; lowered: LoweredEntry } {
  const lowered = lowerEntry('predict', 'inference', document, variables);
  for (const { instance, values } of lowered.outputs) {
    for (const [port, { fetch }] of Object.entries(portsOf(instance))) {
      lowered.builder.output(fetch, defined(values[port], fetch));
    }
  }
  return { entry: lowered.builder.entry(), lowered };
}

/** Lowers the ops of a document into an entry of its own. `watch` sees every value, and may put others in their place. */
export function lowerEntry(
  name: string,
  mode: Mode,
  document: SkipwireDocument,
  variables: Map<string, Variable>,
  watch?: (builder: Builder) => EntryWatcher,
  classWeights: ClassWeightsByOutput = {},
): LoweredEntry {
  const { training } = document;
  // Only training is worth the loss of digits: what is measured and exported is float32.
  const builder = createBuilder(name, mode === 'train' ? training.precision : 'float32');
  const seed = mode === 'train' ? builder.input('seed', [2], 'int32') : undefined;
  const mixer = name === 'train' && training.mixing !== undefined ? mixSamples(builder, training.mixing) : undefined;
  const isAveraged = name === 'evaluate' && training.averaging?.kind === 'ema';
  const owners = new Map<string, OpInstance>();
  const inputs: LoweredEntry['inputs'][number][] = [];
  const outputs: EntryOutput[] = [];
  const watcher = watch?.(builder);
  const visit = (instance: OpInstance, values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> => {
    const op = opNamed(instance.op);
    if (op === undefined) throw new Error(`There is no op "${instance.op}"`);
    if (op.family === 'input') {
      const type = defined(instance.inferred.outputs['output'], instance.path);
      const feed = `inputs/${instance.path}`;
      inputs.push({ instance, feed, type });
      const fed = builder.input(feed, batchOf(type, instance.path), type.dtype);
      const outputs = { output: mixer === undefined ? fed : mixer.input(fed) };
      watcher?.visited?.(op, instance.path, values, outputs);
      return outputs;
    }
    owners.set(instance.path, instance);
    // A frozen norm keeps its statistics: it normalizes with them, as it will in prediction.
    const keepsStill = instance.frozen && op.family === 'normalization';
    const plain = contextOf(builder, instance, values, keepsStill ? 'inference' : mode, seed, variables, isAveraged);
    const learns = name === 'train' && op.family === 'output';
    const context = {
      ...plain,
      ...(learns && { parameters: trainingParameters(plain.parameters, training, classWeights[instance.path]) }),
      ...revealOf(watcher, instance),
    };
    return builder.withOrigin(instance.path, () => {
      const results = op.lower(context);
      watcher?.visited?.(op, instance.path, values, results);
      if (op.family !== 'output') return results;
      // Without targets to compare with there is no loss.
      const learning = withoutTargets.has(name) ? undefined : lowerObjective(op, instance.path, context, mixer);
      outputs.push({ instance, values: results, ...(learning !== undefined && { learning }) });
      return results;
    });
  };
  walkInstances<Value>(document, inferDocument(document).root, {
    visit,
    zeros: (port) => zerosIn(builder, port),
    ...(watcher !== undefined && { hear: watcher.hear }),
  });
  return { builder, inputs, outputs, owners };
}

/** Entries that look at inputs alone. */
const withoutTargets: ReadonlySet<string> = new Set(['predict', 'probe']);

function revealOf(watcher: EntryWatcher | undefined, { path }: OpInstance) {
  const reveal = watcher?.reveal;
  if (reveal === undefined) return {};
  return { reveal: (name: string, value: Value, type: TensorType) => reveal(path, name, value, type) };
}

/** What comes out of a muted node: it hangs on no input, so nothing before it is computed or learned for its sake. */
export function zerosIn(builder: Builder, { path, type }: MutedPort): Value {
  const dims = kindOf(type) === 'table' ? type.axes.map((axis) => known(axis.size, path)) : batchOf(type, path);
  const zero = builder.constant([0], [], type.dtype);
  return builder.withOrigin(path, () => builder.broadcastTo(zero, dims));
}

function lowerObjective(
  { objective }: OpDefinition,
  path: string,
  context: Parameters<OpDefinition['lower']>[0],
  mixer: SampleMixer | undefined,
): LearningOutput | undefined {
  if (objective === undefined) return undefined;
  const { builder, parameters, types } = context;
  const target = objective.target({ parameters, inputs: types });
  const targetFeed = `targets/${path}`;
  const value = builder.input(targetFeed, batchOf(target.type, path), target.type.dtype);
  const lowerFor = (wanted: Value): Objective => objective.lower(context, wanted);
  const lowered = mixer === undefined ? lowerFor(value) : mixer.objective(lowerFor, value, target);
  const described: LoweredObjective = {
    targetFeed,
    target,
    lossWeight: lowered.lossWeight,
    lossFetch: `losses/${path}`,
    measures: Object.entries(objective.measures).map(([name, measure]) => ({
      ...measure,
      name,
      fetch: `measures/${path}/${name}`,
    })),
  };
  return { ...lowered, described };
}

/** The dims of a value of this type, with the batch in front. */
function batchOf(type: TensorType, path: string): Dims {
  return [-1, ...type.axes.map((axis) => known(axis.size, path))];
}

function known(size: number | null, path: string): number {
  if (size === null) throw new Error(`"${path}" has an unknown size`);
  return size;
}

function contextOf(
  builder: Builder,
  { path, inferred }: OpInstance,
  inputs: Readonly<Record<string, Value>>,
  mode: Mode,
  seed: Value | undefined,
  variables: Map<string, Variable>,
  isAveraged: boolean,
): Parameters<OpDefinition['lower']>[0] {
  const types: Record<string, TensorType> = {};
  for (const [port, type] of Object.entries(inferred.inputs)) if (type !== undefined) types[port] = type;
  return {
    builder,
    parameters: inferred.parameters ?? {},
    inputs,
    types,
    weights: isAveraged
      ? averagesOf(declareWeights(path, inferred, variables))
      : declareWeights(path, inferred, variables),
    mode,
    seed,
    path,
  };
}

/** Running averages in place of the weights. */
function averagesOf(weights: Readonly<Record<string, Variable>>): Record<string, Variable> {
  return Object.fromEntries(Object.entries(weights).map(([weight, variable]) => [weight, averageOf(variable)]));
}

function declareWeights(
  path: string,
  inferred: InferredNode,
  variables: Map<string, Variable>,
): Record<string, Variable> {
  const declared: Record<string, Variable> = {};
  for (const [weight, spec] of Object.entries(inferred.weights)) {
    const name = `${path}.${weight}`;
    let variable = variables.get(name);
    if (variable === undefined) {
      variable = {
        name,
        dims: spec.dims,
        dtype: 'float32',
        initializer: spec.initializer,
        role: spec.trainable ? 'weight' : 'statistic',
        trainable: spec.trainable,
        origin: path,
      };
      variables.set(name, variable);
    }
    declared[weight] = variable;
  }
  return declared;
}
