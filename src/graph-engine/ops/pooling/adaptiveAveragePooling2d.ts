import { defineOp } from '../../core/opDefinition.ts';
import {
  adaptiveParameters,
  adaptiveReach,
  adaptiveType,
  adaptiveWindows,
  evenWindow,
  knownSizes,
} from './adaptiveWindows.ts';

/** A matrix `[output, input]` whose rows average the positions of each window. */
function averagingMatrix(input: number, output: number): readonly number[] {
  return adaptiveWindows(input, output).flatMap(([start, end]) =>
    Array.from({ length: input }, (_, i) => (i >= start && i < end ? 1 / (end - start) : 0)),
  );
}

/** The same matrix transposed, `[input, output]`. */
function transposedMatrix(input: number, output: number): readonly number[] {
  const rows = averagingMatrix(input, output);
  return Array.from({ length: input * output }, (_, i) => rows[(i % output) * input + Math.floor(i / output)] ?? 0);
}

export const adaptiveAveragePooling2d = defineOp({
  type: 'adaptiveAveragePooling2d',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Adaptive average pooling',
    shortName: 'averagePool',
    summary: 'Averages the image down (or up) to a fixed size, with windows as equal as the sizes allow.',
    formula: 'y[i, j] = mean of x over rows ⌊i·H/h⌋ … ⌈(i+1)·H/h⌉ and columns likewise',
    source: "PyTorch's AdaptiveAvgPool2d; He et al. 2014, spatial pyramid pooling, arXiv 1406.4729",
    keywords: ['avgpool', 'adaptive', 'pyramid', 'resize', 'fixed size'],
  },
  parameters: adaptiveParameters,
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ parameters, inputs }) => adaptiveType('Adaptive average pooling', inputs.input, parameters.size),
  receptiveField: ({ parameters, input }) => adaptiveReach(input, parameters.size),
  lower({ builder, parameters: { size }, inputs: { input }, types }) {
    const [height, width] = knownSizes(types.input);
    const window = evenWindow([height, width], size);
    if (window !== undefined) return { output: builder.averagePool(input, { window, strides: window }) };
    // A mean over a rectangle is the mean over its columns of the means over its rows: two matrix products.
    const channels = input.dims.at(-1) ?? 1;
    const [rows, columns] = size;
    const down = builder.constant(averagingMatrix(height, rows), [rows, height]);
    const across = builder.constant(averagingMatrix(width, columns), [columns, width]);
    const tall = builder.batchMatMul(down, builder.reshape(input, [-1, height, width * channels]));
    const both = builder.batchMatMul(across, builder.reshape(tall, [-rows, width, channels]));
    return { output: builder.reshape(both, [-1, rows, columns, channels]) };
  },
  exportOnnx(context) {
    const [height, width] = knownSizes(context.types.input);
    const [rows, columns] = context.parameters.size;
    const { input } = context.inputs;
    const window = evenWindow([height, width], [rows, columns]);
    if (window !== undefined) {
      return { output: context.node('AveragePool', [input], { kernel_shape: window, strides: window }) };
    }
    const across = context.float('across', transposedMatrix(width, columns), [width, columns]);
    const down = context.float('down', averagingMatrix(height, rows), [rows, height]);
    const narrow = context.node('MatMul', [input, across], {}, `${context.path}/narrow`);
    return { output: context.node('MatMul', [down, narrow]) };
  },
  vectors: [
    {
      name: '5×4 to 3×3: windows overlap, as PyTorch',
      parameters: { size: 3 },
      inputs: {
        input: {
          dims: [1, 5, 4, 2],
          data: [
            -3, -1, 1, -3, -4, 1, -4, 1, -4, 3, 4, 3, 1, 3, 0, -3, 0, 2, -2, -3, 4, 1, 3, 4, 2, 2, 0, -2, -2, 3, 0, 3,
            2, -2, 3, -3, 1, 3, 2, 3,
          ],
        },
      },
      output: {
        dims: [1, 3, 3, 2],
        data: [
          -0.5, 0.5, 0.5, 1, -1.75, 0.5, 0, 0.83333333, 0.83333333, 0.83333333, 1, 1.83333333, 1.75, -1.25, 0.5, 0.25,
          0.25, 3,
        ],
      },
    },
    {
      name: '4×6 to 2×3: windows of 2×2',
      parameters: { size: [2, 3] },
      inputs: {
        input: {
          dims: [1, 4, 6, 1],
          data: [1, 2, -1, 1, 1, -1, 2, 3, -4, 2, 0, -1, -1, 3, 1, -4, -3, 3, 3, 2, 2, 3, -3, 4],
        },
      },
      output: { dims: [1, 2, 3, 1], data: [2, -0.5, -0.25, 1.75, 0.5, 0.25] },
    },
    {
      name: '2×3 to 3×5: larger than the image, as PyTorch',
      parameters: { size: [3, 5] },
      inputs: {
        input: {
          dims: [2, 2, 3, 2],
          data: [3, 2, -2, -3, 4, -1, -2, 2, -2, 3, 0, -4, 4, 4, -3, 0, 1, -4, -1, -2, 3, 2, 0, -4],
        },
      },
      output: {
        dims: [2, 3, 5, 2],
        data: [
          3, 2, 0.5, -0.5, -2, -3, 1, -2, 4, -1, 0.5, 2, -0.75, 1, -2, 0, 0, -1.25, 2, -2.5, -2, 2, -2, 2.5, -2, 3, -1,
          -0.5, 0, -4, 4, 4, 0.5, 2, -3, 0, -1, -2, 1, -4, 1.5, 1, 0.75, 1, 0, 1, 0.25, -1.5, 0.5, -4, -1, -2, 1, 0, 3,
          2, 1.5, -1, 0, -4,
        ],
      },
    },
  ],
});
