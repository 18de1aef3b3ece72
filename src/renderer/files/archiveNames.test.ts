import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { isNamedLikeWeights } from '../../graph-engine/sources/checkpoint/isNamedLikeWeights.ts';
import { archiveNames } from './archiveNames.ts';

const archive = (...names: readonly string[]): Blob =>
  new Blob([Uint8Array.from(zipSync(Object.fromEntries(names.map((name) => [`${name}.npy`, new Uint8Array(99)]))))]);

async function isWeights(...names: readonly string[]): Promise<boolean> {
  const members = await archiveNames(archive(...names));
  expect(members).toEqual(names.map((name) => `${name}.npy`));
  return isNamedLikeWeights(members.map((name) => name.replace(/\.npy$/, '')));
}

test('arrays called by layers are weights, samples with targets are data', async () => {
  expect(await isWeights('conv1.weight', 'bn1.running_mean', 'fc.bias')).toBe(true);
  expect(await isWeights('stage1[0].conv1.kernel', 'dense.bias')).toBe(true);
  expect(await isWeights('params/Dense_0/kernel', 'params/Dense_0/bias')).toBe(true);
  expect(await isWeights('kernel', 'bias')).toBe(true);
  expect(await isWeights('x', 'y')).toBe(false);
  expect(await isWeights('x_train', 'y_train', 'x_test', 'y_test')).toBe(false);
  expect(await isWeights('arr_0', 'arr_1')).toBe(false);
});

test('what is no archive, or the list of one cut off, has no names', async () => {
  expect(await archiveNames(new Blob([new Uint8Array(10)]))).toEqual([]);
  expect(await archiveNames(new Blob([new Uint8Array(100_000)]))).toEqual([]);
  const whole = archive('x', 'y');
  expect(await archiveNames(whole.slice(whole.size - 30))).toEqual([]);
});
