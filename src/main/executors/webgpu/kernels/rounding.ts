import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { TensorShape } from '../../interpreted/interpretedEngine.ts';
import { elementShader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

/** To the nearest of the float32 that end in sixteen zeros, to the even one of two; what is not a number stays so. */
const bfloat16 = roundingShaders(
  'round to bfloat16',
  `
  let rounded = (bits + 0x7fffu + ((bits >> 16u) & 1u)) & 0xffff0000u;
  return select(rounded, bits | 0x00400000u, (bits & 0x7fffffffu) > 0x7f800000u);`,
);

/** To the nearest of what has ten binary digits after the first, or 24 after the point where that is fewer; too large is infinite. */
const float16 = roundingShaders(
  'round to float16',
  `
  let sign = bits & 0x80000000u;
  let magnitude = bits & 0x7fffffffu;
  let normal = (magnitude + 0xfffu + ((magnitude >> 13u) & 1u)) & 0xffffe000u;
  let small = bitcast<u32>(round(bitcast<f32>(magnitude) * 16777216.0) * 5.9604644775390625e-8);
  let finite = select(normal, small, magnitude < 0x38800000u);
  let bounded = select(finite, 0x7f800000u, finite >= 0x47800000u);
  return select(bounded | sign, bits, magnitude > 0x7f800000u);`,
);

/** Rounds one element a thread, or four. */
function roundingShaders(name: string, rounding: string) {
  const declarations = `fn rounded_of(bits: u32) -> u32 {${rounding}\n}`;
  return {
    one: elementShader({
      name,
      reads: { x: 'u32' },
      writes: { y: 'u32' },
      declarations,
      body: 'y[i] = rounded_of(x[i]);',
    }),
    four: elementShader({
      name,
      reads: { x: 'vec4<u32>' },
      writes: { y: 'vec4<u32>' },
      declarations,
      body: `let bits = x[i];
  y[i] = vec4<u32>(rounded_of(bits.x), rounded_of(bits.y), rounded_of(bits.z), rounded_of(bits.w));`,
    }),
  };
}

/** Rounds tensors to the narrow float of the shape. */
export function roundingKernel(runner: ShaderRunner): (x: TensorInfo, shape: TensorShape) => TensorInfo {
  return (x, shape) => {
    const y = runner.empty(shape);
    const { one, four } = shape.dtype === 'float16' ? float16 : bfloat16;
    const size = sizeOfDims(shape.dims);
    if (size % 4 === 0) runner.run({ shader: four, reads: [x], writes: [y], elements: size / 4 });
    else runner.run({ shader: one, reads: [x], writes: [y], elements: size });
    return y;
  };
}
