import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { TensorShape } from '../../interpreted/interpretedEngine.ts';
import { elementShader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

/** To the nearest of the float32 that end in sixteen zeros, to the even one of two; what is not a number stays so. */
const bfloat16 = elementShader({
  name: 'round to bfloat16',
  reads: { x: 'u32' },
  writes: { y: 'u32' },
  body: `
  let bits = x[i];
  let rounded = (bits + 0x7fffu + ((bits >> 16u) & 1u)) & 0xffff0000u;
  y[i] = select(rounded, bits | 0x00400000u, (bits & 0x7fffffffu) > 0x7f800000u);`,
});

/** To the nearest of what has ten binary digits after the first, or 24 after the point where that is fewer; too large is infinite. */
const float16 = elementShader({
  name: 'round to float16',
  reads: { x: 'u32' },
  writes: { y: 'u32' },
  body: `
  let bits = x[i];
  let sign = bits & 0x80000000u;
  let magnitude = bits & 0x7fffffffu;
  let normal = (magnitude + 0xfffu + ((magnitude >> 13u) & 1u)) & 0xffffe000u;
  let small = bitcast<u32>(round(bitcast<f32>(magnitude) * 16777216.0) * 5.9604644775390625e-8);
  let finite = select(normal, small, magnitude < 0x38800000u);
  let bounded = select(finite, 0x7f800000u, finite >= 0x47800000u);
  y[i] = select(bounded | sign, bits, magnitude > 0x7f800000u);`,
});

/** Rounds tensors to the narrow float of the shape. */
export function roundingKernel(runner: ShaderRunner): (x: TensorInfo, shape: TensorShape) => TensorInfo {
  return (x, shape) => {
    const y = runner.empty(shape);
    runner.run({
      shader: shape.dtype === 'float16' ? float16 : bfloat16,
      reads: [x],
      writes: [y],
      elements: sizeOfDims(shape.dims),
    });
    return y;
  };
}
