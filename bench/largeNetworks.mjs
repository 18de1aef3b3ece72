import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { built, startOurs } from './peers.mjs';

/** What a machine with little memory has. */
const PEAK_BYTES = 8e9;

/** Opening, inferring, editing, lowering and writing of the deepest networks, each in a fresh process. */
export function measureFrontEnd() {
  console.log('\nBefore an engine has it, milliseconds of the processor, cold');
  return ['resnet-152', 'resnet-1001'].map((network) => {
    const { stdout, stderr } = spawnSync(process.execPath, [path.join(built, 'frontEnd.js'), network], {
      encoding: 'utf8',
    });
    if (!stdout.startsWith('{')) throw new Error(stderr);
    const found = JSON.parse(stdout);
    const columns = ['open', 'infer', 'edit', 'lower', 'emit'].map((stage) => {
      const ms = found[`${stage}Ms`];
      return `${stage} ${ms.toFixed(ms < 10 ? 2 : 0)}`;
    });
    console.log(
      `  ${network.padEnd(14)} ${columns.join(', ')}; ${found.instructions} instructions, ${found.bytes} bytes`,
    );
    return found;
  });
}

/** Compiling and stepping of the networks that strain memory, each in a fresh process. */
export async function measureLargeSteps() {
  console.log('\nLarge networks: compile with self-check, first step, and peak memory');
  const results = [];
  for (const workload of [
    { network: 'resnet-1001', batch: 2 },
    { network: 'resnet-152', batch: 4 },
    { network: 'resnet-152', batch: 4, recompute: true },
    { network: 'resnet-152', batch: 4, precision: 'bfloat16', recompute: true },
  ]) {
    const peer = await startOurs();
    const { compileMs, firstStepMs } = await peer.ask(`prepare ${JSON.stringify(workload)}`);
    const { times, cpu } = await peer.ask('steps 3');
    const { peak } = await peer.ask('memory');
    await peer.end();
    const verdict = peak < PEAK_BYTES ? 'within' : 'OVER';
    console.log(
      `  ${JSON.stringify(workload)}: compile ${(compileMs / 1000).toFixed(1)} s, first step ${firstStepMs.toFixed(0)} ms, ` +
        `step ${Math.min(...times).toFixed(0)} ms (${(cpu / 3).toFixed(0)} of the processor), ` +
        `peak ${(peak / 1e9).toFixed(2)} GB, ${verdict} ${PEAK_BYTES / 1e9} GB`,
    );
    results.push({ ...workload, compileMs, firstStepMs, times, peakBytes: peak });
  }
  return results;
}
