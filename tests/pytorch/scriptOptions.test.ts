import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { stateDictionary } from '../../src/graph-engine/targets/python/stateDictionary.ts';
import type { SourceFramework } from '../../src/graph-engine/targets/python/sourceFramework.ts';
import { encodeSafetensors } from '../../src/graph-engine/targets/safetensors/safetensors.ts';
import { sourceTargets } from '../../src/graph-engine/targets/sourceTargets.ts';
import { learningRateAt } from '../../src/graph-engine/training/learningRate.ts';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../../src/main/executors/tensorflowExecutor.ts';
import { pythonWith } from '../support/python.ts';
import { scriptOptions, type ScriptOption } from '../support/scriptOptions.ts';
import { engineRun, lossesIn, runScripts, writeScript } from '../support/scriptRuns.ts';

const STEPS = 3;
const RATES = [90, 45] as const;
const folder = mkdtempSync(path.join(tmpdir(), 'skipwire-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pythons: Readonly<Record<SourceFramework, string | undefined>> = {
  pytorch: pythonWith('torch', 'torchvision', 'safetensors'),
  keras: pythonWith('keras', 'tensorflow', 'safetensors'),
};

interface Tolerances {
  readonly loss: number;
  readonly learned: number;
  readonly statistics: number;
}

/**
 * How far losses (relative) and weights (as a share of how far training has moved them) may be from the engine's. In float32 sums of
 * some hundred terms are off by 1e-6 of their terms, and the rules of Adam and its like divide small gradients by themselves: what is
 * uncertain in a gradient near zero is then a whole step, for a few weights. A number in bfloat16 has 8 bits, in float16 11: each
 * product is off by 4e-3 or 5e-4 of itself, and ten layers deep the gradients by several times that.
 *
 * Keras's convolutions add up in another order, so now and then a number near zero is on the other side of a ReLU, which shifts the
 * gradients by 1e-3; its variances are divided by the count of their numbers n, not by n - 1, which is 5e-4 or, where steps are gathered
 * of parts of 16 images of 64 pixels, 1e-3; and it does not average statistics.
 */
function tolerances(framework: SourceFramework, { document: { training } }: ScriptOption): Tolerances {
  const { precision, optimizer, averaging } = training;
  const keras = framework === 'keras';
  const statistics = keras ? (averaging?.kind === 'ema' ? Infinity : 2e-3) : 1e-4;
  if (precision === 'bfloat16') return { loss: 2e-2, learned: 0.1, statistics: 2e-2 };
  if (precision === 'float16') return { loss: 2e-3, learned: 2e-2, statistics: 2e-3 };
  const divides = ['adam', 'adamw', 'lamb', 'rmsprop'].includes(optimizer.kind);
  return { loss: 1e-4, learned: divides ? 2e-2 : keras ? 3e-3 : 1e-4, statistics };
}

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

/** Runs to their end, to see what ends them. */
const runsToItsEnd = ({ name }: ScriptOption): boolean => name === 'early_stopping';

describe.each(['pytorch', 'keras'] as const)('in %s', (framework) => {
  const python = pythons[framework];
  test.skipIf(python === undefined)(
    'every option of a script runs, and takes the engine’s own steps where nothing is drawn by chance',
    { timeout: 3_600_000 },
    async () => {
      const entries: object[] = [];
      const losses = new Map<string, readonly number[]>();
      for (const option of scriptOptions) {
        const { name, document } = option;
        const module = `${framework}_${name}`;
        const { trainingPath, weightsPath } = await writeScript(folder, module, document, framework);
        const out = path.join(folder, `${module}-run`);
        const entry = { name, module, script: trainingPath, rates: RATES };
        const told = framework === 'pytorch' ? ['--log-every', '1'] : [];
        const begin = ['--weights', weightsPath, '--out', out, ...told];
        if (runsToItsEnd(option)) {
          entries.push({ ...entry, arguments: begin });
          continue;
        }
        // Keras counts batches; those of one step are gathered.
        const batches = framework === 'pytorch' ? STEPS : STEPS * (document.training.accumulate ?? 1);
        const limits = ['--epochs', '1', '--steps', String(batches)];
        if (option.byChance === true) {
          entries.push({ ...entry, arguments: [...begin, ...limits] });
          continue;
        }
        const run = await engineRun(executor, document, STEPS);
        losses.set(name, run.losses);
        const { state } = sourceTargets[framework].write(document, inferDocument(document));
        const expected = path.join(folder, `${module}-expected.safetensors`);
        const tensors = stateDictionary(run.variables, state, run.valuesOf);
        writeFileSync(expected, encodeSafetensors({ tensors, metadata: {} }));
        const learned = run.variables.flatMap(({ name: variable, trainable }) =>
          trainable ? [state.get(variable)?.name] : [],
        );
        const written = path.join(out, framework === 'pytorch' ? 'last.safetensors' : 'best.weights.h5');
        entries.push({ ...entry, arguments: [...begin, ...limits], initial: weightsPath, expected, learned, written });
      }
      const report = runScripts(python ?? '', path.join(folder, `${framework}.json`), entries);
      const rows: Record<string, object> = {};
      for (const option of scriptOptions) {
        const { name, document } = option;
        const one = report[name];
        if (one === undefined || 'problem' in one) {
          expect.soft(one?.problem ?? 'nothing', name).toBe('');
          continue;
        }
        for (const [step, rate] of (one.rates ?? []).entries()) {
          expect.soft(Math.abs(rate / learningRateAt(document.training, step, RATES[1]) - 1), name).toBeLessThan(1e-6);
        }
        if (runsToItsEnd(option)) {
          const epochs =
            framework === 'pytorch'
              ? one.lines.filter((line) => line.startsWith('epoch ')).length
              : epochsOf(name).length;
          expect.soft(epochs, name).toBe(3);
          rows[name] = { epochs };
          continue;
        }
        const found = framework === 'pytorch' ? lossesIn(one.lines) : epochsOf(name).map(Number);
        expect.soft(found, name).toHaveLength(framework === 'pytorch' ? STEPS : 1);
        expect.soft(found.every(Number.isFinite), name).toBe(true);
        const wanted = losses.get(name);
        if (wanted === undefined) continue;
        // Keras tells the mean of an epoch.
        const expected =
          framework === 'pytorch' ? wanted : [wanted.reduce((sum, loss) => sum + loss, 0) / wanted.length];
        const off = Math.max(...expected.map((loss, step) => Math.abs((found[step] ?? NaN) / loss - 1)));
        const figures = { loss: off, learned: NaN, statistics: NaN, ...one.apart };
        rows[name] = figures;
        const allowed = tolerances(framework, option);
        for (const figure of ['loss', 'learned', 'statistics'] as const)
          expect.soft(figures[figure], `${figure} of ${name}`).toBeLessThan(allowed[figure]);
      }
      if (process.env['SKIPWIRE_VERIFY'] === 'all') console.table(rows);
    },
  );

  /** What Keras has written down of each epoch: its loss. */
  function epochsOf(name: string): readonly string[] {
    const file = path.join(folder, `${framework}_${name}-run`, 'metrics.csv');
    const [titles = '', ...rows] = readFileSync(file, 'utf8').trim().split('\n');
    return rows.map((row) => row.split(',')[titles.split(',').indexOf('loss')] ?? '');
  }
});

test.skipIf(pythons.pytorch === undefined)(
  'under torchrun with one process a script loses what it loses alone',
  { timeout: 600_000 },
  async () => {
    const [plain] = scriptOptions;
    if (plain === undefined) throw new Error('There are options');
    const { trainingPath, weightsPath } = await writeScript(folder, 'launched', plain.document);
    const run = (...launcher: readonly string[]): string =>
      execFileSync(
        pythons.pytorch ?? '',
        [
          ...launcher,
          trainingPath ?? '',
          '--weights',
          weightsPath,
          '--steps',
          '3',
          '--log-every',
          '1',
          '--out',
          'alone',
        ],
        { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
      );
    const launched = lossesIn(run('-m', 'torch.distributed.run', '--nproc_per_node', '1').split('\n'));
    expect(launched).toHaveLength(3);
    expect(launched).toEqual(lossesIn(run().split('\n')));
  },
);
