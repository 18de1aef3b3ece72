import type { PoolingAttributes } from '../../primitives/pooling.ts';
import { windowGeometry } from '../../windowGeometry.ts';
import type { Kernels } from '../kernel.ts';
import { at, sizeOfDims } from '../tensor.ts';

/** Visits each output element with the positions of its window that lie on the image, in row order. */
function forEachWindow(
  x: readonly number[],
  { window, strides, padding, pads }: PoolingAttributes,
  visit: (output: number, inputs: readonly number[]) => void,
): void {
  const [batch = 0, height = 0, width = 0, channels = 0] = x;
  const [windowHeight = 1, windowWidth = 1] = window;
  const [strideY = 1, strideX = 1] = strides;
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  const rows = windowGeometry(height, windowHeight, strideY, 1, padding, [top, bottom]);
  const columns = windowGeometry(width, windowWidth, strideX, 1, padding, [left, right]);
  let output = 0;
  for (let n = 0; n < batch; n++) {
    for (let outputY = 0; outputY < rows.output; outputY++) {
      const firstY = outputY * strideY - rows.before;
      for (let outputX = 0; outputX < columns.output; outputX++) {
        const firstX = outputX * strideX - columns.before;
        for (let channel = 0; channel < channels; channel++) {
          const inputs: number[] = [];
          for (let y = Math.max(firstY, 0); y < Math.min(firstY + windowHeight, height); y++) {
            for (let column = Math.max(firstX, 0); column < Math.min(firstX + windowWidth, width); column++) {
              inputs.push(((n * height + y) * width + column) * channels + channel);
            }
          }
          visit(output, inputs);
          output += 1;
        }
      }
    }
  }
}

/** The first of the positions that holds the maximum; not-a-number wins. */
function firstMaximum(data: Float64Array, positions: readonly number[]): number {
  return positions.reduce((best, position) => {
    const value = at(data, position);
    return value > at(data, best) || Number.isNaN(value) ? position : best;
  });
}

export const poolingKernels = {
  maxPool({ inputs: [x], attributes, outputDims: [dims] }) {
    const y = new Float64Array(sizeOfDims(dims));
    forEachWindow(x.dims, attributes, (output, inputs) => {
      y[output] = at(x.data, firstMaximum(x.data, inputs));
    });
    return [y];
  },
  maxPoolGrad({ inputs: [x, , dy], attributes }) {
    const dx = new Float64Array(x.data.length);
    forEachWindow(x.dims, attributes, (output, inputs) => {
      const winner = firstMaximum(x.data, inputs);
      dx[winner] = at(dx, winner) + at(dy.data, output);
    });
    return [dx];
  },
  averagePool({ inputs: [x], attributes, outputDims: [dims] }) {
    const y = new Float64Array(sizeOfDims(dims));
    forEachWindow(x.dims, attributes, (output, inputs) => {
      y[output] = inputs.reduce((sum, input) => sum + at(x.data, input), 0) / inputs.length;
    });
    return [y];
  },
  averagePoolGrad({ inputs: [dy], attributes, outputDims: [dims] }) {
    const dx = new Float64Array(sizeOfDims(dims));
    forEachWindow(dims, attributes, (output, inputs) => {
      const share = at(dy.data, output) / inputs.length;
      for (const input of inputs) dx[input] = at(dx, input) + share;
    });
    return [dx];
  },
} satisfies Kernels<'maxPool' | 'maxPoolGrad' | 'averagePool' | 'averagePoolGrad'>;
