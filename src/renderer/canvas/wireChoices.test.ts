import { expect, test } from 'vitest';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { networkOf } from '../../../tests/support/networks.ts';
import { wireChoices } from './wireChoices.ts';

test('free inputs come first, the nearest before all; taken ones say whose wire they lose; loops are not offered', () => {
  const { graph } = networkOf({
    image: { op: 'input', position: { x: 0, y: 0 } },
    conv: { op: 'conv2d', inputs: { input: 'image' }, position: { x: 200, y: 0 } },
    bn: { op: 'batchNormalization', inputs: { input: 'conv' }, position: { x: 400, y: 0 } },
    sum: { op: 'add', inputs: { a: 'bn' }, position: { x: 600, y: 0 } },
    far: { op: 'relu', inputs: {}, position: { x: 2000, y: 0 } },
  });
  const told = wireChoices(graph, 'conv' as NodeId, {}).map(
    ({ to, target, replaces }) => `${target}.${to.port}${replaces === null ? '' : ` instead of ${replaces}`}`,
  );
  expect(told).toEqual(['sum.b', 'far.input', 'sum.a instead of bn']);
});

test('of several outputs each one can be chosen; what has no input to feed offers nothing', () => {
  const { graph } = networkOf({
    out: { op: 'classificationOutput', position: { x: 0, y: 0 } },
    relu: { op: 'relu', inputs: {}, position: { x: 200, y: 0 } },
  });
  expect(wireChoices(graph, 'out' as NodeId, {}).map(({ from }) => from.port)).toEqual(['probabilities', 'logits']);
  const { graph: alone } = networkOf({ relu: { op: 'relu', position: { x: 0, y: 0 } } });
  expect(wireChoices(alone, 'relu' as NodeId, {})).toEqual([]);
});
