import type { CompiledProgram } from '../compiledProgram.ts';

/** As on a device that computes beside the processor: results come when the queue is settled, all at once. */
export function withQueue(compiled: CompiledProgram) {
  let waiting: (() => void)[] = [];
  const seen = { most: 0, settled: 0 };
  const queued: CompiledProgram = {
    ...compiled,
    queue: {
      run(entry, feeds, fetches) {
        const results = compiled.run(entry, feeds, fetches);
        results.catch(() => undefined);
        return new Promise((resolve, reject) => {
          waiting.push(() => void results.then(resolve, reject));
          seen.most = Math.max(seen.most, waiting.length);
        });
      },
      settle() {
        seen.settled++;
        for (const go of waiting.splice(0)) go();
        waiting = [];
      },
    },
  };
  return { queued, seen };
}
