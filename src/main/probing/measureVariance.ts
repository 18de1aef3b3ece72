import type { MeasuredVariance } from '../../contract/variance.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { finishStatistics } from '../../graph-engine/statistics/finishStatistics.ts';
import type { Executor } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { withStoredWeights } from '../files/storedWeights.ts';
import { batchSource } from '../training/batches.ts';
import { prepareData } from '../training/prepareData.ts';

/** The spread of values and gradients in one step on the first batch with new weights. Throws a `HostFailure`. */
export async function measureVariance(
  executor: Executor,
  document: SkipwireDocument,
): Promise<{ readonly points: readonly MeasuredVariance[]; readonly batch: number }> {
  const settings: SkipwireDocument['training'] = {
    ...document.training,
    // Nothing is learned, so nothing need be kept for it.
    optimizer: { kind: 'sgd', weightDecay: 0 },
    accumulate: 1,
    precision: 'float32',
    recompute: false,
  };
  const lowered = lowerDocument({ ...document, training: settings }, { statistics: true });
  if (!lowered.ok) {
    throw new HostFailure({
      code: 'document/has-errors',
      message: `The network has errors: ${lowered.error[0]?.message ?? ''}`,
    });
  }
  const { program, statistics } = (await withStoredWeights(document, lowered.value)).lowered;
  const { train } = program.entries;
  const data = await prepareData(lowered.value, settings);
  if (train === undefined || statistics === undefined) throw new Error('A network with a target can be trained');
  const compiled = await executor.compile(
    { variables: program.variables, entries: { train } },
    { seed: settings.seed, selfCheck: false },
  );
  try {
    for await (const { feeds, size } of batchSource(data, settings).training({ epoch: 0, offset: 0 })) {
      const learningRate = Float32Array.of(0);
      const seed = Int32Array.of(settings.seed, 0);
      const found = await compiled.run('train', { ...feeds, learningRate, seed }, statistics.fetches);
      const figures = finishStatistics(statistics, found, size);
      return { points: pointsOf(statistics, figures, size), batch: size };
    }
    throw new Error('The training part has no batch');
  } finally {
    await compiled.dispose();
  }
}

type Statistics = NonNullable<Extract<ReturnType<typeof lowerDocument>, { ok: true }>['value']['statistics']>;

function pointsOf({ columns, recipes }: Statistics, figures: Float32Array, batch: number): MeasuredVariance[] {
  const points = new Map<string, { path: string; mean: number; variance: number; gradient?: number }>();
  const elements = new Map<string, number>();
  columns.forEach(({ path, figure }, index) => {
    const value = figures[index] ?? Number.NaN;
    if (figure === 'mean') points.set(path, { path, mean: value, variance: 0 });
    const point = points.get(path);
    const recipe = recipes[index];
    if (point === undefined) return;
    if (figure === 'deviation' && recipe?.kind === 'deviation') {
      point.variance = value ** 2;
      elements.set(path, recipe.elements * (recipe.perExample ? batch : 1));
    }
    if (figure === 'gradient') point.gradient = value ** 2 / (elements.get(path) ?? 1);
  });
  return [...points.values()];
}
