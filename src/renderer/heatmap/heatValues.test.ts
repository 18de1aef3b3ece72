import { expect, test } from 'vitest';
import { NodeId } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { receptiveFields } from '../../graph-engine/infer/receptiveField.ts';
import { residualNetwork20 } from '../../graph-engine/testing/examples.ts';
import { heatMapOf, type CostMetric } from './heatValues.ts';

const document = residualNetwork20();
const at = (metric: CostMetric, id: string) => {
  const { values } = heatMapOf(metric, inferDocument(document).root, receptiveFields(document));
  return values.get(NodeId.parse(id));
};

test('the node with the most is the hottest, one with nothing has no tint and no words', () => {
  expect(at('parameters', 'stage3')).toEqual({ share: 1, level: 5, text: '204k · 75\u202f%' });
  expect(at('parameters', 'relu')).toEqual({ share: 0, level: 0, text: '' });
  expect(at('macs', 'stage1')?.level).toBe(5);
  expect(at('macs', 'dense')?.text).toBe('640 · <1\u202f%');
  expect(at('activations', 'stage1')?.level).toBe(5);
});

test('a receptive field is told as it is, and everything is the most', () => {
  expect(at('receptiveField', 'conv')).toMatchObject({ level: 1, text: '3×3' });
  expect(at('receptiveField', 'stage3')).toEqual({ share: 1, level: 5, text: '81×81' });
  expect(at('receptiveField', 'pool')).toEqual({ share: 1, level: 5, text: 'everything' });
});
