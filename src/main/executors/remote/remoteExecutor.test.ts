import { expect, test } from 'vitest';
import { createBuilder } from '../../../graph-engine/program/builder.ts';
import type { Program } from '../../../graph-engine/program/program.ts';
import type { CompiledProgram, Executor } from '../compiledProgram.ts';
import { EngineError } from '../engineError.ts';
import { openWasmExecutor } from '../wasm/wasmExecutor.ts';
import { executorPort } from './messagePort.ts';
import { openRemoteExecutor } from './remoteExecutor.ts';
import { serveExecutor } from './serveExecutor.ts';
import { acrossPort } from '../testing/acrossPort.ts';
import { withQueue } from '../testing/withQueue.ts';
import { threeWeights as weight } from '../testing/threeWeights.ts';

/** `y = weight * x`, and `weight -= rate * x`. */
function program(): Program {
  const b = createBuilder('learn');
  const [x, rate] = [b.input('x', [3], 'float32'), b.input('rate', [], 'float32')];
  b.output('y', b.multiply(b.readVariable(weight), x));
  b.applyGradientDescent(weight, rate, x);
  return { variables: [weight], entries: { learn: b.entry() } };
}

const feeds = { x: Float32Array.of(1, 2, 3), rate: Float32Array.of(0.5) };

async function connected(open: () => Promise<Executor> = openWasmExecutor) {
  const { port1, port2 } = new MessageChannel();
  serveExecutor(executorPort(port2), open);
  return { executor: await openRemoteExecutor(executorPort(port1)), far: port2 };
}

test('an executor behind a port computes as it does here', async () => {
  const { executor } = await connected();
  expect(executor.name).toBe('WebAssembly');
  const compiled = await executor.compile(program(), { seed: 1 });
  expect(await compiled.run('learn', feeds)).toEqual({ y: Float32Array.of(2, 4, 6) });
  expect(await compiled.readVariables()).toEqual({ weight: Float32Array.of(1.5, 1, 0.5) });
  // A piece of a longer array.
  await compiled.writeVariables({ weight: Float32Array.of(0, 7, 8, 9).subarray(1) });
  expect(await compiled.run('learn', feeds, ['y'])).toEqual({ y: Float32Array.of(7, 16, 27) });
  await compiled.dispose();
  await expect(compiled.run('learn', feeds)).rejects.toThrow();
  await executor.dispose();
});

test('calls that wait fail when the other end goes away, and so do later ones', async () => {
  const { executor, far } = await connected(async () => ({
    name: 'Slow',
    threads: 1,
    compile: () => new Promise(() => undefined),
    dispose: () => Promise.resolve(),
  }));
  const waiting = executor.compile(program(), { seed: 1 });
  far.close();
  await expect(waiting).rejects.toThrow(EngineError);
  await expect(executor.compile(program(), { seed: 1 })).rejects.toThrow(/has ended/);
});

test('why the engine failed crosses with the place, and so does what the user can do', async () => {
  const { executor } = await connected(async () => ({
    name: 'Small',
    threads: 1,
    compile: () => Promise.reject(new EngineError('Small', 'out of memory: 8 GB', 'stage[2].conv')),
    dispose: () => Promise.resolve(),
  }));
  const failure = await executor.compile(program(), { seed: 1 }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EngineError);
  expect(failure).toMatchObject({ origin: 'stage[2].conv', problem: { code: 'engine/out-of-memory' } });
});

async function queuedHere(change: (compiled: CompiledProgram) => CompiledProgram = (compiled) => compiled) {
  const executor = await openWasmExecutor();
  const compiled = await executor.compile(program(), { seed: 1 });
  const across = await acrossPort(withQueue(change(compiled)).queued);
  const { queue } = across.compiled;
  if (queue === undefined) throw new Error('A program that can queue can do so from afar');
  return { ...across, queue };
}

test('steps are sent ahead, and what came of them crosses in one message', async () => {
  const { compiled, queue, crossed } = await queuedHere();
  const before = { ...crossed };
  const x = new Float32Array(3);
  const sent = Array.from({ length: 32 }, (_, step) => {
    x.fill(1 + step / 7);
    const results = queue.run('learn', { ...feeds, x });
    // They may be used again at once.
    x.fill(Number.NaN);
    return results;
  });
  queue.settle();
  const found = (await Promise.all(sent)).map(({ y }) => y);
  expect(crossed).toEqual({ requests: before.requests + 33, answers: before.answers + 1 });

  await compiled.writeVariables({ weight: Float32Array.of(2, 2, 2) });
  for (const [step, y] of found.entries()) {
    const waited = await compiled.run('learn', { ...feeds, x: new Float32Array(3).fill(1 + step / 7) });
    expect(y).toEqual(waited['y']);
  }
  expect(crossed.answers).toBe(before.answers + 34);
});

test('a step that fails is told with its own reason, and so are those around it', async () => {
  let calls = 0;
  const { queue } = await queuedHere((compiled) => ({
    ...compiled,
    run(entry, given, fetches) {
      calls++;
      if (calls === 3) return Promise.reject(new EngineError('Far', 'out of memory', 'stage[2].conv'));
      return calls > 3 ? Promise.reject(new Error('This program has failed')) : compiled.run(entry, given, fetches);
    },
  }));
  const sent = Array.from({ length: 4 }, () => queue.run('learn', feeds));
  queue.settle();
  expect(await Promise.allSettled(sent)).toEqual([
    { status: 'fulfilled', value: { y: Float32Array.of(2, 4, 6) } },
    { status: 'fulfilled', value: { y: Float32Array.of(1.5, 2, 1.5) } },
    {
      status: 'rejected',
      reason: expect.objectContaining({ detail: 'out of memory', origin: 'stage[2].conv' }) as Error,
    },
    { status: 'rejected', reason: expect.objectContaining({ message: expect.stringMatching(/has failed/) }) as Error },
  ]);
});

test('steps that are queued when the other end goes away fail, and so does what is queued later', async () => {
  const { queue, far } = await queuedHere();
  const sent = [queue.run('learn', feeds), queue.run('learn', feeds)];
  far.close();
  for (const results of sent) await expect(results).rejects.toThrow(/has ended/);
  await expect(queue.run('learn', feeds)).rejects.toThrow(EngineError);
  queue.settle();
});

test('nobody waits for ever at an executor that is closed meanwhile', async () => {
  const { executor } = await connected(async () => ({
    name: 'Slow',
    threads: 1,
    compile: () => new Promise(() => undefined),
    dispose: () => Promise.resolve(),
  }));
  const waiting = executor.compile(program(), { seed: 1 });
  const failed = expect(waiting).rejects.toThrow(/has been closed/);
  await executor.dispose();
  await failed;
});
