import { setImmediate as letMessagesIn } from 'node:timers/promises';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { CompiledProgram } from '../executors/compiledProgram.ts';
import type { Batch } from './batches.ts';
import { createTally, type Measurement } from './networkMeasures.ts';

/** Loss and measures over batches, with the weights as they are; `undefined` when `giveUp` says so in between. */
export async function evaluateNetwork(
  lowered: LoweredDocument,
  compiled: CompiledProgram,
  batches: AsyncIterable<Batch>,
  giveUp: () => boolean = () => false,
): Promise<Measurement | undefined> {
  const tally = createTally(lowered);
  for await (const batch of batches) {
    await letMessagesIn();
    if (giveUp()) return undefined;
    tally.add(await compiled.run('evaluate', batch.feeds, tally.fetches), batch.size);
  }
  return tally.figures();
}
