import { expect, test } from 'vitest';
import { setEnabled } from '../document/commands/editNode.ts';
import { NodeId } from '../document/schema.ts';
import { createInterpreter } from '../program/interpreter/createInterpreter.ts';
import { columnKey } from '../statistics/columns.ts';
import { finishStatistics } from '../statistics/finishStatistics.ts';
import { histogramOf } from '../statistics/histogram.ts';
import { isHistogramStep, isSampledStep } from '../statistics/sampledSteps.ts';
import { residualDigits, residualNetwork20 } from '../testing/examples.ts';
import { openEditor } from '../testing/openEditor.ts';
import { lowerDocument } from './lowerDocument.ts';

const images = {
  dims: [4, 8, 8, 1],
  data: Float64Array.from({ length: 256 }, (_, i) => (Math.floor((i % 64) / 8) === 2 * Math.floor(i / 64) ? 1 : 0)),
};

/** What the first residual network tells about its first step, after `prepare` has changed its weights. */
function firstStep(document = residualDigits(), prepare: Readonly<Record<string, readonly number[]>> = {}) {
  const lowered = lowerDocument(document, { statistics: true });
  if (!lowered.ok) throw new Error(lowered.error[0]?.message);
  const { program, statistics } = lowered.value;
  if (statistics === undefined) throw new Error('Statistics were wished');
  const interpreter = createInterpreter(program, { seed: 3, precision: 'float64' });
  for (const [name, values] of Object.entries(prepare)) interpreter.write(name, values);
  const before = (name: string) => interpreter.read(name);
  const weights = new Map(program.variables.map(({ name }) => [name, before(name)]));
  const fetched = interpreter.run('train', {
    'inputs/input': images,
    'targets/output': { dims: [4], data: Float64Array.of(0, 1, 2, 3) },
    learningRate: { dims: [], data: Float64Array.of(0.01) },
    seed: { dims: [2], data: Float64Array.of(1, 0) },
  });
  const numbers = Object.fromEntries(Object.entries(fetched).map(([name, { data }]) => [name, data]));
  const values = finishStatistics(statistics, numbers, 4);
  const found = new Map(statistics.columns.map((column, i) => [columnKey(column), values[i] ?? Number.NaN]));
  return { found, fetched, statistics, weights, interpreter, program };
}

test('units that are positive nowhere in the batch are dead', () => {
  const { program } = firstStep();
  const first = program.variables.find(({ name }) => name.endsWith('.offset'));
  if (first === undefined) throw new Error('The network normalizes');
  const units = first.dims[0] ?? 0;
  // A quarter of the channels is pushed far below zero.
  const { found } = firstStep(residualDigits(), {
    [first.name]: Array.from({ length: units }, (_, i) => (i % 4 === 0 ? -100 : 0)),
  });
  const dead = [...found].filter(([key]) => key.endsWith(' dead')).map(([, value]) => value);
  expect(Math.max(...dead)).toBeCloseTo(0.25, 6);
});

test('an update is the difference that the step has made', () => {
  const { found, weights, interpreter } = firstStep();
  const moved = (name: string) => {
    const [before, after] = [weights.get(name) ?? [], Array.from(interpreter.read(name))];
    return after.reduce((sum, value, i) => sum + (value - (before[i] ?? 0)) ** 2, 0);
  };
  expect(found.get('dense update')).toBeCloseTo(Math.sqrt(moved('dense.kernel') + moved('dense.bias')), 6);
});

test('the shares of a fork are told apart, and nodes that are bypassed are left out', () => {
  const document = residualDigits();
  const { found } = firstStep(document);
  expect([...found.keys()].filter((key) => key.includes('inputGradient')).length).toBeGreaterThanOrEqual(2);
  const editor = openEditor(document);
  const [relu] = Object.entries(document.graph.nodes).flatMap(([id, node]) =>
    'op' in node && node.op === 'relu' ? [id] : [],
  );
  editor.dispatch(setEnabled, { scope: null, ids: [NodeId.parse(relu)], enabled: false });
  expect(firstStep(editor.document).found.size).toBeLessThan(found.size);
});

test('a block has the values that leave it, and what enters it has its part of a gradient', () => {
  const lowered = lowerDocument(residualNetwork20(), { statistics: true });
  const { columns = [], recipes = [] } = (lowered.ok && lowered.value.statistics) || {};
  const placeOf = (key: string) => recipes[columns.findIndex((column) => columnKey(column) === key)];
  expect(placeOf('stage1[1] gradient')).toEqual(placeOf('stage1[1].relu2 gradient'));
  expect(placeOf('stage1 mean')).toEqual(placeOf('stage1[2].relu2 mean'));
  // All uses of what enters a stage are inside it: the wire has the whole gradient.
  expect(placeOf('stage1[0].input inputGradient input')).toBeUndefined();
  expect(placeOf('stage1[0].conv1 inputGradient input')).not.toEqual(placeOf('stage1[0].add inputGradient b'));
});

test('samples are as many as announced, evenly over the examples', () => {
  const { fetched, statistics } = firstStep();
  for (const { fetch, perExample, of } of statistics.samples) {
    const count = of.reduce((sum, one) => sum + one.count, 0);
    expect(fetched[fetch]?.dims).toEqual(perExample ? [4, count] : [count]);
  }
  const kinds = statistics.samples.flatMap(({ of }) => of.map(({ kind }) => kind));
  expect([...new Set(kinds)].sort()).toEqual(['activation', 'gradient', 'weight', 'weightGradient']);
});

test('the longer a run, the more seldom it is sampled: some hundred samples for each doubling', () => {
  const sampled = Array.from({ length: 400_000 }, (_, step) => step).filter((step) => isSampledStep(step, 50));
  expect(sampled.slice(0, 3)).toEqual([0, 50, 100]);
  expect(sampled.length).toBeLessThan(400 + 200 * Math.log2(400_000 / 20_000) + 2);
  const histograms = sampled.filter((step) => isHistogramStep(step, 50));
  expect(histograms.length).toBeGreaterThan(50);
  expect(histograms.length).toBeLessThan(50 + 25 * Math.log2(400_000 / 2_500) + 2);
  expect([0, 1, 7].filter((step) => isSampledStep(step, 0))).toEqual([]);
});

test('a histogram counts every finite value once', () => {
  const { minimum, maximum, counts } = histogramOf([-1, 0, 0.5, 1, Number.NaN, Infinity]);
  expect([minimum, maximum]).toEqual([-1, 1]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
  expect([counts[0], counts[16], counts[24], counts[31]]).toEqual([1, 1, 1, 1]);
  expect(histogramOf([2, 2, 2]).counts[0]).toBe(3);
});
