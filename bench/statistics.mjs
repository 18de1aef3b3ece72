import path from 'node:path';
import { built, median, startPeer } from './peers.mjs';

/** @type {readonly { network: string, batch: number }[]} */
const workloads = [
  { network: 'first-residual', batch: 32 },
  { network: 'resnet-20', batch: 32 },
  { network: 'resnet-20', batch: 128 },
  { network: 'mini-gpt', batch: 16 },
  { network: 'resnet-110', batch: 32 },
];

/**
 * What statistics of all nodes cost: steps without and with them in turn, and of these also those whose distributions are
 * kept. The share is that of a run which looks at every `every`th step. Processor time does not grow when others use the machine.
 * @param {{ rounds: number }} options
 */
export async function measureStatistics({ rounds }) {
  console.log('\nStatistics of the nodes: median milliseconds of a step, and their share of a run');
  for (const workload of workloads) {
    const peer = await startPeer('statistics', 'Skipwire', process.execPath, [path.join(built, 'statisticsPeer.js')]);
    const { every, columns, tensors, compileMs, compileWithoutMs } = await peer.ask(
      `prepare ${JSON.stringify(workload)}`,
    );
    const { times } = await peer.ask(`steps ${rounds}`);
    const of = (/** @type {number} */ kind) =>
      median(times.filter((/** @type {number} */ _, /** @type {number} */ i) => i % 3 === kind));
    const [plain, looked, spread] = [of(0), of(1), of(2)];
    // Distributions are kept of every fourth sample at most, over a run.
    const share = (looked - plain + (spread - looked) / 4) / (every * plain);
    console.log(
      `  ${workload.network} ${workload.batch}: ${plain.toFixed(2)} plain, ${looked.toFixed(2)} with statistics, ${spread.toFixed(2)} with distributions;` +
        ` every ${every} steps ${(100 * share).toFixed(1)} %; ${columns} figures, ${tensors} distributions;` +
        ` compiling and first steps ${compileWithoutMs.toFixed(0)} -> ${compileMs.toFixed(0)} ms`,
    );
    await peer.end();
  }
}
