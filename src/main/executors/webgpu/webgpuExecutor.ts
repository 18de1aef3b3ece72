import { loadDawn } from './dawn.ts';
import type { WebgpuExecutor } from './executorOn.ts';

/** Opens the graphics processor of this machine in plain Node. Throws a `HostFailure` when there is none or no driver for it. */
export async function openWebgpuExecutor(): Promise<WebgpuExecutor> {
  const gpu = await loadDawn();
  // TensorFlow.js's backend wants to find WebGPU when it is loaded.
  const { openExecutorOn } = await import('./executorOn.ts');
  return openExecutorOn(gpu);
}
