import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import { choiceTarget, shareMeasure } from '../../core/objective.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { sizeOf } from '../../core/shape.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';
import { classWeights, lossWeight, parseClassWeights } from './outputParameters.ts';
import { meanOfExamples, meanSums, vectorOf } from './sums.ts';

/** Keeps the dice of a class that is nowhere from being 0 / 0. */
const SMOOTH = 1;

export const segmentationOutput = defineOp({
  type: 'segmentationOutput',
  version: 1,
  family: 'output',
  documentation: {
    title: 'Segmentation output',
    shortName: 'output',
    summary:
      'Ends the network with a class for every pixel: softmax over the channels, cross-entropy or dice or their sum as the loss.',
    formula: 'dice loss = 1 − mean over classes of (2 Σ p·t + 1) / (Σ p + Σ t + 1)',
    source: 'Ronneberger et al. 2015; dice: Milletari et al. 2016',
    keywords: ['mask', 'pixel', 'dice', 'u-net', 'cross-entropy', 'iou', 'loss'],
  },
  parameters: z.strictObject({
    loss: z
      .enum(['cross-entropy', 'dice', 'both'])
      .default('cross-entropy')
      .describe('Dice looks at areas and helps where a class is small; both adds the two.'),
    classWeights,
    lossWeight,
  }),
  inputs: ['input'],
  outputs: ['probabilities', 'logits'],
  infer({ parameters, inputs: { input } }) {
    const sizes = expectImage(input, 'input', 'A segmentation output');
    if (!sizes.ok) return sizes;
    const { channels } = sizes.value;
    if (channels !== null && channels < 2) {
      return fail({
        code: 'shape/too-few-classes',
        port: 'input',
        message: `A segmentation needs a channel for each class, the background being one, but ${channels} comes in. Use a convolution with as many filters as there are classes, or a Binary output.`,
        expected: '2 channels or more',
        received: String(channels),
      });
    }
    const weights = parseClassWeights(parameters.classWeights);
    if (weights.length > 0 && channels !== null && weights.length !== channels) {
      return fail({
        code: 'parameter/invalid',
        parameter: 'classWeights',
        message: `There are ${weights.length} class weights for ${channels} classes.`,
        expected: `${channels} numbers`,
        received: parameters.classWeights,
      });
    }
    return ok({ probabilities: input, logits: input });
  },
  lower: ({ builder, inputs }) => ({ probabilities: builder.softmax(inputs.input), logits: inputs.input }),
  objective: {
    target: ({ inputs: { input } }) => choiceTarget('mask', input.axes.slice(0, 2), sizeOf(input, 'channels') ?? null),
    measures: {
      meanIou: { title: 'Mean IoU', unit: 'share', better: 'higher', finish: (sums) => meanOverClasses(sums, iou) },
      dice: { title: 'Dice', unit: 'share', better: 'higher', finish: (sums) => meanOverClasses(sums, dice) },
      pixelAccuracy: shareMeasure('Pixel accuracy'),
    },
    lower({ builder: b, parameters, inputs: { input } }, target) {
      const classes = input.dims.at(-1) ?? 0;
      const meant = b.oneHot(target, classes);
      const told = b.argMax(input, 3);
      const overlaps = overlapSums(b, b.oneHot(told, classes), meant);
      const given = parseClassWeights(parameters.classWeights);
      const all = given.length === 0 ? undefined : b.constant(given, [given.length]);
      const ofPixels = all === undefined ? undefined : b.gather(all, target);
      // What an example counts is the mean over its pixels, so that the loss is a weighted mean over all pixels.
      const weights = ofPixels === undefined ? undefined : meanOfExamples(b, ofPixels);
      const crossEntropy = (): Value => crossEntropyOf(b, input, target, ofPixels);
      const diceLoss = (): Value => {
        const losses = diceLossOf(b, b.softmax(input), meant, all);
        return weights === undefined ? losses : b.multiply(losses, weights);
      };
      return {
        ...(weights !== undefined && { weights }),
        losses:
          parameters.loss === 'cross-entropy'
            ? crossEntropy()
            : parameters.loss === 'dice'
              ? diceLoss()
              : b.add(crossEntropy(), diceLoss()),
        lossWeight: parameters.lossWeight,
        sums: { meanIou: overlaps, dice: overlaps, pixelAccuracy: meanSums(b, b.equal(told, target)) },
      };
    },
  },
  exportOnnx: (context) => ({
    probabilities: context.node('Softmax', [context.inputs.input], { axis: 1 }),
    logits: context.inputs.input,
  }),
  vectors: [
    {
      name: 'the scores of each pixel become probabilities',
      parameters: {},
      inputs: { input: { dims: [1, 1, 2, 2], data: [0, Math.log(3), Math.log(4), 0] } },
      output: { dims: [1, 1, 2, 2], data: [0.25, 0.75, 0.8, 0.2] },
      mode: 'inference',
    },
  ],
});

/** Mean cross-entropy over the pixels of each example, each times its weight. */
function crossEntropyOf(b: Builder, logits: Value, target: Value, weights: Value | undefined): Value {
  const [, height = 1, width = 1, classes = 1] = logits.dims;
  const pixels = -height * width;
  const { losses } = b.sparseSoftmaxCrossEntropy(b.reshape(logits, [pixels, classes]), b.reshape(target, [pixels]));
  const each = b.reshape(losses, [-1, height, width]);
  return meanOfExamples(b, weights === undefined ? each : b.multiply(each, weights));
}

/** Soft dice loss of each example, over all its classes by their weights. */
function diceLossOf(b: Builder, probabilities: Value, meant: Value, weights: Value | undefined): Value {
  const overlap = b.reduceSum(b.multiply(probabilities, meant), [1, 2]);
  const areas = b.add(b.reduceSum(probabilities, [1, 2]), b.reduceSum(meant, [1, 2]));
  const share = b.divide(b.add(b.multiply(overlap, b.scalar(2)), b.scalar(SMOOTH)), b.add(areas, b.scalar(SMOOTH)));
  if (weights === undefined) return b.subtract(b.scalar(1), b.reduceMean(share, [1]));
  const mean = b.divide(b.reduceSum(b.multiply(share, weights), [1]), b.reduceSum(weights, [0]));
  return b.subtract(b.scalar(1), mean);
}

/** For each class the pixels that are it and are told to be, then for each class those that are either. */
function overlapSums(b: Builder, told: Value, meant: Value): Value {
  return vectorOf(b, [b.reduceSum(b.multiply(told, meant), [0, 1, 2]), b.reduceSum(b.maximum(told, meant), [0, 1, 2])]);
}

type Overlap = (intersection: number, union: number) => number;
const iou: Overlap = (intersection, union) => intersection / union;
const dice: Overlap = (intersection, union) => (2 * intersection) / (intersection + union);

/** The mean over the classes that occur at all. */
function meanOverClasses(sums: ArrayLike<number>, overlap: Overlap): number {
  const classes = sums.length / 2;
  const present = Array.from({ length: classes }, (_, one) => one).filter((one) => (sums[classes + one] ?? 0) > 0);
  const total = present.reduce((sum, one) => sum + overlap(sums[one] ?? 0, sums[classes + one] ?? 0), 0);
  return total / present.length;
}
