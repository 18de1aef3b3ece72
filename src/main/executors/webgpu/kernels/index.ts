import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { tfjsKernels } from '../../tfjs/kernels/index.ts';
import type { ShaderRunner } from '../shaderRunner.ts';
import { batchNormKernels } from './batchNorm.ts';
import { convolutionKernels } from './convolution.ts';
import { elementwiseKernels } from './elementwise.ts';
import { createMatrixProduct, matrixKernels } from './matrices.ts';
import { optimizerKernels } from './optimizers.ts';
import { poolingKernels } from './pooling.ts';
import { createProducts } from './products.ts';
import { randomnessKernels } from './randomness.ts';
import { reductionKernels } from './reductions.ts';
import { resizingKernels } from './resizing.ts';
import { segmentKernels } from './segments.ts';
import { selectionKernels } from './selection.ts';
import { softmaxKernels } from './softmax.ts';

/**
 * Every primitive on WebGPU: the stock kernels that are right here, and shaders of our own for what they lack, get wrong, or do in
 * many passes.
 */
export function webgpuKernels(runner: ShaderRunner): Kernels<TensorInfo> {
  const multiply = createProducts(runner);
  const multiplyMatrices = createMatrixProduct(multiply);
  return {
    ...tfjsKernels(runner.device),
    ...batchNormKernels(runner),
    ...convolutionKernels(runner, multiply, multiplyMatrices),
    ...elementwiseKernels(runner),
    ...matrixKernels(runner, multiplyMatrices),
    ...optimizerKernels(runner),
    ...poolingKernels(runner),
    ...randomnessKernels(runner),
    ...reductionKernels(runner),
    ...resizingKernels(runner),
    ...segmentKernels(runner),
    ...selectionKernels(runner),
    ...softmaxKernels(runner),
  };
}
