import { expect, test } from 'vitest';
import { features, image } from '../../graph-engine/core/shape.ts';
import { opItems } from '../palette/catalogue.ts';
import { compatibleFirst, takes } from './compatibility.ts';

const item = (id: string) => {
  const found = opItems(null).find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no op "${id}"`);
  return found;
};

test('a convolution takes an image and no vector, a dense layer a vector; an Add takes both', () => {
  expect([takes(item('conv2d'), image(8, 8, 4)), takes(item('conv2d'), features(10))]).toEqual([true, false]);
  expect(takes(item('dense'), features(10))).toBe(true);
  expect([takes(item('add'), image(8, 8, 4)), takes(item('add'), features(10))]).toEqual([true, true]);
});

test('an input takes nothing, and what is not known yet bars nothing', () => {
  expect(takes(item('input'), image(8, 8, 4))).toBe(false);
  expect(takes(item('conv2d'), undefined)).toBe(true);
});

test('what fits comes first and nothing is lost', () => {
  const judged = compatibleFirst(opItems(null), true, features(10));
  const firstMisfit = judged.findIndex(({ fits }) => !fits);
  expect(judged.slice(firstMisfit).every(({ fits }) => !fits)).toBe(true);
  expect(judged).toHaveLength(opItems(null).length);
  expect(judged.find(({ item: { id } }) => id === 'conv2d')?.fits).toBe(false);
});
