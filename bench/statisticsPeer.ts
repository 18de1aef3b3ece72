import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lowerDocument } from '../src/graph-engine/lower/lowerDocument.ts';
import { DEFAULT_STATISTICS_EVERY } from '../src/graph-engine/statistics/sampledSteps.ts';
import { openTensorflowExecutor } from '../src/main/executors/tensorflowExecutor.ts';
import { createStatisticsPart } from '../src/main/training/statisticsPart.ts';
import { feedsOf, openNetwork } from './benchNetwork.ts';
import { servePeer } from './peerProcess.ts';

/** The product's own part of the loop, writing into a folder, without the rest of the loop. */
const executor = await openTensorflowExecutor();
const folder = await mkdtemp(path.join(tmpdir(), 'skipwire-bench-'));
process.once('exit', () => void rm(folder, { recursive: true, force: true }));
let step: (at: number) => Promise<void>;

/** Places of a plain step, one with statistics, and one with distributions as well. */
const KINDS = [1, 2550, 2600] as const;

await servePeer({
  async prepare({ network, batch }) {
    const document = openNetwork(network, undefined);
    const settings = { ...document.training, batchSize: batch, statisticsEvery: 50 };
    const times = [];
    for (const statistics of [false, true]) {
      const began = performance.now();
      const lowered = lowerDocument({ ...document, training: settings }, { statistics });
      if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
      const { program, statistics: handedOut } = lowered.value;
      const compiled = await executor.compile(program, { seed: 1 });
      const { train } = program.entries;
      if (train === undefined) throw new Error(`${network} has no loss`);
      const feeds = feedsOf(train, batch);
      const usual = train.outputs.flatMap(({ name, onDemand }) => (onDemand === true ? [] : [name]));
      const part =
        handedOut &&
        createStatisticsPart({ statistics: handedOut, settings, folder, notice: (text) => console.error(text) });
      let count = 0;
      step = async (at) => {
        const place = { step: at, epoch: 0, stepsPerEpoch: 1000 };
        const fetches = [...usual, ...(part?.fetches?.(place) ?? [])];
        const results = await compiled.run('train', { ...feeds, seed: Int32Array.of(1, count++) }, fetches);
        await part?.afterStep?.({ ...place, batch: { size: batch }, learningRate: 0.01, results });
      };
      for (const at of KINDS) await step(at);
      times.push(performance.now() - began);
      if (!statistics) await compiled.dispose();
      if (handedOut === undefined) continue;
      return {
        every: DEFAULT_STATISTICS_EVERY,
        columns: handedOut.columns.length,
        tensors: handedOut.samples.reduce((sum, { of }) => sum + of.length, 0),
        compileWithoutMs: times[0],
        compileMs: times[1],
      };
    }
    throw new Error('Nothing was handed out');
  },
  async steps(count) {
    const times: number[] = [];
    for (let round = 0; round < count; round++) {
      for (const at of KINDS) {
        const before = process.cpuUsage();
        await step(at);
        const { user, system } = process.cpuUsage(before);
        times.push((user + system) / 1000);
      }
    }
    return times;
  },
});
