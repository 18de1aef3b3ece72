import type { TensorInfo } from '@tensorflow/tfjs-core';
import { domains } from '../../../../graph-engine/random/philox.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { elementShader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';

/** Philox4x32-10 as in `graph-engine/random/philox.ts`: a thread draws a block of four words. */
const draw = elementShader({
  name: 'randomUniform',
  reads: { seed: 'i32' },
  writes: { y: 'f32' },
  parameters: { stream: 'u32', count: 'u32' },
  declarations: `
fn high(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu; let ah = a >> 16u;
  let bl = b & 0xffffu; let bh = b >> 16u;
  let carry = ah * bl + ((al * bl) >> 16u);
  let middle = al * bh + (carry & 0xffffu);
  return ah * bh + (carry >> 16u) + (middle >> 16u);
}
fn philox(block: u32, stream: u32, seed: vec2<u32>) -> vec4<u32> {
  var c = vec4<u32>(block, 0u, stream, ${domains.program}u);
  var key = seed;
  for (var round = 0; round < 10; round++) {
    let high0 = high(0xd2511f53u, c.x);
    let low0 = 0xd2511f53u * c.x;
    let high1 = high(0xcd9e8d57u, c.z);
    let low1 = 0xcd9e8d57u * c.z;
    c = vec4<u32>(high1 ^ c.y ^ key.x, low1, high0 ^ c.w ^ key.y, low0);
    key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`,
  body: `
  let words = philox(i, p.stream, vec2<u32>(u32(seed[0]), u32(seed[1])));
  for (var j = 0u; j < 4u; j++) {
    if (4u * i + j < p.count) { y[4u * i + j] = f32(words[j] & 0x7fffffu) / 8388608.0; }
  }`,
});

/** Random numbers, bit by bit those of every executor. */
export function randomnessKernels(runner: ShaderRunner) {
  return {
    randomUniform({ inputs: [seed], attributes: { stream }, outputShapes: [shape] }) {
      const y = runner.empty(shape);
      const count = sizeOfDims(shape.dims);
      const elements = Math.ceil(count / 4);
      runner.run({ shader: draw, reads: [seed], writes: [y], elements, parameters: [stream, count] });
      return [y];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
