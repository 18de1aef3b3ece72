import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../../src/main/executors/tensorflowExecutor.ts';
import { networkTemplate } from '../support/networks.ts';
import { pythonWith } from '../support/python.ts';
import { firstResidual, regression, trainedWith } from '../support/scriptOptions.ts';
import { engineRun, lossesIn, runScripts, writeScript } from '../support/scriptRuns.ts';

const python = pythonWith('torch', 'safetensors');
const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-training-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cases: readonly (readonly [string, SkipwireDocument, number])[] = [
  ['residual', trainedWith(firstResidual, {}), 8],
  [
    'smoothed',
    trainedWith(firstResidual, {
      optimizer: { kind: 'adamw', weightDecay: 0.1 },
      weightDecaySpares: 'norms',
      labelSmoothing: 0.1,
      classWeights: { kind: 'balanced' },
      normalization: 'standardize',
      clipping: { kind: 'norm', maximum: 0.5 },
      averaging: { kind: 'ema', decay: 0.9 },
      schedule: { kind: 'one-cycle' },
      stratified: true,
    }),
    8,
  ],
  [
    'gathered',
    trainedWith(firstResidual, {
      optimizer: { kind: 'nesterov', weightDecay: 0.01 },
      weightDecaySpares: 'biases',
      accumulate: 2,
      clipping: { kind: 'value', maximum: 0.05 },
      schedule: { kind: 'step', warmupSteps: 4 },
    }),
    6,
  ],
  ['lamb', trainedWith(firstResidual, { optimizer: { kind: 'lamb' } }), 6],
  ['lion', trainedWith(firstResidual, { optimizer: { kind: 'lion' }, learningRate: 0.0003 }), 6],
  ['rmsprop', trainedWith(firstResidual, { optimizer: { kind: 'rmsprop', momentum: 0.5 }, learningRate: 0.0003 }), 6],
  [
    'regression',
    trainedWith(regression, { data: 'friedman', normalization: 'standardize', schedule: { kind: 'plateau' } }),
    8,
  ],
  ['masks', trainedWith(networkTemplate('u-net-padded.json'), { data: 'shape-masks', batchSize: 4 }), 2],
  ['text', trainedWith(networkTemplate('mini-gpt.json'), { data: 'licence-text', batchSize: 4 }), 2],
  ['game', trainedWith(networkTemplate('rl-tower-small.json'), { data: 'tic-tac-toe', batchSize: 16 }), 3],
];

/** What is drawn by chance, which is PyTorch's own there. */
const byChance: readonly (readonly [string, SkipwireDocument])[] = [
  [
    'varied',
    trainedWith(firstResidual, {
      augmentation: { flip: 'both', crop: {}, resizedCrop: {}, rotate: {}, colour: {}, erase: {} },
      normalization: 'standardize',
      mixing: { kind: 'mixup' },
      earlyStopping: { kind: 'patience' },
      checkpointEvery: 1,
      precision: 'bfloat16',
      judgedBy: 'measure',
    }),
  ],
  [
    'varied-masks',
    trainedWith(networkTemplate('u-net-padded.json'), {
      data: 'shape-masks',
      batchSize: 4,
      augmentation: { flip: 'horizontal', rotate: {} },
      mixing: { kind: 'cutmix' },
    }),
  ],
];

describe.skipIf(python === undefined)('a training script', () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await openTensorflowExecutor();
  });
  afterAll(() => executor.dispose());

  test('loses step by step what the engine loses from the same weights', { timeout: 600_000 }, async () => {
    const manifest = [];
    for (const [name, document, steps] of cases) {
      const { trainingPath, weightsPath } = await writeScript(folder, name, document);
      const out = path.join(folder, `${name}-run`);
      const limits = ['--steps', String(steps), '--log-every', '1', '--out', out];
      manifest.push({ name, module: name, script: trainingPath, arguments: ['--weights', weightsPath, ...limits] });
    }
    for (const [name, document] of byChance) {
      const { trainingPath } = await writeScript(folder, name, document);
      const limits = ['--steps', '2', '--log-every', '1', '--out', path.join(folder, `${name}-run`)];
      manifest.push({ name, module: name, script: trainingPath, arguments: limits });
    }
    const report = runScripts(python ?? '', path.join(folder, 'manifest.json'), manifest);
    for (const [name] of byChance) {
      const one = report[name];
      expect.soft(one !== undefined && 'lines' in one ? lossesIn(one.lines) : one, name).toHaveLength(2);
    }
    for (const [name, document, steps] of cases) {
      const one = report[name];
      if (one === undefined || 'problem' in one) {
        expect.soft(one?.problem, name).toBeUndefined();
        continue;
      }
      const { losses: expected } = await engineRun(executor, document, steps);
      const found = lossesIn(one.lines);
      expect.soft(found, name).toHaveLength(steps);
      for (const [step, loss] of expected.entries()) {
        // Both compute in float32: rounding errors of the first steps grow with each that follows.
        const allowed = 1e-5 * 3 ** step;
        const error = Math.abs((found[step] ?? NaN) / loss - 1);
        expect.soft(error, `${name}, step ${step + 1}: ${found[step]} for ${loss}`).toBeLessThan(allowed);
      }
    }
  });

  test.skipIf(pythonWith('keras', 'tensorflow') === undefined)(
    'of Keras loses in an epoch what the engine loses',
    { timeout: 600_000 },
    async () => {
      // Momentum and the lengths of LAMB are not the same there, as its notices say.
      const comparable = cases.filter(([name]) => !['gathered', 'lamb', 'rmsprop'].includes(name));
      const manifest = [];
      for (const [name, document, steps] of [...comparable, ...byChance.map((one) => [...one, 2] as const)]) {
        const { trainingPath, weightsPath } = await writeScript(
          folder,
          `keras_${name.replace('-', '_')}`,
          document,
          'keras',
        );
        const limits = ['--steps', String(steps), '--epochs', '1', '--out', path.join(folder, `keras-${name}`)];
        const module = `keras_${name.replace('-', '_')}`;
        manifest.push({ name, module, script: trainingPath, arguments: ['--weights', weightsPath, ...limits] });
      }
      const report = runScripts(python ?? '', path.join(folder, 'keras.json'), manifest);
      for (const [name, one] of Object.entries(report)) {
        expect.soft('problem' in one ? one.problem : undefined, name).toBeUndefined();
      }
      for (const [name, document, steps] of comparable) {
        const one = report[name];
        if (one === undefined || 'problem' in one) continue;
        const [titles = '', figures = ''] = readFileSync(
          path.join(folder, `keras-${name}`, 'metrics.csv'),
          'utf8',
        ).split('\n');
        const found = Number(figures.split(',')[titles.split(',').indexOf('loss')]);
        const { losses } = await engineRun(executor, document, steps);
        const expected = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
        expect.soft(Math.abs(found / expected - 1), `${name}: ${found} for ${expected}`).toBeLessThan(1e-3);
      }
    },
  );

  test('goes on from its checkpoint, and takes the same steps in two processes', { timeout: 300_000 }, async () => {
    const document = trainedWith(regression, { data: 'friedman', epochs: 2, batchSize: 64 });
    const { trainingPath, weightsPath } = await writeScript(folder, 'both', document);
    const run = (launcher: readonly string[], ...more: readonly string[]) =>
      execFileSync(
        python ?? '',
        [...launcher, trainingPath ?? '', '--weights', weightsPath, '--log-every', '1', ...more],
        { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
      ).split('\n');
    const whole = run([], '--out', 'whole');
    const begun = run([], '--out', 'parts', '--epochs', '1');
    const gone = run([], '--out', 'parts', '--resume');
    expect(lossesIn([...begun, ...gone])).toEqual(lossesIn(whole));
    const shared = lossesIn(run(['-m', 'torch.distributed.run', '--nproc_per_node', '2'], '--out', 'shared'));
    expect(shared).toHaveLength(lossesIn(whole).length);
    // Sums are added up in another order.
    for (const [step, loss] of lossesIn(whole).entries()) expect(shared[step]).toBeCloseTo(loss, 3);
  });
});
