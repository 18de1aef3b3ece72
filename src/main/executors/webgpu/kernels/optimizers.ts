import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { DeviceVariables, Kernels } from '../../interpreted/interpretedEngine.ts';
import { elementShader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

const copy = elementShader({ name: 'copy', reads: { x: 'f32' }, writes: { y: 'f32' }, body: 'y[i] = x[i];' });

const gradientDescent = elementShader({
  name: 'applyGradientDescent',
  reads: { rate: 'f32', gradient: 'f32' },
  writes: { weights: 'f32' },
  body: 'weights[i] -= rate[0] * gradient[i];',
});

const momentum = elementShader({
  name: 'applyMomentum',
  reads: { rate: 'f32', gradient: 'f32' },
  writes: { weights: 'f32', slot: 'f32' },
  parameters: { momentum: 'f32', nesterov: 'u32' },
  body: `
  let moved = p.momentum * slot[i] + gradient[i];
  slot[i] = moved;
  weights[i] -= rate[0] * select(moved, gradient[i] + p.momentum * moved, p.nesterov == 1u);`,
});

const adam = elementShader({
  name: 'applyAdam',
  reads: { rate: 'f32', gradient: 'f32', power1: 'f32', power2: 'f32' },
  writes: { weights: 'f32', first: 'f32', second: 'f32' },
  // The complements are rounded once, from doubles: 1 - 0.999f is off by 5e-5 of itself.
  parameters: { beta1: 'f32', rest1: 'f32', beta2: 'f32', rest2: 'f32', epsilon: 'f32' },
  body: `
  let g = gradient[i];
  let mean = p.beta1 * first[i] + p.rest1 * g;
  let squares = p.beta2 * second[i] + p.rest2 * g * g;
  first[i] = mean;
  second[i] = squares;
  let size = sqrt(squares) / sqrt(1.0 - power2[0]) + p.epsilon;
  weights[i] -= rate[0] / (1.0 - power1[0]) * mean / size;`,
});

/** Updates of variables: one shader each, in the memory of the variable. */
export function optimizerKernels(runner: ShaderRunner) {
  const { device } = runner;

  /** The variable as a tensor that nobody else looks at. */
  function owned(variables: DeviceVariables<TensorInfo>, name: string): TensorInfo {
    const tensor = variables.read(name);
    if (device.backend.refCount(tensor.dataId) === 1) return tensor;
    const own = runner.empty({ dims: tensor.shape, dtype: 'float32' });
    runner.run({ shader: copy, reads: [tensor], writes: [own], elements: sizeOfDims(tensor.shape) });
    // What the variable takes over outlives this kernel.
    variables.write(name, device.share(own, own.shape));
    return own;
  }

  return {
    applyGradientDescent({ inputs: [rate, gradient], attributes: { name }, variables }) {
      const weights = owned(variables, name);
      const elements = sizeOfDims(weights.shape);
      runner.run({ shader: gradientDescent, reads: [rate, gradient], writes: [weights], elements });
      return [];
    },
    applyMomentum({ inputs: [rate, gradient], attributes, variables }) {
      const [weights, slot] = [owned(variables, attributes.name), owned(variables, attributes.slot)];
      runner.run({
        shader: momentum,
        reads: [rate, gradient],
        writes: [weights, slot],
        elements: sizeOfDims(weights.shape),
        parameters: [attributes.momentum, attributes.nesterov ? 1 : 0],
      });
      return [];
    },
    applyAdam({ inputs: [rate, gradient, power1, power2], attributes, variables }) {
      const { beta1, beta2, epsilon } = attributes;
      const weights = owned(variables, attributes.name);
      runner.run({
        shader: adam,
        reads: [rate, gradient, power1, power2],
        writes: [weights, owned(variables, attributes.first), owned(variables, attributes.second)],
        elements: sizeOfDims(weights.shape),
        parameters: [beta1, 1 - beta1, beta2, 1 - beta2, epsilon],
      });
      return [];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
