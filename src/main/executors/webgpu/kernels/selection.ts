import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { elementShader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

const oneHot = elementShader({
  name: 'oneHot',
  reads: { indices: 'i32' },
  writes: { y: 'f32' },
  parameters: { depth: 'u32' },
  body: 'y[i] = select(0.0, 1.0, indices[i / p.depth] == i32(i % p.depth));',
});

/** What picks elements by number. */
export function selectionKernels(runner: ShaderRunner) {
  return {
    oneHot({ inputs: [indices], attributes: { depth }, outputShapes: [shape] }) {
      const y = runner.empty(shape);
      const elements = sizeOfDims(shape.dims);
      runner.run({ shader: oneHot, reads: [indices], writes: [y], elements, parameters: [depth] });
      return [y];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
