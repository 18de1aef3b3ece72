import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { ConvolutionAttributes } from '../../../../graph-engine/program/primitives/convolution.ts';
import { windowGeometry } from '../../../../graph-engine/program/windowGeometry.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import type { ShaderRunner } from '../shaderRunner.ts';
import type { ProductSize } from '../tiledProduct.ts';
import { directConvolutions } from './directConvolution.ts';
import { geometryNumbers, type ConvolutionGeometry } from './convolutionGeometry.ts';
import type { MultiplyMatrices } from './matrices.ts';
import { inParts, type Multiply } from './products.ts';
import { convolutionProduct, imagePhases, type ConvolutionProduct } from './convolutionProducts.ts';

/** Multiplications below which tiles are not worth their set-up. */
const FEW_MACS = 2 ** 18;
/** Columns below which most of a tile would be empty, as in depthwise convolutions. */
const FEW_COLUMNS = 8;
/** Threads worth having where each sums over a stretch of the image. */
const THREADS_WANTED = 16_384;

/** Convolutions: as products of patches and kernels in tiles, or element by element where tiles would be empty. */
export function convolutionKernels(runner: ShaderRunner, multiply: Multiply, multiplyMatrices: MultiplyMatrices) {
  /** Whether the convolution was run as a product. */
  function asProduct(
    kind: ConvolutionProduct,
    g: ConvolutionGeometry,
    reads: readonly [TensorInfo, TensorInfo],
    output: TensorInfo,
  ): boolean {
    const size = productSize(kind, g);
    if (size.columns < FEW_COLUMNS || macsOf(g) < FEW_MACS) return false;
    if (isOfSingleWeights(g)) {
      asMatrices(kind, g, reads, output);
      return true;
    }
    const key = `${kind} ${geometryNumbers({ ...g, batch: 0 }).join(' ')}`;
    multiply(key, () => convolutionProduct(kind, g), size, reads, output);
    return true;
  }

  /** All of them share the shaders of products of matrices, which know nothing of images. */
  function asMatrices(
    kind: ConvolutionProduct,
    g: ConvolutionGeometry,
    [first, second]: readonly [TensorInfo, TensorInfo],
    output: TensorInfo,
  ): void {
    const places = g.batch * g.height * g.width;
    const [image, outputs, kernel] = [
      [places, g.channels],
      [places, g.filters],
      [g.channels, g.filters],
    ];
    const as = (transposeA: boolean, transposeB: boolean) => ({ transposeA, transposeB });
    if (kind === 'conv2d') {
      multiplyMatrices(first, second, as(false, false), output, { a: image, b: kernel, output: outputs });
    } else if (kind === 'conv2dBackpropInput') {
      multiplyMatrices(second, first, as(false, true), output, { a: outputs, b: kernel, output: image });
    } else {
      multiplyMatrices(first, second, as(true, false), output, { a: image, b: outputs, output: kernel });
    }
  }

  return {
    conv2d({ inputs: [x, kernel], attributes, outputShapes: [shape] }) {
      const y = runner.empty(shape);
      const g = geometryOf(x.shape, kernel.shape, attributes);
      if (!asProduct('conv2d', g, [x, kernel], y)) {
        const parameters = geometryNumbers(g);
        const shader = directConvolutions.conv2d;
        runner.run({ shader, reads: [x, kernel], writes: [y], elements: sizeOfDims(y.shape), parameters });
      }
      return [y];
    },
    conv2dBackpropInput({ inputs: [kernel, dy], attributes, outputShapes: [shape] }) {
      const dx = runner.empty(shape);
      const g = geometryOf(shape.dims, kernel.shape, attributes);
      if (!asProduct('conv2dBackpropInput', g, [kernel, dy], dx)) {
        const parameters = geometryNumbers(g);
        const shader = directConvolutions.conv2dBackpropInput;
        runner.run({ shader, reads: [kernel, dy], writes: [dx], elements: sizeOfDims(dx.shape), parameters });
      }
      return [dx];
    },
    conv2dBackpropFilter({ inputs: [x, dy], attributes, outputShapes: [shape] }) {
      const dkernel = runner.empty(shape);
      const g = geometryOf(x.shape, shape.dims, attributes);
      if (!asProduct('conv2dBackpropFilter', g, [x, dy], dkernel)) {
        const weights = sizeOfDims(shape.dims);
        const rows = g.batch * g.outputHeight;
        const length = Math.ceil(rows / Math.min(rows, Math.ceil(THREADS_WANTED / weights)));
        const parts = Math.ceil(rows / length);
        const shader = directConvolutions.conv2dBackpropFilter;
        const parameters = [...geometryNumbers(g), weights, length];
        inParts(runner, parts, dkernel, (result) =>
          runner.run({ shader, reads: [x, dy], writes: [result], elements: weights * parts, parameters }),
        );
      }
      return [dkernel];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}

function geometryOf(
  image: readonly number[],
  kernel: readonly number[],
  { strides, dilations, padding, pads, groups }: ConvolutionAttributes,
): ConvolutionGeometry {
  const [batch = 1, height = 1, width = 1, channels = 1] = image;
  const [kernelHeight = 1, kernelWidth = 1, groupChannels = 1, filters = 1] = kernel;
  const [strideY = 1, strideX = 1] = strides;
  const [dilationY = 1, dilationX = 1] = dilations;
  const [above = 0, below = 0, before = 0, behind = 0] = pads;
  const rows = windowGeometry(height, kernelHeight, strideY, dilationY, padding, [above, below]);
  const columns = windowGeometry(width, kernelWidth, strideX, dilationX, padding, [before, behind]);
  return {
    batch,
    height,
    width,
    channels,
    outputHeight: rows.output,
    outputWidth: columns.output,
    filters,
    kernelHeight,
    kernelWidth,
    groupChannels,
    groupFilters: filters / groups,
    strideY,
    strideX,
    dilationY,
    dilationX,
    top: rows.before,
    left: columns.before,
  };
}

/** Whether each place of the image has an output of its own and meets all weights there. */
function isOfSingleWeights(g: ConvolutionGeometry): boolean {
  return (
    g.kernelHeight * g.kernelWidth * g.strideY * g.strideX === 1 &&
    g.outputHeight === g.height &&
    g.outputWidth === g.width &&
    g.top === 0 &&
    g.left === 0 &&
    g.groupFilters === g.filters
  );
}

/** Multiplications, which are the same for all three. */
function macsOf(g: ConvolutionGeometry): number {
  return g.batch * g.outputHeight * g.outputWidth * g.filters * g.kernelHeight * g.kernelWidth * g.groupChannels;
}

function productSize(kind: ConvolutionProduct, g: ConvolutionGeometry): ProductSize {
  const depth = g.filters / g.groupFilters;
  const window = g.kernelHeight * g.kernelWidth;
  const [inputs, outputs] = [g.batch * g.height * g.width, g.batch * g.outputHeight * g.outputWidth];
  const size = (rows: number, columns: number, inner: number): ProductSize => ({
    rows,
    columns,
    inner,
    depth,
    // The groups lie side by side in every row.
    rowStride: columns * depth,
    depthStride: columns,
  });
  switch (kind) {
    case 'conv2d':
      return size(outputs, g.groupFilters, window * g.groupChannels);
    case 'conv2dBackpropInput': {
      const { down, across } = imagePhases(g);
      const rows = g.batch * down.places * across.places;
      return {
        ...size(rows, g.groupChannels, down.mostTaps * across.mostTaps * g.groupFilters),
        depth: depth * g.strideY * g.strideX,
        elements: inputs * g.channels,
      };
    }
    case 'conv2dBackpropFilter':
      return size(window * g.groupChannels, g.groupFilters, outputs);
  }
}
