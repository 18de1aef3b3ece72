import { hasSoftwareAdapter, useSoftwareAdapter } from '../src/main/executors/webgpu/testing/softwareAdapter.ts';
import { openWebgpuExecutor } from '../src/main/executors/webgpu/webgpuExecutor.ts';
import { servePeer } from './peerProcess.ts';
import { trainingPeer } from './trainingPeer.ts';

if (process.argv[2] === 'software' && hasSoftwareAdapter()) useSoftwareAdapter();
const started = performance.now();
const executor = await openWebgpuExecutor();
const { device } = executor;
await servePeer({
  ...trainingPeer(executor, performance.now() - started),
  ...(device !== undefined && { device }),
});
