import os from 'node:os';
import path from 'node:path';
import { findTorch, median, root, startOurs, startPeer, threads } from './peers.mjs';

/** @typedef {{ network: string, batch: number, size?: number }} Workload */

/** @type {readonly Workload[]} */
const workloads = [
  { network: 'resnet-50', batch: 8, size: 128 },
  { network: 'densenet-bc-100', batch: 16 },
  { network: 'u-net-padded', batch: 16, size: 64 },
  { network: 'mini-gpt', batch: 16 },
  { network: 'vit-small-16', batch: 2 },
];

/** What of the compiler's options is measured beside PyTorch's modes. */
const ours = [
  { name: 'float32', options: {} },
  { name: 'bfloat16', options: { precision: 'bfloat16' } },
  { name: 'recompute', options: { recompute: true } },
];

const STEPS = 3;

/**
 * Steps of large networks by Skipwire and by each of PyTorch's modes in turn, so that what else the machine does falls on all
 * alike. Processor time is told beside the time on the clock: it stays the same when others use the machine.
 * @param {{ rounds: number, compiled: boolean }} options
 */
export async function measureNetworks({ rounds, compiled }) {
  const torch = findTorch();
  const modes = torch === undefined ? [] : ['nchw', 'channels_last', ...(compiled ? ['compiled'] : [])];
  const results = [];
  const load = os.loadavg()[0] ?? 0;
  console.log(`\nSteps of networks, SGD with momentum, ${threads} threads, load ${load.toFixed(1)}`);
  for (const workload of workloads) {
    console.log(`${workload.network}, batch ${workload.batch}${workload.size ? `, ${workload.size} pixels` : ''}`);
    const present = [];
    for (const { name, options } of ours) {
      const peer = await startOurs();
      present.push({ peer, label: `Skipwire ${name}`, prepare: { ...workload, ...options } });
    }
    for (const mode of modes) {
      const script = path.join(root, 'bench/torchPeer.py');
      const peer = await startPeer(`torch:${mode}`, `PyTorch ${mode}`, torch?.python ?? '', [
        script,
        mode,
        `${threads}`,
      ]);
      present.push({ peer, label: `PyTorch ${mode}`, prepare: workload });
    }
    const rows = [];
    for (const { peer, label, prepare } of present) {
      try {
        const { livePeakBytes } = await peer.ask(`prepare ${JSON.stringify(prepare)}`);
        rows.push({
          peer,
          label,
          times: /** @type {number[]} */ ([]),
          cpu: /** @type {number[]} */ ([]),
          peak: 0,
          /** What a perfect plan would need, variables apart; of ours only. */
          live: Number(livePeakBytes ?? Number.NaN),
        });
      } catch (error) {
        console.log(`  ${label} is left out: ${error instanceof Error ? error.message : error}`);
      }
    }
    for (let round = 0; round < rounds; round++) {
      for (const row of rows) {
        const { times, cpu } = await row.peer.ask(`steps ${STEPS + 1}`);
        row.times.push(...times.slice(1));
        row.cpu.push(cpu / (STEPS + 1));
      }
    }
    for (const row of rows) {
      row.peak = (await row.peer.ask('memory')).peak;
      await row.peer.end();
    }
    const base = rows.find(({ label }) => label === 'Skipwire float32');
    const table = rows.map(({ label, times, cpu, peak, live }) => ({
      label,
      medianMs: median(times),
      cpuMs: median(cpu),
      peakBytes: peak,
      livePeakBytes: live,
    }));
    for (const { label, medianMs, cpuMs, peakBytes, livePeakBytes } of table) {
      const ratio = base === undefined ? Number.NaN : median(base.times) / medianMs;
      console.log(
        `  ${label.padEnd(24)} ${medianMs.toFixed(0).padStart(6)} ms  ${cpuMs.toFixed(0).padStart(6)} ms of processor  ` +
          `${(peakBytes / 1e6).toFixed(0).padStart(5)} MB` +
          `${Number.isNaN(livePeakBytes) ? ''.padStart(15) : ` (live ${(livePeakBytes / 1e6).toFixed(0).padStart(4)})`.padEnd(15)}  float32 is ${ratio.toFixed(2)}x`,
      );
    }
    results.push({ ...workload, load: os.loadavg()[0], rows: table });
  }
  return results;
}
