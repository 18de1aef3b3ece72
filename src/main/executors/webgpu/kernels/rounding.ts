import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { TensorShape } from '../../interpreted/interpretedEngine.ts';
import { elementShader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

/** To the nearest of the float32 that end in sixteen zeros, to the even one of two; what is not a number stays so. */
const round = elementShader({
  name: 'round to bfloat16',
  reads: { x: 'u32' },
  writes: { y: 'u32' },
  body: `
  let bits = x[i];
  let rounded = (bits + 0x7fffu + ((bits >> 16u) & 1u)) & 0xffff0000u;
  y[i] = select(rounded, bits | 0x00400000u, (bits & 0x7fffffffu) > 0x7f800000u);`,
});

/** Rounds tensors to bfloat16. */
export function roundingKernel(runner: ShaderRunner): (x: TensorInfo, shape: TensorShape) => TensorInfo {
  return (x, shape) => {
    const y = runner.empty(shape);
    runner.run({ shader: round, reads: [x], writes: [y], elements: sizeOfDims(shape.dims) });
    return y;
  };
}
