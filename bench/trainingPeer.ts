import { lowerDocument } from '../src/graph-engine/lower/lowerDocument.ts';
import { countMacs } from '../src/graph-engine/program/countMacs.ts';
import { OptimizerSettings } from '../src/graph-engine/program/optimizers/settings.ts';
import { livePeak } from '../src/graph-engine/program/passes/livePeak.ts';
import { planMemory } from '../src/graph-engine/program/passes/planMemory.ts';
import type { CompiledProgram, Executor, NamedTensors } from '../src/main/executors/compiledProgram.ts';
import { feedsOf, openNetwork } from './benchNetwork.ts';
import { timeSteps, type Peer } from './peerProcess.ts';

interface QueuedSteps {
  take(): Promise<NamedTensors>;
  settle(): void;
}

/** The same time for each of steps that are not waited for. */
async function timeQueued(count: number, { take, settle }: QueuedSteps): Promise<number[]> {
  const started = performance.now();
  const results = Array.from({ length: count }, take);
  settle();
  for (const { loss } of await Promise.all(results)) {
    if (!Number.isFinite(loss?.[0])) throw new Error('The loss is not a number');
  }
  return new Array<number>(count).fill((performance.now() - started) / count);
}

/** A peer that trains networks of ours on an executor, which took `loadMs` to open. */
export function trainingPeer(executor: Executor, loadMs: number): Peer {
  let step: () => Promise<void>;
  /** Where the device computes beside the processor, as a training uses it. */
  let queueStep: QueuedSteps | undefined;
  let compiled: CompiledProgram | undefined;
  return {
    async prepare({ network, batch, size, precision, recompute, passes }) {
      await compiled?.dispose();
      const begun = performance.now();
      const document = openNetwork(network, size);
      const optimizer = OptimizerSettings.parse({ kind: 'momentum' });
      const training = { ...document.training, optimizer, precision, recompute };
      const lowered = lowerDocument({ ...document, training }, passes === undefined ? {} : { passes });
      if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
      const { program } = lowered.value;
      const [train, predict] = [program.entries['train'], program.entries['predict']];
      if (!train || !predict) throw new Error(`${network} has no loss`);
      const made = await executor.compile(program, { seed: 1, ...(passes !== undefined && { passes: [] }) });
      compiled = made;
      const compileMs = performance.now() - begun;
      const feeds = feedsOf(train, batch);
      let count = 0;
      step = async () => {
        const { loss } = await made.run('train', { ...feeds, seed: Int32Array.of(1, count++) });
        if (!Number.isFinite(loss?.[0])) throw new Error('The loss is not a number');
      };
      const { queue } = made;
      queueStep = queue && {
        take: () => queue.run('train', { ...feeds, seed: Int32Array.of(1, count++) }, ['loss']),
        settle: () => queue.settle(),
      };
      await step();
      const firstStepMs = performance.now() - begun - compileMs;
      const { bytes: livePeakBytes } = livePeak(train, batch);
      const { bytes: plannedBytes, inPlace } = planMemory(train, batch);
      const instructions = train.instructions.length;
      const macs = countMacs(predict, batch);
      return { loadMs, compileMs, firstStepMs, macs, instructions, livePeakBytes, plannedBytes, inPlace };
    },
    steps: (count) => (queueStep === undefined ? timeSteps(count, step) : timeQueued(count, queueStep)),
  };
}
