import path from 'node:path';
import { built, median, startOurs, startPeer } from './peers.mjs';

/** @typedef {{ network: string, batch: number, size?: number }} GpuWorkload */

/** @type {readonly GpuWorkload[]} */
const workloads = [
  { network: 'resnet-20', batch: 32 },
  { network: 'resnet-20', batch: 128 },
  { network: 'mini-gpt', batch: 16 },
  { network: 'resnet-50', batch: 32, size: 224 },
  { network: 'vit-small-16', batch: 32, size: 224 },
];

/**
 * What software that plays a graphics processor gets through in a minute or two.
 * @type {readonly GpuWorkload[]}
 */
const smallWorkloads = [
  { network: 'resnet-20', batch: 2 },
  { network: 'mini-gpt', batch: 1 },
];

const peerFile = path.join(built, 'webgpuPeer.js');

/** The graphics processor of this machine, or else software that plays one. */
async function startWebgpu() {
  try {
    return await startPeer('webgpu', 'WebGPU', process.execPath, [peerFile]);
  } catch {
    return startPeer('webgpu', 'WebGPU', process.execPath, [peerFile, 'software']);
  }
}

/**
 * Training steps on WebGPU beside those of TensorFlow on the processor, in turn. Steps are queued, as in a training; software
 * that plays a graphics processor takes very few, of small batches.
 * @param {{ rounds: number, networks?: readonly GpuWorkload[] }} options
 */
export async function measureWebgpu({ rounds, networks }) {
  const webgpu = await startWebgpu();
  const { device } = await webgpu.ask('device');
  const isSoftware = device.kind === 'software';
  if (isSoftware) {
    console.log(
      `${device.name} is software that plays a graphics processor: batches are small, and times say nothing of a real one.`,
    );
  }
  const [steps, turns] = isSoftware ? [1, 2] : [30, rounds];
  const tensorflow = await startOurs();
  const results = [];
  for (const workload of networks ?? (isSoftware ? smallWorkloads : workloads)) {
    const { firstStepMs, macs } = await webgpu.ask(`prepare ${JSON.stringify(workload)}`);
    await tensorflow.ask(`prepare ${JSON.stringify(workload)}`);
    // The second step is the first one that is recorded.
    await webgpu.ask('steps 2');
    // A step of a large network takes the processor seconds.
    const referenceSteps = workload.size !== undefined ? 1 : isSoftware ? 3 : steps;
    await tensorflow.ask(`steps ${Math.min(2, referenceSteps)}`);
    /** @type {[number[], number[]]} */
    const [mine, reference] = [[], []];
    for (let turn = 0; turn < turns; turn++) {
      mine.push(...(await webgpu.ask(`steps ${steps}`)).times);
      reference.push(...(await tensorflow.ask(`steps ${referenceSteps}`)).times);
    }
    const [stepMs, tensorflowMs] = [median(mine), median(reference)];
    const ratio = stepMs / tensorflowMs;
    // Two operations for each multiplication, and as many again for each of the two gradients.
    const teraflops = (6 * macs) / stepMs / 1e9;
    results.push({ ...workload, device, firstStepMs, stepMs, teraflops, tensorflowMs, ratio });
    console.log(
      `${workload.network}, batch ${workload.batch}: WebGPU on ${device.name} ${stepMs.toFixed(1)} ms a step ` +
        `(${teraflops.toFixed(1)} TFLOP/s; the first ${firstStepMs.toFixed(0)} ms), TensorFlow on the processor ${tensorflowMs.toFixed(1)} ms: ` +
        `${ratio.toFixed(2)}x${isSoftware ? ' (in software)' : ''}`,
    );
  }
  await webgpu.end();
  await tensorflow.end();
  return results;
}
