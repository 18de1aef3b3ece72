import type { Executor } from '../compiledProgram.ts';
import { createInterpretedExecutor } from '../interpreted/createInterpretedExecutor.ts';
import { loadDawn } from './dawn.ts';
import type { GpuDescription } from './openDevice.ts';

/** An executor on a graphics processor. */
export interface WebgpuExecutor extends Executor {
  readonly gpu: GpuDescription;
  /** Bytes that tensors hold on the device. */
  deviceMemory(): number;
}

/** Opens the graphics processor of this machine in plain Node. Throws a `HostFailure` when there is none or no driver for it. */
export async function openWebgpuExecutor(): Promise<WebgpuExecutor> {
  const gpu = await loadDawn();
  // TensorFlow.js's backend wants to find WebGPU when it is loaded.
  const { openWebgpuEngine } = await import('./webgpuEngine.ts');
  const engine = await openWebgpuEngine(gpu);
  return { ...createInterpretedExecutor(engine), gpu: engine.gpu, deviceMemory: () => engine.deviceMemory() };
}
