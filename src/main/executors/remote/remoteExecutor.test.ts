import { expect, test } from 'vitest';
import { createBuilder } from '../../../graph-engine/program/builder.ts';
import type { Program } from '../../../graph-engine/program/program.ts';
import type { Executor } from '../compiledProgram.ts';
import { EngineError } from '../engineError.ts';
import { openWasmExecutor } from '../wasm/wasmExecutor.ts';
import { executorPort } from './messagePort.ts';
import { openRemoteExecutor } from './remoteExecutor.ts';
import { serveExecutor } from './serveExecutor.ts';
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
