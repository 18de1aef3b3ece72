import { expect, test } from 'vitest';
import { NodeId } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import type { StatisticColumn } from '../../graph-engine/statistics/columns.ts';
import { residualNetwork20 } from '../../graph-engine/testing/examples.ts';
import { resolveScope } from '../store/scope.ts';
import { instancePrefix, placeOfPath } from '../../graph-engine/lower/instancePath.ts';
import { gradientWires } from './gradientWires.ts';
import { histogramPicture } from './paintHistograms.ts';
import { figureOf, joinStatistics, NO_STATISTICS, type RunStatistics } from './statisticSeries.ts';
import { trainingHeatOf } from './trainingHeat.ts';

const document = residualNetwork20();
const inferred = inferDocument(document);
const inside = [{ node: NodeId.parse('stage1'), instance: 1 }];

function statistics(values: Readonly<Record<string, readonly number[]>>): RunStatistics {
  const columns = Object.keys(values).map((key): StatisticColumn => {
    const [path = '', figure = '', port] = key.split(' ');
    return { path, figure: figure as StatisticColumn['figure'], ...(port !== undefined && { port }) };
  });
  const count = Object.values(values)[0]?.length ?? 0;
  const samples = Array.from({ length: count }, (_, at) =>
    Float32Array.from(Object.values(values), (one) => one[at] ?? 0),
  );
  return { columns, steps: samples.map((_, at) => 20 * at), epochs: samples.map((_, at) => at), samples };
}

const base64 = (values: readonly number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');

test('samples that come later are joined to those that are here', () => {
  const columns = [{ path: 'conv', figure: 'weight' as const }];
  const first = joinStatistics(NO_STATISTICS, { columns, steps: [0, 20], epochs: [0, 0.5], values: base64([1, 2]) });
  const all = joinStatistics(first, { columns: [], steps: [40], epochs: [1], values: base64([3]) });
  expect([all.steps, all.samples.map((sample) => sample[0])]).toEqual([
    [0, 20, 40],
    [1, 2, 3],
  ]);
  expect(joinStatistics(all, { columns: [], steps: [], epochs: [], values: '' })).toBe(all);
});

test('the path of a node names blocks and repetitions, and leads back to it', () => {
  expect(instancePrefix(document, inside)).toBe('stage1[1].');
  expect(placeOfPath(document, 'stage1[1].conv2')).toEqual({ steps: inside, node: 'conv2' });
  expect(placeOfPath(document, 'dense')).toEqual({ steps: [], node: 'dense' });
  expect(placeOfPath(document, 'stage9.conv')).toBeUndefined();
});

test('a block has the norms of all in it together, the mean share of dead units, and what leaves it', () => {
  const known = statistics({
    'stage1 gradient': [0.5],
    'stage1[0].conv1 weight': [3],
    'stage1[2].conv1 weight': [4],
    'stage1[0].relu1 dead': [0.2],
    'stage1[1].relu1 dead': [0.4],
    'stage10[0].conv1 weight': [100],
  });
  expect(figureOf(known, 0, 'stage1', 'weight')).toBeCloseTo(5, 6);
  expect(figureOf(known, 0, 'stage1', 'dead')).toBeCloseTo(0.3, 6);
  expect(figureOf(known, 0, 'stage1', 'gradient')).toBe(0.5);
  expect(figureOf(known, 0, 'stage1', 'mean')).toBeUndefined();
});

test('colours mean the same at every step: the scale is that of the whole run', () => {
  const known = statistics({ 'conv gradient': [1e-4, 1e-2], 'dense gradient': [1e-3, 1] });
  const at = (sample: number) => trainingHeatOf('gradientFlow', inferred.root, '', known, sample);
  expect([at(0).minimum, at(0).maximum]).toEqual(['1.0e−4', '1']);
  expect(at(0).values.get(NodeId.parse('conv'))).toEqual({ share: 0, level: 1, text: '1.0e−4' });
  expect(at(1).values.get(NodeId.parse('conv'))?.share).toBeCloseTo(0.5, 5);
  expect(at(1).values.get(NodeId.parse('dense'))?.level).toBe(5);
  expect(at(1).values.has(NodeId.parse('bn'))).toBe(false);
});

test('at a fork the identity is told from the branch, through nodes that are bypassed', () => {
  const { graph, inferred: shown } = resolveScope(document, inferred, inside);
  if (shown === undefined) throw new Error('The stage is inferred');
  const known = statistics({
    'stage1[1].conv1 inputGradient input': [1],
    'stage1[1].add inputGradient b': [3],
    'stage1[1].bn2 gradient': [3],
    'stage1[1].conv1 gradient': [0.5],
  });
  const wires = gradientWires(graph, shown, 'stage1[1].', known, 0);
  // The shortcut passes a projection, its normalization, a subsampling and a padding, none of which is on here.
  expect(wires.get('projection:input')?.text).toBe('3 · 75\u202f%');
  expect(wires.get('conv1:input')?.text).toBe('1 · 25\u202f%');
  expect(wires.get('add:b')).toMatchObject({ share: 1, text: '3' });
  expect(wires.get('add:a')?.text).toBe('3');
  expect(wires.get('bn1:input')?.share).toBe(0);
});

test('distributions of different widths share an axis, and nothing gets lost', () => {
  const picture = histogramPicture({
    steps: [0, 20],
    histograms: [
      { minimum: -1, maximum: 1, counts: [1, 1, 1, 1] },
      { minimum: 0, maximum: 0, counts: [9, 0, 0, 0] },
    ],
  });
  if (picture === undefined) throw new Error('There is something to see');
  const [wide, narrow] = picture.columns;
  expect([picture.minimum, picture.maximum]).toEqual([-1, 1]);
  expect(new Set(wide)).toEqual(new Set([1]));
  expect(narrow?.reduce((sum, share) => sum + share, 0)).toBe(1);
  expect(narrow?.[32]).toBe(1);
});
