import { expect, test } from 'vitest';
import { flattenSettings, settingInWords, settingsThatDiffer } from './compareSettings.ts';

const one = { learningRate: 0.1, optimizer: { kind: 'sgd', momentum: 0.9 }, seed: 1 };
const other = { learningRate: 0.1, optimizer: { kind: 'adam', beta1: 0.9 }, seed: 1, recompute: true };

test('settings inside others carry their names; lists and what is left out', () => {
  expect([...flattenSettings({ ...one, sizes: [1, 2], none: undefined })]).toEqual([
    ['learningRate', '0.1'],
    ['optimizer kind', 'sgd'],
    ['optimizer momentum', '0.9'],
    ['seed', '1'],
    ['sizes', '[1,2]'],
  ]);
});

test('only what differs is listed, of any number of runs, with gaps where one has no such setting', () => {
  expect(settingsThatDiffer([one, other, one])).toEqual([
    { setting: 'optimizer kind', values: ['sgd', 'adam', 'sgd'] },
    { setting: 'optimizer momentum', values: ['0.9', undefined, '0.9'] },
    { setting: 'optimizer beta1', values: [undefined, '0.9', undefined] },
    { setting: 'recompute', values: [undefined, 'true', undefined] },
  ]);
  expect(settingsThatDiffer([one, one])).toEqual([]);
});

test('a place in words', () => {
  expect(
    ['learningRate', 'optimizer kind', 'optimizer weightDecay', 'kind', 'schedule warmUp kind'].map(settingInWords),
  ).toEqual(['learning rate', 'optimizer', 'optimizer weight decay', 'kind', 'schedule warm up']);
});
