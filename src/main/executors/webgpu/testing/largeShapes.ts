import { createBuilder, type Builder } from '../../../../graph-engine/program/builder.ts';
import type { Dims, Entry, Value } from '../../../../graph-engine/program/program.ts';
import { normal } from '../../../../graph-engine/random/distributions.ts';
import { createWordStream } from '../../../../graph-engine/random/philox.ts';
import type { TensorData } from '../../compiledProgram.ts';

/** An entry whose shapes make shaders work in tiles, in parts and in long rows, and what is fed to it. */
export interface LargeCase {
  readonly title: string;
  readonly entry: Entry;
  readonly feeds: Readonly<Record<string, { readonly dims: readonly number[]; readonly data: TensorData }>>;
}

function caseOf(
  title: string,
  index: number,
  build: (b: Builder, input: (dims: Dims) => Value) => readonly Value[],
): LargeCase {
  const b = createBuilder(`large${index}`);
  const feeds: Record<string, LargeCase['feeds'][string]> = {};
  const input = (dims: Dims): Value => {
    const name = `input${Object.keys(feeds).length}`;
    const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    normal(createWordStream([17, Object.keys(feeds).length], 0, 0), 1, data);
    feeds[name] = { dims, data };
    return b.input(name, dims, 'float32');
  };
  build(b, input).forEach((value, i) => b.output(`output${i}`, value));
  return { title, entry: b.entry(), feeds };
}

const convolution =
  (image: Dims, kernel: Dims, attributes: Parameters<Builder['conv2d']>[2] = {}) =>
  (b: Builder, input: (dims: Dims) => Value) => {
    const [x, weights] = [input(image), input(kernel)];
    const y = b.conv2d(x, weights, attributes);
    const dy = input(y.dims);
    return [
      y,
      b.conv2dBackpropInput(weights, dy, image, attributes),
      b.conv2dBackpropFilter(x, dy, kernel, attributes),
    ];
  };

const builds: Readonly<Record<string, Parameters<typeof caseOf>[2]>> = {
  'a convolution in tiles that are not full': convolution([2, 13, 11, 12], [3, 3, 12, 20]),
  'a convolution of few filters at many places': convolution([9, 31, 31, 16], [1, 1, 16, 16]),
  'a convolution with strides': convolution([2, 16, 15, 16], [3, 3, 16, 24], { strides: [2, 2] }),
  'a convolution with strides that leave weights and places out': convolution([2, 17, 22, 32], [2, 1, 32, 160], {
    strides: [3, 2],
    padding: 'explicit',
    pads: [1, 2, 3, 0],
  }),
  'a convolution in groups with strides and dilation': convolution([2, 15, 18, 32], [3, 4, 16, 24], {
    strides: [2, 4],
    dilations: [3, 2],
    groups: 2,
  }),
  'a convolution with dilation and padding': convolution([2, 12, 12, 16], [3, 3, 16, 17], {
    dilations: [2, 1],
    padding: 'explicit',
    pads: [2, 1, 0, 3],
  }),
  'a convolution in groups': convolution([2, 12, 12, 32], [3, 3, 16, 24], { groups: 2 }),
  'a depthwise convolution': convolution([2, 33, 32, 8], [3, 3, 1, 8], { groups: 8 }),
  'a convolution of large tiles': convolution([1, 66, 65, 4], [1, 1, 4, 40]),
  'products in tiles that are not full': (b, input) => [
    b.matMul(input([70, 33]), input([33, 45])),
    b.matMul(input([33, 70]), input([45, 33]), { transposeA: true, transposeB: true }),
    b.batchMatMul(input([2, 1, 3, 20, 40]), input([3, 1, 40, 35])),
  ],
  'a product with a long inner axis, in parts': (b, input) => [b.matMul(input([9, 3000]), input([3000, 10]))],
  'reductions of long rows, of long columns and of all': (b, input) => {
    const [rows, columns] = [input([3, 9000]), input([9000, 3])];
    return [
      b.reduceSum(rows, [1], false),
      b.reduceMax(rows, [1], true),
      b.reduceSum(columns, [0], false),
      b.reduceMean(columns, [0, 1], false),
      b.l2Loss(rows),
      b.biasAddGrad(columns),
    ];
  },
  'sums of long columns, by workgroups': (b, input) => [
    b.reduceSum(input([700, 72]), [0], true),
    b.reduceMean(input([3, 120, 8]), [0, 1], false),
    b.biasAddGrad(input([5, 60, 12])),
  ],
  'rows and columns that are repeated, four elements at a time': (b, input) => {
    const x = input([20, 30, 12]);
    return [b.biasAdd(x, input([12])), b.multiply(x, input([20, 30, 1])), b.subtract(input([30, 12]), x)];
  },
  'axes in another order': (b, input) => {
    const x = input([4, 20, 6, 12]);
    return [b.transpose(x, [0, 2, 1, 3]), b.transpose(x, [0, 2, 3, 1]), b.transpose(x, [3, 2, 1, 0])];
  },
  'reductions of axes that are apart': (b, input) => [b.reduceMean(input([40, 3, 50, 2]), [0, 2], false)],
  // Larger than what small values share, and no multiple of where copies may begin.
  'values of an odd number that are read back on their own': (b, input) => [b.add(input([99, 171]), input([171]))],
  'softmax of long rows': (b, input) => {
    const x = input([5, 300]);
    const labels = b.constant([0, 299, 7, 128, 64], [5], 'int32');
    const { losses, dlogits } = b.sparseSoftmaxCrossEntropy(x, labels);
    return [b.softmax(x), b.logSoftmax(x), losses, dlogits];
  },
  'batch normalization over many places': (b, input) => {
    const [x, scale, offset] = [input([4, 30, 30, 5]), input([5]), input([5])];
    const shifted = b.add(x, b.constant([100, -3, 0, 7, 1000], [5]));
    const { y, newRunningMean } = b.batchNormTraining(shifted, scale, offset, input([5]), b.square(input([5])), {
      epsilon: 1e-5,
      momentum: 0.1,
    });
    return [y, newRunningMean];
  },
};

/** One program of cases that the small shapes of the common suite do not reach. */
export const largeCases: readonly LargeCase[] = Object.entries(builds).map(([title, build], i) =>
  caseOf(title, i, build),
);
