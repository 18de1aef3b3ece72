import { padsOf } from '../core/window.ts';
import { padding as Padding } from '../core/parameterSchemas.ts';
import { sizeOf, type TensorType } from '../core/shape.ts';
import { elementwiseMoments } from './elementwiseMoments.ts';
import { mixed, multiplied, scaled, summed, varianceOf, type Moments } from './moments.ts';
import {
  elementsAt,
  numberOf,
  pairOf,
  weightedSum,
  weightMoments,
  type Foretold,
  type RuleContext,
  type VarianceRule,
} from './varianceRule.ts';
import { meanTaps } from './windowTaps.ts';

const NOTHING: Foretold = { output: undefined, back: {} };

/** The taps of an op's window that fall on the image, in the mean over its outputs. */
function imageTaps(context: RuleContext): number {
  const { node } = context;
  const [input, output] = [node.inputs['input'], node.outputs['output']];
  if (input === undefined || output === undefined) return 1;
  const kernel = pairOf(context, 'kernel', 1);
  const [stride, dilation] = [pairOf(context, 'stride', 1), pairOf(context, 'dilation', 1)];
  const padding = Padding.safeParse(node.parameters?.['padding']);
  const pads = padsOf({ kernel, stride, dilation, padding: padding.success ? padding.data : 'same' });
  const along = (axis: 0 | 1, name: 'height' | 'width', before: number): number =>
    meanTaps({
      size: sizeOf(input, name) ?? 1,
      outputs: sizeOf(output, name) ?? 1,
      kernel: kernel[axis],
      stride: stride[axis],
      dilation: dilation[axis],
      before,
    });
  return along(0, 'height', pads.top) * along(1, 'width', pads.left);
}

/** The same along a sequence. */
function sequenceTaps(context: RuleContext): number {
  const { node } = context;
  const [kernel, dilation] = [numberOf(context, 'kernel', 1), numberOf(context, 'dilation', 1)];
  const reach = (kernel - 1) * dilation;
  const padding = node.parameters?.['padding'];
  return meanTaps({
    size: sequenceLength(node.inputs['input']),
    outputs: sequenceLength(node.outputs['output']),
    kernel,
    stride: numberOf(context, 'stride', 1),
    dilation,
    before: padding === 'causal' ? reach : padding === 'valid' ? 0 : Math.floor(reach / 2),
  });
}

function sequenceLength(type: TensorType | undefined): number {
  return (type === undefined ? undefined : sizeOf(type, 'sequence')) ?? 1;
}

function lastSize(type: TensorType | undefined): number {
  return type?.axes.at(-1)?.size ?? 1;
}

const channelsIn = ({ node }: RuleContext): number => lastSize(node.inputs['input']);

const conv2d: VarianceRule = (context) =>
  weightedSum(
    context,
    context.inputs['input'],
    (imageTaps(context) * channelsIn(context)) / numberOf(context, 'groups', 1),
    'kernel',
  );

const conv1d: VarianceRule = (context) =>
  weightedSum(
    context,
    context.inputs['input'],
    (sequenceTaps(context) * channelsIn(context)) / numberOf(context, 'groups', 1),
    'kernel',
  );

const separableConv2d: VarianceRule = (context) => {
  const apart = weightMoments(context, 'depthwise').square * imageTaps(context);
  const x = context.inputs['input'];
  const between = x === undefined ? undefined : { mean: 0, square: apart * x.square, within: apart * x.within };
  const fan = channelsIn(context) * numberOf(context, 'multiplier', 1);
  const { output, back } = weightedSum(context, between, fan, 'pointwise');
  const whole = back['input'];
  return { output, back: { input: whole === undefined ? undefined : whole * apart } };
};

/** Each input reaches `kernel · filters` outputs. */
const convTranspose2d: VarianceRule = (context) => {
  const { node } = context;
  const [height, width] = pairOf(context, 'kernel', 1);
  const pairs = elementsAt(node.inputs, 'input') * height * width * lastSize(node.outputs['output']);
  return weightedSum(context, context.inputs['input'], pairs / elementsAt(node.outputs, 'output'), 'kernel');
};

const dense: VarianceRule = (context) => weightedSum(context, context.inputs['input'], channelsIn(context), 'kernel');

const embedding: VarianceRule = (context) => {
  const { mean, square } = weightMoments(context, 'table');
  return { output: { mean, square, within: square - mean ** 2 }, back: {} };
};

const positionalEmbedding: VarianceRule = (context) => {
  const x = context.inputs['input'];
  // Sines and cosines have a mean square of a half.
  const table = context.node.weights['table'] === undefined ? 0.5 : weightMoments(context, 'table').square;
  return {
    output: x === undefined ? undefined : summed(x, { mean: 0, square: table, within: table }),
    back: { input: 1 },
  };
};

const tokenLogits: VarianceRule = (context) => {
  const [x, table] = [context.inputs['input'], context.inputs['table']];
  const fan = channelsIn(context);
  if (x === undefined || table === undefined) return NOTHING;
  return {
    output: { mean: 0, square: fan * table.square * x.square, within: fan * table.square * x.within },
    back: { input: table.square * lastSize(context.node.outputs['output']) },
  };
};

/**
 * New weights make nearly equal scores, so every position gets the mean of the values it may look at: their spread falls by
 * their number, as for independent positions (Noci et al. 2022, arXiv 2206.03126, where they are not).
 */
const multiHeadAttention: VarianceRule = (context) => {
  const x = context.inputs['memory'] ?? context.inputs['input'];
  const keys = sequenceLength(context.node.inputs['memory'] ?? context.node.inputs['input']);
  const shares = attentionShares(keys, context.node.parameters?.['causal'] === true);
  const value = weightMoments(context, 'valueKernel').square * channelsIn(context);
  const columns = lastSizeOfKernel(context);
  const out = weightMoments(context, 'outputKernel').square * columns;
  const gain = value * out;
  if (x === undefined) return { output: undefined, back: { input: gain * shares } };
  const square = gain * (shares * x.within + Math.max(0, x.square - x.within));
  return {
    output: { mean: 0, square, within: gain * shares * x.within },
    back: { input: gain * shares, memory: gain * shares },
  };
};

function lastSizeOfKernel({ node }: RuleContext): number {
  return node.weights['valueKernel']?.dims.at(-1) ?? 1;
}

/** The mean of the sum of squared shares where all keys count alike: `1 / keys`, with a causal mask the mean over all lengths. */
function attentionShares(keys: number, isCausal: boolean): number {
  if (!isCausal) return 1 / keys;
  let sum = 0;
  for (let length = 1; length <= keys; length++) sum += 1 / length;
  return sum / keys;
}

const scaledDotProductAttention: VarianceRule = (context) => {
  const value = context.inputs['value'];
  const shares = attentionShares(
    sequenceLength(context.node.inputs['value']),
    context.node.parameters?.['causal'] === true,
  );
  if (value === undefined) return NOTHING;
  const square = shares * value.within + Math.max(0, value.square - value.within);
  return { output: { mean: value.mean, square, within: shares * value.within }, back: { value: shares } };
};

/** What a normalization divides by, and what is left to the spread within channels. */
function normalizing(divisor: (x: Moments) => { readonly square: number; readonly centred: boolean }): VarianceRule {
  return (context) => {
    const x = context.inputs['input'];
    const scale = weightMoments(context, 'scale').square;
    if (x === undefined) {
      // Whatever came in, this is what goes out; how gradients grow depends on what came in.
      return { output: { mean: 0, square: scale, within: scale }, back: { input: undefined } };
    }
    const { square, centred } = divisor(x);
    const gain = scale / (square + numberOf(context, 'epsilon', 1e-5));
    const output = centred
      ? { mean: 0, square: gain * square, within: gain * x.within }
      : { mean: Math.sqrt(gain) * x.mean, square: gain * x.square, within: gain * x.within };
    return { output, back: { input: gain } };
  };
}

/**
 * Batch normalization divides by the spread within channels. Behind a ReLU that is less than the whole by `(π − 1) / π`: so
 * gradients of a plain network grow `π / (π − 1)`-fold a layer (Yang et al. 2019, arXiv 1902.08129), and residual
 * branches count less the deeper they are (De and Smith 2020, arXiv 2002.10444).
 */
const batchNormalization = normalizing(({ within }) => ({ square: within, centred: true }));
const overFeatures = normalizing((x) => ({ square: varianceOf(x), centred: true }));
const rmsNormalization = normalizing(({ square }) => ({ square, centred: false }));

/** Activations that leave positive numbers alone. */
const bentAtZero: ReadonlySet<string> = new Set(['relu', 'leakyRelu', 'prelu', 'elu']);

const activation: VarianceRule = ({ op, node, inputs }) => {
  const x = inputs['input'];
  if (x === undefined) return { output: undefined, back: { input: undefined } };
  // What is zero here was zero before, and has no gradient already.
  if (x.isPositive === true && bentAtZero.has(op.type)) return { output: x, back: { input: 1 } };
  const { output, slope } = elementwiseMoments(op, node.parameters ?? {}, x);
  return { output, back: { input: slope } };
};

/** Residual additions: means add up, and so do squares where the branch does not depend on the skip (Zhang et al. 2019, arXiv 1901.09321, section 2). */
const adding =
  (sign: 1 | -1): VarianceRule =>
  ({ inputs: { a, b } }) => ({
    output: a === undefined || b === undefined ? undefined : summed(a, b, sign),
    back: { a: 1, b: 1 },
  });

const multiply: VarianceRule = ({ node, inputs: { a, b } }) => {
  const [of, to] = [elementsAt(node.outputs, 'output'), node.inputs];
  return {
    output: a === undefined || b === undefined ? undefined : multiplied(a, b),
    back: {
      a: b === undefined ? undefined : b.square * (of / elementsAt(to, 'a')),
      b: a === undefined ? undefined : a.square * (of / elementsAt(to, 'b')),
    },
  };
};

const concatenate: VarianceRule = ({ node, inputs: { a, b } }) => ({
  output:
    a === undefined || b === undefined
      ? undefined
      : mixed([
          [a, elementsAt(node.inputs, 'a')],
          [b, elementsAt(node.inputs, 'b')],
        ]),
  back: { a: 1, b: 1 },
});

const times =
  (factorOf: (context: RuleContext) => number): VarianceRule =>
  (context) => {
    const [x, factor] = [context.inputs['input'], factorOf(context)];
    return { output: x === undefined ? undefined : scaled(x, factor), back: { input: factor ** 2 } };
  };

const scale = times((context) => Math.sqrt(weightMoments(context, 'alpha').square));
const multiplyBy = times((context) => numberOf(context, 'factor', 1));

/** While training a share is zero and the rest is larger: the mean stays, the square grows. */
const dropping: VarianceRule = (context) => {
  const [x, kept] = [context.inputs['input'], 1 - numberOf(context, 'rate', 0)];
  if (x === undefined) return { output: undefined, back: { input: 1 / kept } };
  const square = x.square / kept;
  const { isPositive = false } = x;
  return {
    output: { mean: x.mean, square, within: x.within + square - x.square, isPositive },
    back: { input: 1 / kept },
  };
};

/** Numbers that only move, or of which some are taken: gradients spread over what came in. */
const moving: VarianceRule = ({ node, inputs }) => ({
  output: inputs['input'],
  back: { input: elementsAt(node.outputs, 'output') / elementsAt(node.inputs, 'input') },
});

/** Zeros are added. */
const padding: VarianceRule = ({ node, inputs }) => {
  const x = inputs['input'];
  const share = elementsAt(node.inputs, 'input') / elementsAt(node.outputs, 'output');
  const zeros: Moments = { mean: 0, square: 0, within: 0, isPositive: true };
  return {
    output:
      x === undefined
        ? undefined
        : mixed([
            [x, share],
            [zeros, 1 - share],
          ]),
    back: { input: 1 },
  };
};

/** Means of `count` numbers as if they did not depend on each other: neighbours in images do, so this is the least there can be. */
const averaging =
  (countOf: (context: RuleContext) => number): VarianceRule =>
  (context) => {
    const { node, inputs } = context;
    const [x, count] = [inputs['input'], Math.max(1, countOf(context))];
    const back = elementsAt(node.outputs, 'output') / elementsAt(node.inputs, 'input') / count;
    if (x === undefined) return { output: undefined, back: { input: back } };
    const within = x.within / count;
    const { isPositive = false } = x;
    return {
      output: { mean: x.mean, square: x.square - x.within + within, within, isPositive },
      back: { input: back },
    };
  };

/** The largest of `count` independent normal numbers. */
const largest =
  (countOf: (context: RuleContext) => number): VarianceRule =>
  (context) => {
    const { node, inputs } = context;
    const x = inputs['input'];
    const back = { input: elementsAt(node.outputs, 'output') / elementsAt(node.inputs, 'input') };
    if (x === undefined) return { output: undefined, back };
    const { mean, square } = largestNormal(Math.max(1, Math.round(countOf(context))));
    const [within, between] = [x.within, Math.max(0, varianceOf(x) - x.within)];
    const shift = x.mean + Math.sqrt(within) * mean;
    const spread = within * (square - mean ** 2);
    return { output: { mean: shift, square: shift ** 2 + between + spread, within: spread }, back };
  };

/** Mean and mean square of the largest of `count` standard normal numbers, from the density `count · Φⁿ⁻¹ · φ`. */
function largestNormal(count: number): { readonly mean: number; readonly square: number } {
  const step = 0.01;
  let [below, mean, square, total] = [0, 0, 0, 0];
  for (let z = -8; z <= 8; z += step) {
    const density = Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
    const weight = count * (below + (density * step) / 2) ** (count - 1) * density * step;
    below += density * step;
    mean += weight * z;
    square += weight * z ** 2;
    total += weight;
  }
  return { mean: mean / total, square: square / total };
}

const allPositions = ({ node }: RuleContext): number =>
  elementsAt(node.inputs, 'input') / Math.max(1, elementsAt(node.outputs, 'output'));

/** The rule of each op that has one; of the others nothing is foretold. */
export const varianceRules: Readonly<Partial<Record<string, VarianceRule>>> = {
  conv2d,
  depthwiseConv2d: (context) => weightedSum(context, context.inputs['input'], imageTaps(context), 'kernel'),
  conv1d,
  depthwiseConv1d: (context) => weightedSum(context, context.inputs['input'], sequenceTaps(context), 'kernel'),
  separableConv2d,
  convTranspose2d,
  dense,
  embedding,
  positionalEmbedding,
  tokenLogits,
  multiHeadAttention,
  scaledDotProductAttention,
  batchNormalization,
  instanceNormalization: batchNormalization,
  groupNormalization: overFeatures,
  layerNormalization: overFeatures,
  rmsNormalization,
  relu: activation,
  relu6: activation,
  leakyRelu: activation,
  prelu: activation,
  elu: activation,
  selu: activation,
  gelu: activation,
  silu: activation,
  hardSwish: activation,
  hardSigmoid: activation,
  sigmoid: activation,
  tanh: activation,
  add: adding(1),
  subtract: adding(-1),
  multiply,
  concatenate,
  scale,
  multiplyBy,
  dropout: dropping,
  spatialDropout: dropping,
  dropPath: dropping,
  flatten: moving,
  reshape: moving,
  permute: moving,
  slice: moving,
  crop2d: moving,
  cropToMatch: moving,
  selectPosition: moving,
  imageToSequence: moving,
  pixelShuffle: moving,
  upsampling2d: moving,
  pad2d: padding,
  padChannels: padding,
  averagePooling2d: averaging(imageTaps),
  averagePooling1d: averaging(sequenceTaps),
  globalAveragePooling: averaging(allPositions),
  adaptiveAveragePooling2d: averaging(allPositions),
  maxPooling2d: largest(imageTaps),
  maxPooling1d: largest(sequenceTaps),
  globalMaxPooling: largest(allPositions),
  adaptiveMaxPooling2d: largest(allPositions),
};
