import type { TrainingSettings } from '../document/trainingSettings.ts';

/** Settings that were published together. */
export interface TrainingPreset {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly changes: Partial<TrainingSettings>;
}

/** Well-known recipes, as far as the settings can say them. */
export const trainingPresets: readonly TrainingPreset[] = [
  {
    id: 'resnet-cifar',
    title: 'ResNet on CIFAR',
    source: 'He et al. 2015, section 4.2: momentum, the rate divided by ten twice',
    changes: {
      epochs: 164,
      batchSize: 128,
      learningRate: 0.1,
      optimizer: { kind: 'momentum', momentum: 0.9, weightDecay: 1e-4 },
      schedule: { kind: 'step', everyEpochs: 82, factor: 0.1 },
      weightDecaySpares: 'nothing',
    },
  },
  {
    id: 'resnet-imagenet',
    title: 'ResNet on ImageNet',
    source: 'Goyal et al. 2017: momentum, warm-up, drops every 30 epochs, norms and biases spared',
    changes: {
      epochs: 90,
      batchSize: 256,
      learningRate: 0.1,
      optimizer: { kind: 'nesterov', momentum: 0.9, weightDecay: 1e-4 },
      schedule: { kind: 'step', everyEpochs: 30, factor: 0.1, warmupSteps: 1000 },
    },
  },
  {
    id: 'one-cycle',
    title: 'Quick convolutional training',
    source: 'Smith and Topin 2018: one cycle to a high rate and back',
    changes: {
      epochs: 30,
      batchSize: 128,
      learningRate: 0.4,
      optimizer: { kind: 'nesterov', momentum: 0.9, weightDecay: 5e-4 },
      schedule: { kind: 'one-cycle', riseShare: 0.3, startDivisor: 25, endDivisor: 1e4 },
      labelSmoothing: 0.1,
    },
  },
  {
    id: 'language-model',
    title: 'Transformer, language model',
    source: 'Brown et al. 2020: AdamW, cosine with warm-up, gradients clipped at 1',
    changes: {
      batchSize: 32,
      learningRate: 6e-4,
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 },
      schedule: { kind: 'cosine', warmupSteps: 200 },
      clipping: { kind: 'norm', maximum: 1 },
    },
  },
  {
    id: 'vision-transformer',
    title: 'Vision Transformer',
    source: 'Touvron et al. 2021: AdamW, label smoothing, mixup and averaged weights',
    changes: {
      epochs: 300,
      batchSize: 64,
      learningRate: 5e-4,
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.05 },
      schedule: { kind: 'cosine', warmupSteps: 500 },
      labelSmoothing: 0.1,
      mixing: { kind: 'mixup', alpha: 0.8 },
      averaging: { kind: 'ema', decay: 0.9999 },
    },
  },
];
