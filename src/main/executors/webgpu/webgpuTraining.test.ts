import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { TrainingSettings } from '../../../graph-engine/document/trainingSettings.ts';
import { lowerDocument, type LoweredDocument } from '../../../graph-engine/lower/lowerDocument.ts';
import { createBuilder } from '../../../graph-engine/program/builder.ts';
import type { Program, Variable } from '../../../graph-engine/program/program.ts';
import { openEditor } from '../../../graph-engine/testing/openEditor.ts';
import type { CompiledProgram, Executor, NamedTensors } from '../compiledProgram.ts';
import { createInterpretedExecutor } from '../interpreted/createInterpretedExecutor.ts';
import { acrossPort } from '../testing/acrossPort.ts';
import { openWasmExecutor } from '../wasm/wasmExecutor.ts';
import { countDispatches } from './testing/countDispatches.ts';
import { hasSoftwareAdapter, useSoftwareAdapter } from './testing/softwareAdapter.ts';
import type { WebgpuEngine } from './webgpuEngine.ts';
import { threeWeights as weight } from '../testing/threeWeights.ts';

// A graphics processor that the processor plays is slow where others use it as well.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

async function openEngine(): Promise<WebgpuEngine> {
  useSoftwareAdapter();
  const { loadDawn } = await import('./dawn.ts');
  const gpu = await loadDawn();
  // TensorFlow.js's backend wants to find WebGPU when it is loaded.
  const { openWebgpuEngine } = await import('./webgpuEngine.ts');
  return openWebgpuEngine(gpu);
}

/** With batch normalization, an optimizer that counts its steps, and running means of the weights. */
function smallNetwork(): LoweredDocument {
  const editor = openEditor();
  editor.add('input', { height: 8, width: 8, channels: 1 }, 'input');
  editor.add('batchNormalization', {}, 'norm');
  editor.add('flatten', {}, 'flat');
  editor.add('dense', { units: 10 }, 'scores');
  editor.add('classificationOutput', {}, 'output');
  editor.wire('input', 'norm').wire('norm', 'flat').wire('flat', 'scores').wire('scores', 'output');
  const training = TrainingSettings.parse({ optimizer: { kind: 'adam' }, averaging: { kind: 'ema', decay: 0.9 } });
  const lowered = lowerDocument({ ...editor.document, training });
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
  return lowered.value;
}

const feedsOf = (number: number, batch: number): NamedTensors => ({
  'inputs/input': Float32Array.from({ length: batch * 64 }, (_, i) => Math.sin(i + number)),
  'targets/output': Int32Array.from({ length: batch }, (_, i) => (i + number) % 10),
  learningRate: Float32Array.of(0.01),
  seed: Int32Array.of(1, number),
});

/** Steps of two batch sizes, with weights that are written in the middle and predictions between; everything that was computed. */
async function course(compiled: CompiledProgram): Promise<number[]> {
  const found: number[] = [];
  for (let step = 0; step < 8; step++) {
    const { loss } = await compiled.run('train', feedsOf(step, step % 4 === 3 ? 2 : 4), ['loss']);
    await compiled.run('average', {});
    found.push(...(loss ?? []));
    if (step === 4) {
      const weights = await compiled.readVariables();
      await compiled.writeVariables(weights);
    }
    if (step >= 5) {
      const { 'inputs/input': images } = feedsOf(0, 2);
      const predicted = await compiled.run('predict', { 'inputs/input': images ?? new Float32Array() });
      found.push(...Object.values(predicted).flatMap((values) => Array.from(values)));
    }
  }
  const variables = await compiled.readVariables();
  return [...found, ...Object.values(variables).flatMap((values) => Array.from(values))];
}

if (hasSoftwareAdapter()) {
  let engine: WebgpuEngine;
  let executor: Executor;
  beforeAll(async () => {
    engine = await openEngine();
    executor = createInterpretedExecutor(engine);
  });
  afterAll(() => executor.dispose());

  test('steps that are told again are the steps that WebAssembly takes, and hold as much memory as one', async () => {
    const { program } = smallNetwork();
    const wasm = await openWasmExecutor();
    const options = { seed: 3, selfCheck: false };
    const compiled = await executor.compile(program, options);
    const [found, expected] = [await course(compiled), await course(await wasm.compile(program, options))];
    expect(found.length).toBe(expected.length);
    const worst = found.reduce((most, value, i) => {
      const wanted = expected[i] ?? Number.NaN;
      return Math.max(most, Math.abs(value - wanted) / Math.max(1, Math.abs(wanted)));
    }, 0);
    // Sums in another order, over eight steps of an optimizer that divides by small numbers.
    expect(worst).toBeLessThan(1e-3);

    async function take(steps: number): Promise<void> {
      for (let step = 0; step < steps; step++) {
        await compiled.run('train', feedsOf(step, 4), ['loss']);
        await compiled.run('average', {});
      }
    }
    // What was written on the way has to be recorded anew.
    await take(2);
    const held = engine.liveTensors();
    const bytes = engine.deviceMemory();
    const told = vi.spyOn(engine, 'upload');
    await take(12);
    // Nothing is uploaded but by what is made step by step.
    expect(told).not.toHaveBeenCalled();
    expect(engine.liveTensors()).toBe(held);
    expect(engine.deviceMemory()).toBe(bytes);

    const queue = compiled.queue;
    if (queue === undefined) throw new Error('A graphics processor computes beside the processor');
    const queued = Array.from({ length: 12 }, (_, step) => queue.run('train', feedsOf(step, 4), ['loss']));
    queue.settle();
    const losses = (await Promise.all(queued)).map(({ loss }) => loss?.[0]);
    expect(losses.every((loss) => Number.isFinite(loss))).toBe(true);
    expect(new Set(losses).size).toBe(12);
    expect(told).not.toHaveBeenCalled();
    expect(engine.liveTensors()).toBe(held);
    expect(engine.deviceMemory()).toBe(bytes);

    await compiled.dispose();
    expect(engine.liveTensors()).toBeLessThan(held);
    await wasm.dispose();
  });

  test('steps that are sent ahead through a port are the steps that are waited for, bit by bit', async () => {
    const { program } = smallNetwork();
    const train = async (way: 'ahead' | 'waiting') => {
      const { compiled, crossed } = await acrossPort(await executor.compile(program, { seed: 3, selfCheck: false }));
      const queue = way === 'ahead' ? compiled.queue : undefined;
      const sent: Promise<Record<string, unknown>>[] = [];
      const before = crossed.answers;
      for (let step = 0; step < 12; step++) {
        const results = (queue ?? compiled).run('train', feedsOf(step, 4), ['loss']);
        sent.push(results, (queue ?? compiled).run('average', {}));
        if (queue === undefined) await Promise.all(sent);
      }
      queue?.settle();
      const losses = await Promise.all(sent);
      const answers = crossed.answers - before;
      const variables = await compiled.readVariables();
      // What is queued when a program is let go of was computed, and comes.
      const last = queue?.run('train', feedsOf(12, 4), ['loss']);
      await compiled.dispose();
      await last;
      return { losses, variables, answers };
    };
    const [waited, ahead] = [await train('waiting'), await train('ahead')];
    expect(ahead.losses).toEqual(waited.losses);
    expect(ahead.variables).toEqual(waited.variables);
    expect(ahead.answers).toBeLessThan(waited.answers);
  });

  const count = 9;
  test.each([
    ['gradient descent', 'applyGradientDescent', 1, 1],
    ['momentum', 'applyMomentum', 1, 2],
    ['Nesterov’s momentum', 'applyMomentum', 1, 2],
    ['Adam', 'applyAdam', 3, 3],
  ] as const)('variables are updated together as they are one by one: %s', async (title, shader, scalars, changed) => {
    const numbers = Array.from({ length: count }, (_, i) => i);
    const made = (name: string, dims: readonly number[], value: number): Variable => ({
      ...{ name, dims, dtype: 'float32', role: 'weight', trainable: true, origin: '' },
      initializer: { kind: 'constant', value },
    });
    // The last is changed twice.
    const places = numbers.map((i) => `v${Math.min(i, count - 2)}`);
    const variables = numbers.slice(0, -1).flatMap((i) => {
      const dims = [1 + ((i * 67) % 150)];
      return [made(`v${i}`, dims, 2), made(`v${i} first`, dims, 0.25), made(`v${i} second`, dims, 0.5)];
    });
    const find = (name: string): Variable => variables.find((one) => one.name === name) ?? weight;
    const entry = (name: string, chosen: readonly number[]) => {
      const b = createBuilder(name);
      const [rate, power1, power2] = [
        b.input('rate', [], 'float32'),
        b.input('power1', [], 'float32'),
        b.input('power2', [], 'float32'),
      ];
      for (const i of chosen) {
        const place = places[i] ?? '';
        const variable = find(place);
        const [first, second] = [find(`${place} first`), find(`${place} second`)];
        const gradient = b.input(`gradient${i}`, variable.dims, 'float32');
        if (shader === 'applyGradientDescent') b.applyGradientDescent(variable, rate, gradient);
        else if (shader === 'applyMomentum') {
          const nesterov = title !== 'momentum';
          b.applyMomentum(variable, first, rate, gradient, { momentum: 0.9, nesterov });
        } else {
          const inputs = { learningRate: rate, gradient, beta1Power: power1, beta2Power: power2 };
          b.applyAdam(variable, { first, second }, inputs, { beta1: 0.9, beta2: 0.99, epsilon: 1e-3 });
        }
      }
      return b.entry();
    };
    const entries = Object.fromEntries([
      ['all', entry('all', numbers)],
      ...numbers.map((i) => [`one${i}`, entry(`one${i}`, [i])] as const),
    ]);
    const compiled = await executor.compile({ variables, entries }, { seed: 1, selfCheck: false });
    const shared = { rate: Float32Array.of(0.1), power1: Float32Array.of(0.9), power2: Float32Array.of(0.99) };
    const gradients = numbers.map((i) =>
      Float32Array.from({ length: find(places[i] ?? '').dims[0] ?? 0 }, (_, k) => Math.sin(1 + k * 1.7 + i)),
    );
    const initial = await compiled.readVariables();
    const all = Object.fromEntries(gradients.map((gradient, i) => [`gradient${i}`, gradient]));
    const counts = countDispatches(engine.gpuDevice);
    for (let step = 0; step < 3; step++) await compiled.run('all', { ...shared, ...all });
    const together = await compiled.readVariables();
    const most = Math.floor((engine.gpuDevice.limits.maxStorageBuffersPerShaderStage - scalars) / (1 + changed));
    expect(most).toBeGreaterThan(1);
    // The second change of the last waits for the first.
    expect(counts.get(shader)).toBe(3 * (Math.ceil((count - 1) / most) + 1));

    await compiled.writeVariables(initial);
    for (let step = 0; step < 3; step++) {
      for (const [i, gradient] of gradients.entries()) {
        await compiled.run(`one${i}`, { ...shared, [`gradient${i}`]: gradient });
      }
    }
    expect(await compiled.readVariables()).toEqual(together);
    expect(together['v0']).not.toEqual(initial['v0']);
    await compiled.dispose();
  });

  test('what is larger than the device takes is told with what would fit, and harms no other program', async () => {
    const engine = await openEngine();
    const executor = createInterpretedExecutor(engine);
    const spread = (size: number): Program => {
      const b = createBuilder('spread');
      b.output('sum', b.reduceSum(b.broadcastTo(b.input('x', [], 'float32'), [size, size]), [0, 1]));
      return { variables: [], entries: { spread: b.entry() } };
    };
    const large = await executor.compile(spread(2 ** 16), { seed: 1, selfCheck: false });
    const failure: unknown = await large.run('spread', { x: Float32Array.of(1) }).catch((error: unknown) => error);
    const detail = expect.stringContaining(`a tensor of ${2 ** 34} bytes; ${engine.gpu.largestTensor} fit`) as string;
    expect(failure).toMatchObject({ detail, problem: { code: 'engine/out-of-memory' } });
    const small = await executor.compile(spread(2 ** 5), { seed: 1, selfCheck: false });
    expect(await small.run('spread', { x: Float32Array.of(1) })).toEqual({ sum: Float32Array.of(1024) });
    await executor.dispose();
  });

  test('a device that is lost in the middle of a training ends it with that reason', async () => {
    const engine = await openEngine();
    const executor = createInterpretedExecutor(engine);
    const b = createBuilder('train');
    b.applyGradientDescent(weight, b.input('rate', [], 'float32'), b.readVariable(weight));
    b.output('loss', b.reduceSum(b.readVariable(weight), [0]));
    const program = { variables: [weight], entries: { train: b.entry() } };
    const compiled = await executor.compile(program, { seed: 3, selfCheck: false });
    const feeds = { rate: Float32Array.of(0.5) };
    for (let step = 0; step < 2; step++) await compiled.run('train', feeds);
    engine.gpuDevice.destroy();
    await engine.gpuDevice.lost;
    const failure: unknown = await compiled.run('train', feeds).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'EngineError' });
    expect(String(failure)).toMatch(/graphics processor was lost/);
    await expect(compiled.run('train', feeds)).rejects.toThrow('failed');
    await executor.dispose();
  });
} else {
  test('WebGPU is not tested here: there is no Chromium with SwiftShader', () => {
    expect(hasSoftwareAdapter()).toBe(false);
  });
}
