import os from 'node:os';
import path from 'node:path';
import { built, median, startOurs, startPeer } from './peers.mjs';

/** @typedef {{ engine: 'tensorflow' | 'wasm', network: string, batch: number, size?: number }} Workload */
/** @typedef {{ label: string, options: Record<string, unknown>, ownKernels?: string }} Variant */

/** @type {readonly Workload[]} */
const workloads = [
  { engine: 'tensorflow', network: 'resnet-20', batch: 32 },
  { engine: 'tensorflow', network: 'resnet-50', batch: 8, size: 128 },
  { engine: 'tensorflow', network: 'mini-gpt', batch: 16 },
  { engine: 'wasm', network: 'resnet-20', batch: 32 },
  { engine: 'wasm', network: 'mini-gpt', batch: 4 },
];

const common = ['foldConstants', 'shareSubexpressions', 'removeDeadCode'];

/**
 * One pass left out at a time, then none at all, then what is off unless it is asked for.
 * @param {Workload['engine']} engine
 * @returns {readonly Variant[]}
 */
function variantsFor(engine) {
  const without = common.map((pass) => ({
    label: `without ${pass}`,
    options: { passes: common.filter((other) => other !== pass) },
  }));
  return [
    { label: 'the common passes', options: { passes: common } },
    ...without,
    { label: 'no pass', options: { passes: [] } },
    ...(engine === 'wasm'
      ? [{ label: 'and fuseElementwise', options: { passes: [...common, 'fuseElementwise'] } }]
      : [
          { label: 'without lent threads', options: { passes: common }, ownKernels: 'normalization' },
          { label: 'without our own kernels', options: { passes: common }, ownKernels: 'none' },
          { label: 'and recompute', options: { passes: common, recompute: true } },
          { label: 'and bfloat16', options: { passes: common, precision: 'bfloat16' } },
        ]),
  ];
}

/**
 * What each pass of the compiler does to a training step: instructions, time, and memory - that of the process, the most that is
 * alive at once (which no engine can do without, but by writing in place), and what our plan of one block takes. All variants take
 * their steps in turn.
 * @param {{ rounds: number }} options
 */
export async function measurePasses({ rounds }) {
  const results = [];
  for (const { engine, ...workload } of workloads) {
    console.log(
      `\n${workload.network}, batch ${workload.batch}${workload.size ? `, ${workload.size} pixels` : ''}, ${engine}, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`,
    );
    const rows = [];
    for (const { label, options, ownKernels } of variantsFor(engine)) {
      const peer =
        engine === 'tensorflow'
          ? await startOurs(ownKernels)
          : await startPeer('wasm', 'WebAssembly', process.execPath, [path.join(built, 'wasmPeer.js')]);
      const prepared = await peer.ask(`prepare ${JSON.stringify({ ...workload, ...options })}`);
      rows.push({ label, peer, prepared, times: /** @type {number[]} */ ([]), cpu: /** @type {number[]} */ ([]) });
    }
    for (let round = 0; round < rounds; round++) {
      for (const { peer, times, cpu } of rows) {
        const answer = await peer.ask('steps 4');
        times.push(...answer.times.slice(1));
        cpu.push(answer.cpu / 4);
      }
    }
    console.log(
      `  ${''.padEnd(28)}${['instructions', 'step ms', 'processor ms', 'process MB', 'alive MB', 'planned MB', 'in place'].map((text) => text.padStart(13)).join('')}`,
    );
    for (const { label, peer, prepared, times, cpu } of rows) {
      const { peak } = await peer.ask('memory');
      await peer.end();
      const { instructions, livePeakBytes, plannedBytes, inPlace } = prepared;
      const row = { label, instructions, stepMs: median(times), cpuMs: median(cpu), peak, livePeakBytes, plannedBytes };
      const columns = [
        `${instructions}`,
        row.stepMs.toFixed(1),
        row.cpuMs.toFixed(1),
        ...[peak, livePeakBytes, plannedBytes].map((bytes) => (bytes / 1e6).toFixed(1)),
        `${inPlace}`,
      ];
      console.log(`  ${label.padEnd(28)}${columns.map((text) => text.padStart(13)).join('')}`);
      results.push({ engine, ...workload, ...row });
    }
  }
  return results;
}
