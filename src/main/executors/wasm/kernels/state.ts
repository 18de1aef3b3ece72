import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { DeviceVariables } from '../../interpreted/interpretedEngine.ts';
import { sizeOf } from '../wasmMemory.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

/**
 * The updates of variables, in place. No kernel that remembers what it made of a weight, as those of XNNPACK do by the number of
 * its tensor, may ever see a variable.
 */
export function stateKernels({ memory, simd }: WasmTools) {
  /** Where a variable lies that is about to change; what else holds its memory keeps the old values. */
  function changing(variables: DeviceVariables<TensorInfo>, name: string): number {
    const tensor = memory.writable(variables.read(name));
    variables.write(name, tensor);
    return memory.at(tensor);
  }

  return {
    applyGradientDescent({ inputs: [rate, gradient], attributes: { name }, variables }) {
      const variable = changing(variables, name);
      simd.applyGradientDescent(variable, memory.at(gradient), sizeOf(gradient.shape), memory.float(rate));
      return [];
    },
    applyMomentum({ inputs: [rate, gradient], attributes: { name, slot, momentum, nesterov }, variables }) {
      const [variable, velocity] = [changing(variables, name), changing(variables, slot)];
      const count = sizeOf(gradient.shape);
      const settings = [memory.float(rate), momentum, nesterov ? 1 : 0] as const;
      simd.applyMomentum(variable, velocity, memory.at(gradient), count, ...settings);
      return [];
    },
    applyAdam({ inputs: [rate, gradient, power1, power2], attributes, variables }) {
      const { beta1, beta2, epsilon } = attributes;
      const pointers = [
        changing(variables, attributes.name),
        changing(variables, attributes.first),
        changing(variables, attributes.second),
      ] as const;
      const settings = [memory.float(rate), beta1, beta2, epsilon, memory.float(power1), memory.float(power2)] as const;
      simd.applyAdam(...pointers, memory.at(gradient), sizeOf(gradient.shape), ...settings);
      return [];
    },
  } satisfies WasmKernels;
}
