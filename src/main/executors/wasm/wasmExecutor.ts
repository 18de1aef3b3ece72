import type { TensorInfo } from '@tensorflow/tfjs-core';
import { roundToBfloat16 } from '../../../graph-engine/program/bfloat16.ts';
import type { Executor } from '../compiledProgram.ts';
import { createInterpretedExecutor } from '../interpreted/createInterpretedExecutor.ts';
import type { InterpretedEngine, Kernels } from '../interpreted/interpretedEngine.ts';
import { createTfjsEngine } from '../tfjs/createTfjsEngine.ts';
import { tfjsKernels } from '../tfjs/kernels/index.ts';
import { createTfjsDevice } from '../tfjs/tfjsDevice.ts';
import { arithmeticKernels } from './kernels/arithmetic.ts';
import { arrangementKernels } from './kernels/arrangement.ts';
import { convolutionKernels } from './kernels/convolution.ts';
import { matrixKernels } from './kernels/matrix.ts';
import { normalizationKernels } from './kernels/normalization.ts';
import { poolingKernels } from './kernels/pooling.ts';
import { reductionKernels } from './kernels/reduction.ts';
import { stateKernels } from './kernels/state.ts';
import type { WasmTools } from './kernels/wasmTools.ts';
import { referenceKernel } from './referenceKernel.ts';
import { loadSimdModule } from './simd/module.ts';
import { openWasmBackend } from './wasmBackend.ts';
import { createWasmMemory } from './wasmMemory.ts';

/** The engine that needs nothing installed: WebAssembly, on one thread of the processor. */
export async function openWasmEngine(): Promise<InterpretedEngine<TensorInfo>> {
  const backend = await openWasmBackend();
  const device = createTfjsDevice('wasm', backend);
  const memory = createWasmMemory(backend, device);
  const { functions: simd } = loadSimdModule(backend.wasm.asm.memory);
  return createTfjsEngine({
    name: 'WebAssembly',
    threads: 1,
    device,
    kernels: kernelsOf({ device, memory, simd, stock: tfjsKernels(device) }),
    roundToBfloat16(tensor, shape) {
      const rounded = memory.make(shape);
      memory.floats(rounded).set(memory.floats(tensor).map(roundToBfloat16));
      return rounded;
    },
    // The backend stays: there is one in a process, and another executor may use it.
    close: () => undefined,
  });
}

/** An executor on `openWasmEngine`. */
export async function openWasmExecutor(): Promise<Executor> {
  return createInterpretedExecutor(await openWasmEngine());
}

/** The families that our own module has the functions of, and the reference for the rest. */
function kernelsOf(tools: WasmTools): Kernels<TensorInfo> {
  const { device, simd, stock } = tools;
  const reference = (primitive: string) => referenceKernel(device, primitive);
  const has = (...names: readonly (keyof WasmTools['simd'])[]) =>
    names.every((name) => typeof simd[name] === 'function');
  return {
    ...stock,
    conv2d: reference('conv2d'),
    conv2dBackpropInput: reference('conv2dBackpropInput'),
    conv2dBackpropFilter: reference('conv2dBackpropFilter'),
    batchNormTraining: reference('batchNormTraining'),
    batchNormTrainingGrad: reference('batchNormTrainingGrad'),
    batchNormInference: reference('batchNormInference'),
    maxPool: reference('maxPool'),
    maxPoolGrad: reference('maxPoolGrad'),
    averagePool: reference('averagePool'),
    averagePoolGrad: reference('averagePoolGrad'),
    resizeBilinear: reference('resizeBilinear'),
    resizeBilinearGrad: reference('resizeBilinearGrad'),
    unsortedSegmentSum: reference('unsortedSegmentSum'),
    randomUniform: reference('randomUniform'),
    ...(has('binary', 'unary', 'select', 'copyStrided') && arithmeticKernels(tools)),
    ...(has('copyStrided', 'placeStrided', 'transpose', 'gather', 'resizeBilinear', 'randomUniform') &&
      arrangementKernels(tools)),
    ...(has('convolution', 'conv2d', 'conv2dBackpropFilter', 'reduce') && convolutionKernels(tools)),
    ...(has('matMul', 'copyStrided') && matrixKernels(tools)),
    ...(has('batchNormTraining', 'batchNormTrainingGrad') && normalizationKernels(tools)),
    ...(has('pooling', 'maxPoolGrad', 'averagePoolGrad') && poolingKernels(tools)),
    ...(has('reduce', 'softmax', 'argMax', 'sparseSoftmaxCrossEntropy') && reductionKernels(tools)),
    ...(has('applyAdam', 'applyMomentum', 'applyGradientDescent') && stateKernels(tools)),
  };
}
