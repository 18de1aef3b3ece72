import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { HostProblem } from '../../contract/contract.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import { installationCancelled } from './engineProgress.ts';
import { lastLines, runProgram } from './runProgram.ts';

const TIMEOUT_MS = 120_000;
const expected = [19, 22, 43, 50, 18, 18, 18, 18, 4 * 32 * 32 * 16 * 3 * 3 * 16];

const SelfTestReply = z.object({
  tensorflow: z.string(),
  backend: z.string(),
  received: z.array(z.number()),
  kernels: z.array(z.string()),
});

/** What an engine says of itself. */
export interface TestedEngine {
  /** Version of TensorFlow. */
  readonly version: string;
  /** Families of our own kernels that it was given. */
  readonly kernels: readonly string[];
}

/** Loads the addon in a process of its own and runs two operations. Throws a `HostFailure` where that fails. */
export async function testEngine(addonPath: string, signal?: AbortSignal): Promise<TestedEngine> {
  const program = path.join(productRoot, 'dist', 'main', 'engineSelfTest.js');
  if (!existsSync(program)) {
    throw new HostFailure({
      code: 'engine/not-built',
      message: 'Skipwire is not built, so the engine cannot be tested.',
      remedy: 'Run npm run build.',
    });
  }
  const result = await runProgram(process.execPath, [program, addonPath], {
    timeout: TIMEOUT_MS,
    signal,
    environment: { ELECTRON_RUN_AS_NODE: '1' },
  });
  if (signal?.aborted === true) throw installationCancelled();
  const reply = SelfTestReply.safeParse(parseLastLine(result.stdout));
  if (result.code !== 0 || !reply.success) {
    const end = result.timedOut
      ? `no answer after ${TIMEOUT_MS / 1000} s`
      : result.signal !== null
        ? `ended by ${result.signal}`
        : `exit code ${result.code}`;
    throw selfTestFailed(`${end}: ${lastLines(result.stderr, 4)}`);
  }
  const { backend, received, tensorflow: version, kernels } = reply.data;
  if (backend !== 'tensorflow' || received.join() !== expected.join()) {
    throw selfTestFailed(`${backend} computed ${received.join(', ')} where ${expected.join(', ')} was due`);
  }
  return { version, kernels };
}

function parseLastLine(text: string): unknown {
  try {
    return JSON.parse(lastLines(text, 1));
  } catch {
    return undefined;
  }
}

function selfTestFailed(received: string): HostFailure {
  const problem: HostProblem = {
    code: 'engine/self-test-failed',
    message: 'The TensorFlow engine is there but does not work.',
    received,
    remedy:
      'Install it anew: npx skipwire engine uninstall, then npx skipwire engine install. A processor without AVX cannot run it.',
  };
  return new HostFailure(problem);
}
