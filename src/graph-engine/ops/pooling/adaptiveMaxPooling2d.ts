import { defineOp } from '../../core/opDefinition.ts';
import {
  adaptiveParameters,
  adaptiveReach,
  adaptiveType,
  adaptiveWindows,
  evenWindow,
  knownSizes,
} from './adaptiveWindows.ts';

/**
 * The positions of all windows one after the other, each brought to the same length by repeating its last position: then
 * they are windows of a plain pool. A repetition stands behind what it repeats, so the first maximum is still the first.
 */
function windowPositions(
  input: number,
  output: number,
): { readonly positions: readonly number[]; readonly window: number } {
  const windows = adaptiveWindows(input, output);
  const window = Math.max(...windows.map(([start, end]) => end - start));
  const positions = windows.flatMap(([start, end]) =>
    Array.from({ length: window }, (_, i) => Math.min(start + i, end - 1)),
  );
  return { positions, window };
}

export const adaptiveMaxPooling2d = defineOp({
  type: 'adaptiveMaxPooling2d',
  version: 1,
  family: 'pooling',
  documentation: {
    title: 'Adaptive max pooling',
    shortName: 'maxPool',
    summary:
      'Keeps the largest value of each window, with as many windows as the result has pixels, whatever comes in.',
    formula: 'y[i, j] = max of x over rows ⌊i·H/h⌋ … ⌈(i+1)·H/h⌉ and columns likewise',
    source: "PyTorch's AdaptiveMaxPool2d; He et al. 2014, spatial pyramid pooling, arXiv 1406.4729",
    keywords: ['maxpool', 'adaptive', 'pyramid', 'resize', 'fixed size'],
  },
  parameters: adaptiveParameters,
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ parameters, inputs }) => adaptiveType('Adaptive max pooling', inputs.input, parameters.size),
  receptiveField: ({ parameters, input }) => adaptiveReach(input, parameters.size),
  lower({ builder, parameters: { size }, inputs: { input }, types }) {
    const [height, width] = knownSizes(types.input);
    const even = evenWindow([height, width], size);
    if (even !== undefined) return { output: builder.maxPool(input, { window: even, strides: even }) };
    const [rows, columns] = [windowPositions(height, size[0]), windowPositions(width, size[1])];
    const along = (positions: readonly number[]) => builder.constant(positions, [positions.length], 'int32');
    const tall = builder.gather(input, along(rows.positions), 1);
    const apart = builder.gather(tall, along(columns.positions), 2);
    const window = [rows.window, columns.window];
    return { output: builder.maxPool(apart, { window, strides: window }) };
  },
  exportOnnx(context) {
    const [height, width] = knownSizes(context.types.input);
    const { size } = context.parameters;
    const { input } = context.inputs;
    const even = evenWindow([height, width], size);
    if (even !== undefined) {
      return { output: context.node('MaxPool', [input], { kernel_shape: even, strides: even }) };
    }
    const [rows, columns] = [windowPositions(height, size[0]), windowPositions(width, size[1])];
    const name = (part: string): string => `${context.path}/${part}`;
    const tall = context.node('Gather', [input, context.int64('rows', rows.positions)], { axis: 2 }, name('tall'));
    const picks = context.int64('columns', columns.positions);
    const apart = context.node('Gather', [tall, picks], { axis: 3 }, name('apart'));
    const window = [rows.window, columns.window];
    return { output: context.node('MaxPool', [apart], { kernel_shape: window, strides: window }) };
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
      output: { dims: [1, 3, 3, 2], data: [4, 3, 4, 3, 1, 3, 4, 3, 4, 3, 4, 4, 3, 2, 3, 3, 2, 3] },
    },
    {
      name: '4×6 to 2×3: windows of 2×2',
      parameters: { size: [2, 3] },
      inputs: {
        input: {
          dims: [1, 4, 6, 1],
          data: [-2, 2, -2, -2, 3, -2, -4, 1, -1, 1, -3, -2, 1, 1, 2, 2, -1, -1, 2, 0, 0, 3, -3, 2],
        },
      },
      output: { dims: [1, 2, 3, 1], data: [2, 1, 3, 2, 3, 2] },
    },
    {
      name: '7×5 to 3×2, all negative',
      parameters: { size: [3, 2] },
      inputs: {
        input: {
          dims: [1, 7, 5, 1],
          data: [
            -23, -6, -29, -17, -7, -12, -22, -26, -22, -30, -4, -5, -20, -16, -11, -28, -29, -28, -20, -17, -10, -13,
            -5, -25, -10, -19, -8, -15, -25, -25, -25, -8, -19, -21, -22,
          ],
        },
      },
      output: { dims: [1, 3, 2, 1], data: [-4, -7, -4, -5, -5, -5] },
    },
  ],
});
