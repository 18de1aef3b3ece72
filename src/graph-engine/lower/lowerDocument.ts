import { ok, type Diagnostic } from '../core/diagnostic.ts';
import type { Mode, Objective, OpDefinition } from '../core/opDefinition.ts';
import type { TensorType } from '../core/shape.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import type { InferredNode } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';
import { createBuilder, type Builder } from '../program/builder.ts';
import type { Entry, Program, Value, Variable } from '../program/program.ts';
import { appendTrainStep } from '../program/trainStep.ts';
import { walkInstances, type OpInstance } from './walkInstances.ts';

export interface LoweredInput {
  /** Name of the feed in every entry: float32 `[batch, ...axes]`. */
  readonly feed: string;
  readonly path: string;
  readonly type: TensorType;
}

export interface LoweredOutput {
  readonly path: string;
  readonly classes: number;
  /** Name of the int32 `[batch]` feed of true classes in `train` and `evaluate`. */
  readonly targetFeed: string;
  /** Names of the fetches in `predict`, both `[batch, classes]`. */
  readonly logits: string;
  readonly probabilities: string;
}

/** A document as a program with the entries `train`, `evaluate` and `predict`. */
export interface LoweredDocument {
  readonly program: Program;
  readonly inputs: readonly LoweredInput[];
  readonly outputs: readonly LoweredOutput[];
}

export type LowerResult =
  | { readonly ok: true; readonly value: LoweredDocument }
  | { readonly ok: false; readonly error: readonly Diagnostic[] };

interface LoweredEntry {
  readonly builder: Builder;
  readonly inputs: readonly LoweredInput[];
  /** The feed of an output's true classes, declared when first asked for. */
  readonly target: (feed: string) => Value;
  readonly outputs: readonly {
    readonly path: string;
    readonly values: Readonly<Record<string, Value>>;
    readonly objective: Objective | undefined;
    readonly targetFeed: string;
  }[];
}

/**
 * Lowers a document. All outputs' losses are summed; `train` fetches `loss` (mean over the batch) and `correct` (right
 * predictions of the first output), `evaluate` fetches `losses` and `predictions`, `predict` what `LoweredOutput` names.
 */
export function lowerDocument(document: SkipwireDocument): LowerResult {
  const inferred = inferDocument(document);
  const errors = inferred.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (errors.length > 0) return { ok: false, error: errors };

  const variables = new Map<string, Variable>();
  const trained = lowerTrain(document, variables);
  const evaluated = lowerEvaluate(document, variables);
  const predicted = lowerPredict(document, variables);
  const [first] = predicted.lowered.outputs;
  if (first === undefined) throw new Error('A document without an output has an error');
  return ok({
    program: {
      variables: [...variables.values(), ...trained.slots],
      entries: { train: trained.entry, evaluate: evaluated, predict: predicted.entry },
    },
    inputs: predicted.lowered.inputs,
    outputs: predicted.lowered.outputs.map(({ path, values, targetFeed }) => ({
      path,
      classes: values['logits']?.dims.at(-1) ?? 0,
      targetFeed,
      logits: `${path}/logits`,
      probabilities: `${path}/probabilities`,
    })),
  });
}

function lowerTrain(
  document: SkipwireDocument,
  variables: Map<string, Variable>,
): { entry: Entry; slots: readonly Variable[] } {
  const { builder, outputs, target } = lowerEntry('train', 'train', document, variables);
  let loss: Value | undefined;
  for (const { objective } of outputs) {
    if (objective === undefined) continue;
    const mean = builder.reduceMean(objective.losses, [0]);
    loss = loss === undefined ? mean : builder.add(loss, mean);
  }
  if (loss === undefined) throw new Error('No output of the document has a loss');
  builder.output('loss', loss);
  const [first] = outputs;
  if (first?.objective === undefined) throw new Error('The first output has no objective');
  const hits = builder.equal(first.objective.predictions, target(first.targetFeed));
  builder.output('correct', builder.reduceSum(hits, [0]));
  const slots = appendTrainStep(builder, {
    loss,
    variables: [...variables.values()].filter((variable) => variable.trainable),
    optimizer: document.training.optimizer,
    learningRate: builder.input('learningRate', [], 'float32'),
  });
  return { entry: builder.entry(), slots };
}

function lowerEvaluate(document: SkipwireDocument, variables: Map<string, Variable>): Entry {
  const { builder, outputs } = lowerEntry('evaluate', 'inference', document, variables);
  let losses: Value | undefined;
  for (const { objective } of outputs) {
    if (objective !== undefined)
      losses = losses === undefined ? objective.losses : builder.add(losses, objective.losses);
  }
  const predictions = outputs[0]?.objective?.predictions;
  if (losses === undefined || predictions === undefined) throw new Error('No output of the document has a loss');
  builder.output('losses', losses);
  builder.output('predictions', predictions);
  return builder.entry();
}

function lowerPredict(
  document: SkipwireDocument,
  variables: Map<string, Variable>,
): { entry: Entry; lowered: LoweredEntry } {
  const lowered = lowerEntry('predict', 'inference', document, variables);
  for (const { path, values } of lowered.outputs) {
    for (const [name, value] of Object.entries(values)) lowered.builder.output(`${path}/${name}`, value);
  }
  return { entry: lowered.builder.entry(), lowered };
}

function lowerEntry(
  name: string,
  mode: Mode,
  document: SkipwireDocument,
  variables: Map<string, Variable>,
): LoweredEntry {
  const builder = createBuilder(name);
  const seed = mode === 'train' ? builder.input('seed', [2], 'int32') : undefined;
  const targets = new Map<string, Value>();
  const target = (feed: string): Value => {
    let value = targets.get(feed);
    if (value === undefined) targets.set(feed, (value = builder.input(feed, [-1], 'int32')));
    return value;
  };
  const inputs: LoweredInput[] = [];
  const outputs: LoweredEntry['outputs'][number][] = [];
  walkInstances<Value>(document, inferDocument(document).root, (instance, values) => {
    const op = opNamed(instance.op);
    if (op === undefined) throw new Error(`There is no op "${instance.op}"`);
    if (op.family === 'input') {
      const type = instance.inferred.outputs['output'];
      if (type === undefined) throw new Error(`"${instance.path}" has no type`);
      const feed = `inputs/${instance.path}`;
      inputs.push({ feed, path: instance.path, type });
      return {
        output: builder.input(feed, [-1, ...type.axes.map((axis) => known(axis.size, instance.path))], type.dtype),
      };
    }
    const context = contextOf(builder, instance, values, mode, seed, variables);
    return builder.withOrigin(instance.path, () => {
      const results = op.lower(context);
      if (op.family === 'output') {
        const targetFeed = `targets/${instance.path}`;
        // Prediction has no targets to compare with, so the loss is left out.
        const objective = name === 'predict' ? undefined : op.objective?.lower(context, target(targetFeed));
        outputs.push({ path: instance.path, values: results, objective, targetFeed });
      }
      return results;
    });
  });
  return { builder, inputs, outputs, target };
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
): Parameters<OpDefinition['lower']>[0] {
  const types: Record<string, TensorType> = {};
  for (const [port, type] of Object.entries(inferred.inputs)) if (type !== undefined) types[port] = type;
  return {
    builder,
    parameters: inferred.parameters ?? {},
    inputs,
    types,
    weights: declareWeights(path, inferred, variables),
    mode,
    seed,
    path,
  };
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
