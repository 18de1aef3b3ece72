import path from 'node:path';
import { z } from 'zod';
import { HostProblem } from '../../contract/contract.ts';
import { productRoot } from '../files/productRoot.ts';
import type { EngineKind, EngineLocation } from './engineKind.ts';
import { engineVariables } from './engineVariable.ts';
import { relayToGpuPage } from './gpuPages.ts';
import { EngineMeasurement } from './measureEngine.ts';
import { lastLines, runProgram } from './runProgram.ts';

/** What came of trying an engine out: that it crashed is a result like any other. */
export const ProbeReply = z.discriminatedUnion('state', [
  z.object({ state: z.literal('passed'), measurement: EngineMeasurement }),
  z.object({ state: z.literal('failed'), problem: HostProblem }),
]);
export type ProbeReply = z.infer<typeof ProbeReply>;

export interface ProbeOptions {
  /** The program that opens the engine and prints a `ProbeReply`. */
  readonly program?: string;
  /** Milliseconds. */
  readonly deadline?: number;
}

/** A slow machine that is busy loads the library in half a minute. */
const DEADLINE = 120_000;
const program = path.join(productRoot, 'dist', 'main', 'engineProbe.js');

/** Opens the engine in a process of its own, has it pass its self-test, and measures it. */
export async function probeEngine(
  { id, title }: Pick<EngineKind, 'id' | 'title'>,
  location: EngineLocation,
  options: ProbeOptions = {},
): Promise<ProbeReply> {
  const { deadline = DEADLINE } = options;
  const result = await runProgram(process.execPath, [options.program ?? program], {
    environment: { ...engineVariables(id, location.environment), ELECTRON_RUN_AS_NODE: '1' },
    timeout: deadline,
    attend: relayToGpuPage,
  });
  const reply = ProbeReply.safeParse(parseLastLine(result.stdout));
  if (reply.success) return reply.data;
  const said = lastLines(result.stderr, 3);
  return {
    state: 'failed',
    problem: {
      code: result.timedOut ? 'engine/hangs' : 'engine/crashes',
      message: result.timedOut
        ? `${title} did not answer within ${Math.round(deadline / 1000)} s when it was tested.`
        : `${title} crashed when it was tested (${result.signal ?? `exit code ${result.code ?? 0}`}).`,
      ...(said !== '' && { received: said }),
      remedy: 'Nothing else is affected. Test it again when the machine is less busy, or choose another engine.',
    },
  };
}

function parseLastLine(text: string): unknown {
  try {
    return JSON.parse(lastLines(text, 1));
  } catch {
    return undefined;
  }
}
