import { setImmediate as letMessagesIn } from 'node:timers/promises';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { CompiledProgram } from '../executors/compiledProgram.ts';
import type { Batch } from './batches.ts';
import { createLead } from './lead.ts';
import { createTally, type Measurement } from './networkMeasures.ts';

/** A batch on its way. */
interface SentBatch {
  readonly size: number;
  readonly bytes: number;
  readonly started: number;
  readonly results: ReturnType<CompiledProgram['run']>;
}

/**
 * Loss and measures over batches, with the weights as they are; `undefined` when `giveUp` says so in between. Batches are sent ahead
 * to a device that computes beside the processor.
 */
export async function evaluateNetwork(
  lowered: LoweredDocument,
  compiled: CompiledProgram,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  giveUp: () => boolean = () => false,
): Promise<Measurement | undefined> {
  const tally = createTally(lowered);
  const lead = createLead();
  const { queue } = compiled;
  let ahead: SentBatch[] = [];

  /** Waits for the batches on their way, and adds up what came of each in its turn. */
  async function hear(): Promise<void> {
    const sent = ahead;
    ahead = [];
    const [first] = sent;
    if (first === undefined) return;
    queue?.settle();
    for (const { results, size } of sent) tally.add(await results, size);
    lead.took((performance.now() - first.started) / 1000 / sent.length);
  }

  for await (const { feeds, size } of batches) {
    await letMessagesIn();
    if (giveUp()) {
      await hear();
      return undefined;
    }
    const started = performance.now();
    const results = (queue ?? compiled).run('evaluate', feeds, tally.fetches);
    // It is met when the batch is heard of.
    results.catch(() => undefined);
    const bytes = Object.values(feeds).reduce((sum, { byteLength }) => sum + byteLength, 0);
    ahead.push({ size, bytes, started, results });
    if (queue === undefined || lead.isFull(ahead)) await hear();
  }
  await hear();
  return tally.figures();
}
