import type { Executor } from '../compiledProgram.ts';
import { createInterpretedExecutor } from '../interpreted/createInterpretedExecutor.ts';
import type { GpuDescription } from './openDevice.ts';
import { openWebgpuEngine } from './webgpuEngine.ts';

/** An executor on a graphics processor. */
export interface WebgpuExecutor extends Executor {
  readonly gpu: GpuDescription;
  /** Bytes that tensors hold on the device. */
  deviceMemory(): number;
}

/** Of what one tensor may take; how much memory the device has, WebGPU does not tell. */
const SHARE_FOR_DATA = 0.5;

/** Opens the graphics processor of `gpu`, in plain Node or in a page. Throws a `HostFailure`. */
export async function openExecutorOn(gpu: GPU): Promise<WebgpuExecutor> {
  const engine = await openWebgpuEngine(gpu);
  return {
    ...createInterpretedExecutor(engine),
    device: engine.gpu.device,
    ...(engine.gpu.device.kind === 'graphics' && { roomForData: SHARE_FOR_DATA * engine.gpu.largestTensor }),
    gpu: engine.gpu,
    deviceMemory: () => engine.deviceMemory(),
  };
}
