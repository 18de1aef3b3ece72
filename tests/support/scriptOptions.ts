import { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { networkOf, networkTemplate } from './networks.ts';

/** A document with other settings, and without what is drawn by chance while it trains. */
export function trainedWith(document: SkipwireDocument, training: Readonly<Record<string, unknown>>): SkipwireDocument {
  const plain = JSON.parse(JSON.stringify(document), (key, value: unknown) => {
    if (/^(dropout|rate)$/.test(key) && typeof value === 'number') return 0;
    // A parameter that a block declares.
    if (typeof value !== 'object' || value === null || !('name' in value) || !('default' in value)) return value;
    return /dropout/i.test(String(value.name)) ? { ...value, default: 0 } : value;
  }) as SkipwireDocument;
  return SkipwireDocument.parse({ ...plain, training: { ...plain.training, ...training } });
}

export const firstResidual = networkTemplate('first-residual.json');
export const regression = networkOf({
  input: { op: 'featureInput', parameters: { size: 10 } },
  hidden: { op: 'dense', parameters: { units: 16 } },
  relu: { op: 'relu' },
  answer: { op: 'dense', parameters: { units: 1 } },
  output: { op: 'regressionOutput', parameters: { loss: 'huber', delta: 2 } },
});

/** A run with an option of the training settings, as a script does it. */
export interface ScriptOption {
  readonly name: string;
  readonly document: SkipwireDocument;
  /** Drawn by the framework's own chance: it runs, and its numbers are its own. */
  readonly byChance?: true;
}

const option = (
  name: string,
  training: Readonly<Record<string, unknown>>,
  about: Partial<ScriptOption> = {},
): ScriptOption => ({
  name,
  document: trainedWith(firstResidual, { optimizer: { kind: 'sgd' }, learningRate: 0.01, epochs: 2, ...training }),
  ...about,
});

const augmentations = {
  flip: { flip: 'both' },
  crop: { crop: { fill: 'reflect' } },
  resized_crop: { resizedCrop: {} },
  rotate: { rotate: {} },
  colour: { colour: {} },
  erase: { erase: {} },
};

/** One run for each option that a script has; several where they belong together. */
export const scriptOptions: readonly ScriptOption[] = [
  option('plain', {}),
  ...(['sgd', 'momentum', 'nesterov', 'adam', 'adamw', 'rmsprop', 'lamb', 'lion'] as const).flatMap((kind) => [
    option(`optimizer_${kind}`, {
      optimizer: { kind, weightDecay: 0 },
      learningRate: ['lion', 'rmsprop'].includes(kind) ? 0.0003 : 0.003,
    }),
    option(`decay_${kind}`, {
      optimizer: { kind, weightDecay: 0.1 },
      weightDecaySpares: 'biases',
      learningRate: ['lion', 'rmsprop'].includes(kind) ? 0.0003 : 0.003,
    }),
  ]),
  option('rmsprop_momentum', { optimizer: { kind: 'rmsprop', momentum: 0.5 }, learningRate: 0.0003 }),
  ...(['norms-and-biases', 'norms', 'nothing'] as const).map((weightDecaySpares) =>
    option(`spares_${weightDecaySpares.replaceAll('-', '_')}`, {
      optimizer: { kind: 'adamw', weightDecay: 0.5 },
      weightDecaySpares,
    }),
  ),
  ...(['constant', 'cosine', 'step', 'one-cycle', 'exponential', 'plateau'] as const).map((kind) =>
    option(`schedule_${kind.replace('-', '_')}`, {
      schedule: { kind, ...(kind !== 'one-cycle' && { warmupSteps: 3 }), ...(kind === 'step' && { everyEpochs: 1 }) },
    }),
  ),
  option('clipping_norm', { clipping: { kind: 'norm', maximum: 0.1 } }),
  option('clipping_value', { clipping: { kind: 'value', maximum: 0.005 } }),
  option('accumulate', { accumulate: 2, batchSize: 16 }),
  option('label_smoothing', { labelSmoothing: 0.1 }),
  option('class_weights', { classWeights: { kind: 'balanced' }, stratified: true }),
  option('given_weights', { classWeights: { kind: 'given', weights: '1,2,1,1,1,1,1,1,1,5' } }),
  option('standardize', { normalization: 'standardize' }),
  option('average', { averaging: { kind: 'ema', decay: 0.5 } }),
  option('bfloat16', { precision: 'bfloat16' }),
  option('float16', { precision: 'float16', clipping: { kind: 'norm', maximum: 0.5 } }),
  option('early_stopping', {
    epochs: 6,
    learningRate: 1e-8,
    earlyStopping: { kind: 'patience', epochs: 2, minimumGain: 0.5 },
    checkpointEvery: 1,
    judgedBy: 'measure',
  }),
  ...Object.entries(augmentations).map(([name, augmentation]) => option(name, { augmentation }, { byChance: true })),
  option('all_augmentations', { augmentation: Object.assign({}, ...Object.values(augmentations)) }, { byChance: true }),
  option('mixup', { mixing: { kind: 'mixup' } }, { byChance: true }),
  option('cutmix', { mixing: { kind: 'cutmix' }, accumulate: 2, batchSize: 16 }, { byChance: true }),
];
