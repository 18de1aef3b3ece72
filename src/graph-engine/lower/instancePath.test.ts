import { expect, test } from 'vitest';
import { NodeId } from '../document/schema.ts';
import { residualNetwork20 } from '../testing/examples.ts';
import { instancePrefix, placeOfPath } from './instancePath.ts';
import { lowerProbe } from './lowerProbe.ts';

test('every path leads to its place, and back', () => {
  const document = residualNetwork20();
  const lowered = lowerProbe(document);
  if (!lowered.ok) throw new Error('The template has errors');
  const inside = lowered.value.values.map(({ path }) => path).filter((path) => !path.endsWith(']'));
  expect(inside.length).toBeGreaterThan(80);
  for (const path of inside) {
    const place = placeOfPath(document, path);
    expect(place, path).toBeDefined();
    if (place !== undefined) expect(path.startsWith(instancePrefix(document, place.steps))).toBe(true);
  }
  expect(placeOfPath(document, 'stage2[1].conv2')).toEqual({
    steps: [{ node: NodeId.parse('stage2'), instance: 1 }],
    node: NodeId.parse('conv2'),
  });
  expect(placeOfPath(document, 'stage2[1].nothing')).toBeUndefined();
});
