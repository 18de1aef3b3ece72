import type { TensorInfo } from '@tensorflow/tfjs-core';
import { isNarrow, roundTo } from '../../../graph-engine/program/narrowFloat.ts';
import type { Executor } from '../compiledProgram.ts';
import { createInterpretedExecutor } from '../interpreted/createInterpretedExecutor.ts';
import type { InterpretedEngine } from '../interpreted/interpretedEngine.ts';
import { createTfjsEngine } from '../tfjs/createTfjsEngine.ts';
import { tfjsKernels } from '../tfjs/kernels/index.ts';
import { createTfjsDevice } from '../tfjs/tfjsDevice.ts';
import { wasmKernels } from './kernels/index.ts';
import { loadSimdModule } from './simd/module.ts';
import { openWasmBackend } from './wasmBackend.ts';
import { createWasmMemory } from './wasmMemory.ts';
import { wasmStockKernels } from './wasmStockKernels.ts';

/** The engine that needs nothing installed: WebAssembly, on one thread of the processor. */
export async function openWasmEngine(): Promise<InterpretedEngine<TensorInfo>> {
  const backend = await openWasmBackend();
  const device = createTfjsDevice('wasm', backend, wasmStockKernels);
  const memory = createWasmMemory(backend, device);
  const { functions: simd } = loadSimdModule(backend.wasm.asm.memory);
  return createTfjsEngine({
    name: 'WebAssembly',
    threads: 1,
    device,
    passes: ['fuseElementwise'],
    kernels: wasmKernels({ device, memory, simd, stock: tfjsKernels(device) }),
    narrow(tensor, shape) {
      const rounded = memory.make(shape);
      const round = isNarrow(shape.dtype) ? roundTo[shape.dtype] : Math.fround;
      memory.floats(rounded).set(memory.floats(tensor).map(round));
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
