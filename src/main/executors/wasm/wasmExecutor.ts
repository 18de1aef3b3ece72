import type { TensorInfo } from '@tensorflow/tfjs-core';
import { roundToBfloat16 } from '../../../graph-engine/program/bfloat16.ts';
import type { Executor } from '../compiledProgram.ts';
import { createInterpretedExecutor } from '../interpreted/createInterpretedExecutor.ts';
import type { InterpretedEngine, Kernels } from '../interpreted/interpretedEngine.ts';
import { createTfjsEngine } from '../tfjs/createTfjsEngine.ts';
import { tfjsKernels } from '../tfjs/kernels/index.ts';
import { createTfjsDevice, type TfjsDevice } from '../tfjs/tfjsDevice.ts';
import { referenceKernel } from './referenceKernel.ts';
import { openWasmBackend } from './wasmBackend.ts';

/** The engine that needs nothing installed: WebAssembly, on one thread of the processor. */
export async function openWasmEngine(): Promise<InterpretedEngine<TensorInfo>> {
  const backend = await openWasmBackend();
  const device = createTfjsDevice('wasm', backend);
  return createTfjsEngine({
    name: 'WebAssembly',
    threads: 1,
    device,
    kernels: wasmKernels(device),
    roundToBfloat16({ dataId }, { dims }) {
      return device.track(device.upload((backend.readSync(dataId) as Float32Array).map(roundToBfloat16), dims));
    },
    // The backend stays: there is one in a process, and another executor may use it.
    close: () => undefined,
  });
}

/** An executor on `openWasmEngine`. */
export async function openWasmExecutor(): Promise<Executor> {
  return createInterpretedExecutor(await openWasmEngine());
}

function wasmKernels(device: TfjsDevice): Kernels<TensorInfo> {
  const reference = (primitive: string) => referenceKernel(device, primitive);
  return {
    ...tfjsKernels(device),
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
  };
}
