import { expect, test } from 'vitest';
import { choiceTarget, numberTarget } from '../../graph-engine/core/objective.ts';
import { features, image, tokens } from '../../graph-engine/core/shape.ts';
import type { DataTarget } from '../../graph-engine/training/dataDescription.ts';
import { batchesOf, type FeedColumn } from '../training/batches.ts';
import type { DataSet } from './dataSet.ts';
import { inputColumn, targetColumn } from './feedColumns.ts';
import { fitMasks } from './fitMasks.ts';

const common = { id: 'set', title: 'Set', description: '', licence: '' };
const mask: DataTarget & { kind: 'mask' } = { kind: 'mask', name: 'mask', height: 2, width: 2, classes: ['a', 'b'] };
const pictures: DataSet = {
  description: {
    ...common,
    inputs: [{ kind: 'image', name: 'image', height: 2, width: 2, channels: 1 }],
    targets: [{ kind: 'class', name: 'kind', classes: ['x', 'y', 'z'] }, mask],
    samples: 2,
  },
  inputs: [Float32Array.of(0, 0.25, 0.5, 1, 1, 1, 0, 0)],
  targets: [Int32Array.of(2, 1), Int32Array.of(0, 1, 1, 0, 1, 1, 0, 0)],
};
const [picture, [kind]] = [pictures.description.inputs[0], pictures.description.targets];
if (picture?.kind !== 'image' || kind === undefined) throw new Error('unreachable');

function rowsOf(column: FeedColumn): number[][] {
  const rows: number[][] = [];
  // The arrays of a batch are used again for the next one.
  for (const { feeds } of batchesOf([column], Int32Array.of(1, 0), 1)) rows.push([...(feeds[column.feed] ?? [])]);
  return rows;
}

test('images, classes and yes or no are written for the sample that is asked for', () => {
  const target = targetColumn(pictures, kind, 't', choiceTarget('class', [], 3), undefined).column;
  expect(rowsOf(target)).toEqual([[1], [2]]);
  const flags = targetColumn(pictures, kind, 't', numberTarget('flags', features(3).axes), undefined).column;
  expect(rowsOf(flags)).toEqual([
    [0, 1, 0],
    [0, 0, 1],
  ]);
  expect(rowsOf(inputColumn(pictures, picture, 'i', image(2, 2, 1)).column)).toEqual([
    [1, 1, 0, 0],
    [0, 0.25, 0.5, 1],
  ]);
});

test('masks and images are enlarged together', () => {
  const wanted = choiceTarget('mask', image(4, 4, 2).axes.slice(0, 2), 2);
  const { column, notices } = targetColumn(pictures, mask, 't', wanted, { height: 4, width: 4 });
  expect(rowsOf(column)[1]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0]);
  expect(notices).toEqual(['Set: masks were resized to 4×4 to fit the output.']);
  const images = inputColumn(pictures, picture, 'i', image(4, 4, 1));
  expect(images.column.sampleSize).toBe(16);
  expect(images.notices).toHaveLength(1);
});

test('an output without a border looks at the middle, as in the U-Net of 2015', () => {
  const fit = fitMasks('Set', { height: 6, width: 6 }, { height: 6, width: 6 }, { height: 4, width: 4 });
  expect([...fit.pixels]).toEqual([7, 8, 9, 10, 13, 14, 15, 16, 19, 20, 21, 22, 25, 26, 27, 28]);
  expect(fit.notices[0]).toMatch(/cut to the middle 4×4 pixels/);
});

test('a coarser output looks at every second pixel', () => {
  const fit = fitMasks('Set', { height: 4, width: 4 }, { height: 4, width: 4 }, { height: 2, width: 2 });
  expect([...fit.pixels]).toEqual([5, 7, 13, 15]);
});

test('windows of a text do not overlap, and targets are one token ahead', () => {
  const stream = Int32Array.of(0, 1, 2, 3, 4, 5, 6);
  const text: DataSet = {
    description: {
      ...common,
      inputs: [{ kind: 'text', name: 'text', length: 7, vocabulary: [...'abcdefg'] }],
      targets: [{ kind: 'next-token', name: 'next', vocabulary: [...'abcdefg'] }],
      samples: 7,
    },
    inputs: [stream],
    targets: [stream],
  };
  const [input, target] = [text.description.inputs[0], text.description.targets[0]];
  if (input === undefined || target === undefined) throw new Error('unreachable');
  expect(rowsOf(inputColumn(text, input, 'i', tokens(3, 7)).column)).toEqual([
    [3, 4, 5],
    [0, 1, 2],
  ]);
  const next = choiceTarget('tokens', tokens(3).axes, 7);
  expect(rowsOf(targetColumn(text, target, 't', next, undefined).column)).toEqual([
    [4, 5, 6],
    [1, 2, 3],
  ]);
});
