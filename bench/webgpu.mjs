import path from 'node:path';
import { built, median, startOurs, startPeer } from './peers.mjs';

/** @type {readonly { network: string, batch: number }[]} */
const workloads = [
  { network: 'resnet-20', batch: 32 },
  { network: 'mini-gpt', batch: 16 },
];

/**
 * What software that plays a graphics processor gets through in a minute or two.
 * @type {readonly { network: string, batch: number }[]}
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
 * @param {{ rounds: number, networks?: readonly { network: string, batch: number }[] }} options
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
    const { firstStepMs } = await webgpu.ask(`prepare ${JSON.stringify(workload)}`);
    await tensorflow.ask(`prepare ${JSON.stringify(workload)}`);
    // The second step is the first one that is recorded.
    await webgpu.ask('steps 2');
    await tensorflow.ask('steps 2');
    /** @type {[number[], number[]]} */
    const [mine, reference] = [[], []];
    for (let turn = 0; turn < turns; turn++) {
      mine.push(...(await webgpu.ask(`steps ${steps}`)).times);
      reference.push(...(await tensorflow.ask(`steps ${isSoftware ? 3 : steps}`)).times);
    }
    const [stepMs, tensorflowMs] = [median(mine), median(reference)];
    const ratio = stepMs / tensorflowMs;
    results.push({ ...workload, device, firstStepMs, stepMs, tensorflowMs, ratio });
    console.log(
      `${workload.network}, batch ${workload.batch}: WebGPU on ${device.name} ${stepMs.toFixed(1)} ms a step ` +
        `(the first ${firstStepMs.toFixed(0)} ms), TensorFlow on the processor ${tensorflowMs.toFixed(1)} ms: ` +
        `${ratio.toFixed(2)}x${isSoftware ? ' (in software)' : ''}`,
    );
  }
  await webgpu.end();
  await tensorflow.end();
  return results;
}
