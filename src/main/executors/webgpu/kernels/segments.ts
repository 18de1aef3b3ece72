import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { elementShader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

/*
 * Rows of the same segment are chained: each knows the next one, and the segment its first. Each element of a sum then walks one
 * chain, in the order of the rows, so that sums come out the same each time, which atomics would not give.
 */

const none = elementShader({ name: 'no first rows', writes: { y: 'i32' }, body: 'y[i] = -1;' });

const chain = elementShader({
  name: 'chains of segments',
  reads: { segments: 'i32' },
  writes: { first: 'i32', next: 'i32' },
  parameters: { count: 'i32' },
  body: `
  let segment = segments[i];
  var before = i32(i) - 1;
  while (before >= 0 && segments[before] != segment) { before--; }
  if (before < 0 && segment >= 0 && segment < p.count) { first[segment] = i32(i); }
  var after = i + 1u;
  while (after < p.size && segments[after] != segment) { after++; }
  next[i] = select(-1, i32(after), after < p.size);`,
});

const sum = (type: 'f32' | 'i32') =>
  elementShader({
    name: 'unsortedSegmentSum',
    reads: { x: type, first: 'i32', next: 'i32' },
    writes: { y: type },
    parameters: { width: 'u32' },
    body: `
  let column = i % p.width;
  var total = ${type}(0);
  for (var row = first[i / p.width]; row >= 0; row = next[row]) { total += x[u32(row) * p.width + column]; }
  y[i] = total;`,
  });

const sums = { float32: sum('f32'), int32: sum('i32') };

/** Sums of rows by segment number, as the gradient of an embedding needs them. */
export function segmentKernels(runner: ShaderRunner) {
  return {
    unsortedSegmentSum({ inputs: [x, segments], attributes: { count }, outputShapes: [shape] }) {
      const rows = sizeOfDims(segments.shape);
      const first = runner.empty({ dims: [count], dtype: 'int32' });
      const next = runner.empty({ dims: [rows], dtype: 'int32' });
      runner.run({ shader: none, writes: [first], elements: count });
      runner.run({ shader: chain, reads: [segments], writes: [first, next], elements: rows, parameters: [count] });
      const y = runner.empty(shape);
      runner.run({
        shader: shape.dtype === 'int32' ? sums.int32 : sums.float32,
        reads: [x, first, next],
        writes: [y],
        elements: sizeOfDims(shape.dims),
        parameters: [sizeOfDims(shape.dims.slice(1))],
      });
      return [y];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
