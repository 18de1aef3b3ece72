import { describe, expect, test } from 'vitest';
import { networkOf, networkTemplate, type WrittenNode } from '../../../tests/support/networks.ts';
import { ops } from '../ops/index.ts';
import { compareVariance } from './compareVariance.ts';
import { describeVariance } from './describeVariance.ts';
import { forecastVariance } from './forecastVariance.ts';
import { varianceRules } from './varianceRules.ts';

const image: WrittenNode = { op: 'input', parameters: { height: 64, width: 64, channels: 16 } };
const head: Record<string, WrittenNode> = {
  pool: { op: 'globalAveragePooling' },
  dense: { op: 'dense', parameters: { units: 10 } },
  out: { op: 'classificationOutput' },
};
const at = (nodes: Record<string, WrittenNode>, path: string) => {
  const point = forecastVariance(networkOf({ ...nodes, ...head })).find((one) => one.path === path);
  if (point === undefined) throw new Error(`Nothing is foretold of ${path}`);
  return point;
};
const conv: WrittenNode = { op: 'conv2d', parameters: { filters: 16, kernel: [1, 1], bias: false } };

describe('what papers say', () => {
  test('He et al. 2015: behind a ReLU, weights of variance 2 / fan keep the variance of sums', () => {
    const nodes: Record<string, WrittenNode> = {
      image,
      c1: conv,
      r1: { op: 'relu' },
      c2: conv,
      r2: { op: 'relu' },
      c3: conv,
    };
    // The data have no ReLU in front: their variance doubles once, and is kept from then on.
    expect(at(nodes, 'c1').variance).toBeCloseTo(2, 6);
    expect(at(nodes, 'c2').variance).toBeCloseTo(2, 3);
    expect(at(nodes, 'c3').variance).toBeCloseTo(2, 3);
    const gradients = ['c1', 'c2'].map((path) => at(nodes, path).gradient ?? NaN);
    expect((gradients[0] ?? NaN) / (gradients[1] ?? NaN)).toBeCloseTo(1, 3);
  });

  test('Yang et al. 2019: behind batch normalization and ReLU, gradients of a plain network grow by π / (π − 1) a layer', () => {
    const layer = (n: number): Record<string, WrittenNode> => ({
      [`c${n}`]: conv,
      [`b${n}`]: { op: 'batchNormalization' },
      [`r${n}`]: { op: 'relu' },
    });
    const nodes = { image, ...layer(1), ...layer(2), ...layer(3), ...layer(4) };
    const growth = (at(nodes, 'b2').gradient ?? NaN) / (at(nodes, 'b3').gradient ?? NaN);
    expect(growth).toBeCloseTo(Math.PI / (Math.PI - 1), 2);
  });

  test('De and Smith 2020: with normalized branches the variance of a skip grows by one a block', () => {
    const nodes: Record<string, WrittenNode> = { image };
    let before = 'image';
    for (let block = 1; block <= 5; block++) {
      nodes[`b${block}`] = { op: 'batchNormalization', inputs: { input: before } };
      nodes[`r${block}`] = { op: 'relu' };
      nodes[`c${block}`] = conv;
      nodes[`add${block}`] = { op: 'add', inputs: { a: `c${block}`, b: before } };
      before = `add${block}`;
    }
    // The branch: a unit Gaussian, halved by the ReLU, doubled by the weights.
    [2, 3, 4, 5, 6].forEach((variance, i) => expect(at(nodes, `add${i + 1}`).variance).toBeCloseTo(variance, 2));
  });

  test('Zhang et al. 2019, Bachlechner et al. 2020: a branch that starts at zero leaves the skip as it is', () => {
    const nodes: Record<string, WrittenNode> = {
      image,
      c1: conv,
      alpha: { op: 'scale', parameters: { initial: 0 } },
      sum: { op: 'add', inputs: { a: 'alpha', b: 'image' } },
    };
    expect(at(nodes, 'sum').variance).toBe(1);
    expect(at(nodes, 'c1').gradient).toBe(0);
  });
});

test('padding takes taps away: at the border of a small image a sum has fewer terms', () => {
  const small: WrittenNode = { op: 'input', parameters: { height: 4, width: 4, channels: 16 } };
  const wide: WrittenNode = { op: 'conv2d', parameters: { filters: 16, kernel: [3, 3], bias: false } };
  // Along four positions, two windows of three taps lose one: 10 of 12.
  expect(at({ small, wide }, 'wide').variance).toBeCloseTo(2 * (10 / 12) ** 2, 6);
});

test('every op with a rule exists, and only few are left without', () => {
  const known = new Set(ops.map(({ type }) => type));
  expect(Object.keys(varianceRules).filter((type) => !known.has(type))).toEqual([]);
  const without = ops.filter(
    ({ type, family }) => family !== 'input' && family !== 'output' && varianceRules[type] === undefined,
  );
  expect(without.map(({ type }) => type).sort()).toEqual([
    'classToken',
    'gatedLinearUnit',
    'reduce',
    'softmax',
    'split',
  ]);
});

test('in words: plain-56 is warned about, resnet-56 is not', () => {
  const tones = (name: string) =>
    describeVariance(compareVariance(networkTemplate(name), null)).map(({ tone }) => tone);
  expect(tones('plain-56.json')).toEqual(['good', 'warning']);
  expect(tones('resnet-56.json')).toEqual(['good', 'good']);
  const [, gradients] = describeVariance(compareVariance(networkTemplate('plain-56.json'), null));
  expect(gradients?.text).toMatch(/^Gradients are foretold to grow 10\^\d\.\d-fold in variance on their way back/);
});
