import { sizeOf } from '../wasmMemory.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

/** Batch normalization. */
export function normalizationKernels({ device, memory, simd }: WasmTools) {
  const { at } = memory;
  return {
    batchNormTraining({ inputs, attributes: { epsilon, momentum }, outputShapes }) {
      const [x, scale, offset, runningMean, runningVariance] = inputs;
      const [shape, channel] = outputShapes;
      const channels = sizeOf(channel.dims);
      const y = memory.make(shape);
      const outputs = [memory.make(channel), memory.make(channel), memory.make(channel), memory.make(channel)] as const;
      const [newMean, newVariance, savedMean, savedVariance] = outputs;
      const scratch = memory.scratch(simd.batchNormScratch(channels));
      simd.batchNormTraining(
        ...([at(x), at(scale), at(offset), at(runningMean), at(runningVariance), at(y)] as const),
        ...([at(newMean), at(newVariance), at(savedMean), at(savedVariance)] as const),
        ...([sizeOf(shape.dims) / channels, channels, epsilon, momentum, scratch] as const),
      );
      // What TensorFlow reserves for its own gradient, nothing else needs.
      return [y, ...outputs, device.fill({ dims: [], dtype: 'float32' }, 0)];
    },
    batchNormTrainingGrad({ inputs, attributes: { epsilon }, outputShapes: [shape, channel] }) {
      const [dy, x, scale, savedMean, savedVariance] = inputs;
      const channels = sizeOf(channel.dims);
      const [dx, dscale, doffset] = [memory.make(shape), memory.make(channel), memory.make(channel)] as const;
      const scratch = memory.scratch(simd.batchNormScratch(channels));
      simd.batchNormTrainingGrad(
        ...([at(dy), at(x), at(scale), at(savedMean), at(savedVariance), at(dx), at(dscale), at(doffset)] as const),
        ...([sizeOf(shape.dims) / channels, channels, epsilon, scratch] as const),
      );
      return [dx, dscale, doffset];
    },
    batchNormInference({ inputs: [x, scale, offset, mean, variance], attributes: { epsilon }, outputShapes: [shape] }) {
      const channels = sizeOf(scale.shape);
      const y = memory.make(shape);
      const scratch = memory.scratch(simd.batchNormScratch(channels));
      simd.batchNormInference(
        ...([at(x), at(scale), at(offset), at(mean), at(variance), at(y)] as const),
        ...([sizeOf(shape.dims) / channels, channels, epsilon, scratch] as const),
      );
      return [y];
    },
  } satisfies WasmKernels;
}
