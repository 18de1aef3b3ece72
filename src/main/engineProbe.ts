import { openEngineAskedFor } from './engines/engineVariable.ts';
import { measureEngine } from './engines/measureEngine.ts';
import type { ProbeReply } from './engines/probeEngine.ts';
import { problemOf } from './files/hostFailure.ts';

/*
 * A program of its own, because native code that does not fit ends its process: opens the engine that it is told to, tests and
 * measures it, and prints one line of JSON.
 */
async function probe(): Promise<ProbeReply> {
  try {
    const { executor } = await openEngineAskedFor();
    return { state: 'passed', measurement: await measureEngine(executor) };
  } catch (error) {
    return {
      state: 'failed',
      problem: problemOf(error) ?? {
        code: 'engine/does-not-start',
        message: `The engine does not start: ${error instanceof Error ? error.message : String(error)}`,
      },
    };
  }
}

const reply = await probe();
// Engines may keep timers or threads, which nobody needs any more.
process.stdout.write(`\n${JSON.stringify(reply)}\n`, () => process.exit(0));
