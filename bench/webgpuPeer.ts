import { hasSoftwareAdapter, useSoftwareAdapter } from '../src/main/executors/webgpu/testing/softwareAdapter.ts';
import { openWebgpuExecutor } from '../src/main/executors/webgpu/webgpuExecutor.ts';
import { servePeer } from './peerProcess.ts';
import { trainingPeer } from './trainingPeer.ts';

if (process.argv[2] === 'software' && hasSoftwareAdapter()) useSoftwareAdapter();
const started = performance.now();
const executor = await openWebgpuExecutor();
const peer = trainingPeer(executor, performance.now() - started);
await servePeer({
  ...peer,
  prepare: async (workload) => ({ ...(await peer.prepare(workload)), device: executor.device }),
});
