import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { built, median } from './peers.mjs';

/** @typedef {{ total: number[], within: number[], memory: number[], stalls: number[], evaluation: number, variables: number }} LoopReport */

/** What the loop may cost beside the native call, how fast evaluation has to be, and how much memory may grow. */
const aims = { overhead: 0.03, evaluation: 2.5, growthBytes: 20e6 };
const WARM = 10;

/**
 * @param {{ network: string, data: string, batch: number, steps: number }} work
 * @returns {Promise<LoopReport>}
 */
async function runLoop(work) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(built, 'loopPeer.js'), JSON.stringify(work)],
    {
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/**
 * What the training loop itself costs, how fast it evaluates, how long a checkpoint holds up a step, and whether memory stays
 * flat over many tiny steps.
 * @param {{ steps: number, tinySteps: number }} options
 */
export async function measureLoop({ steps, tinySteps }) {
  console.log(`\nThe training loop, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`);
  for (const { network, batch } of [
    { network: 'resnet-20', batch: 32 },
    { network: 'first-residual', batch: 32 },
  ]) {
    const { total, within, stalls, evaluation, variables } = await runLoop({ network, data: 'shapes', batch, steps });
    const [all, native] = [median(total.slice(WARM)), median(within.slice(WARM))];
    const overhead = (all - native) / all;
    const ratio = evaluation / (batch / all);
    console.log(
      `  ${network} ${batch}: ${all.toFixed(2)} ms a step, ${native.toFixed(2)} of it native: the host's share is ${(100 * overhead).toFixed(1)} %` +
        (network === 'resnet-20'
          ? ` (aim < ${100 * aims.overhead} %${overhead < aims.overhead ? '' : ', MISSED'})`
          : ''),
    );
    console.log(
      `    evaluation ${(1000 * evaluation).toFixed(0)} samples/s, ${ratio.toFixed(2)}x training` +
        (network === 'resnet-20' ? ` (aim >= ${aims.evaluation}x${ratio >= aims.evaluation ? '' : ', MISSED'})` : ''),
    );
    console.log(
      `    a checkpoint of ${(variables / 1e6).toFixed(1)} MB holds up a step for ${median(stalls).toFixed(2)} ms`,
    );
  }
  const { memory } = await runLoop({ network: 'first-residual', data: 'digits', batch: 1, steps: tinySteps });
  const settled = memory.slice(Math.floor(memory.length / 5));
  const growth = (settled.at(-1) ?? 0) - (settled[0] ?? 0);
  console.log(
    `  ${tinySteps} tiny steps: memory ${((settled[0] ?? 0) / 1e6).toFixed(0)} -> ${((settled.at(-1) ?? 0) / 1e6).toFixed(0)} MB, grew by ${(growth / 1e6).toFixed(1)} MB` +
      ` (aim < ${aims.growthBytes / 1e6} MB${growth < aims.growthBytes ? '' : ', MISSED'})`,
  );
}
