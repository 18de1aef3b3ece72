import { expect, test } from 'vitest';
import { z } from 'zod';
import { dataSettings, TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { fieldsOf, type SettingField } from './schemaFields.ts';

function field(key: string): SettingField {
  const found = fieldsOf(TrainingSettings.omit(dataSettings)).find((one) => one.key === key);
  if (found === undefined) throw new Error(`no field ${key}`);
  return found;
}

test('every training setting gets a field with its reason', () => {
  const fields = fieldsOf(TrainingSettings.omit(dataSettings));
  expect(fields.map((one) => one.key)).toEqual(Object.keys(TrainingSettings.omit(dataSettings).shape));
  for (const one of fields) expect(one.help, one.key).not.toBe('');
});

test('bounds come from the schema', () => {
  expect(field('epochs')).toMatchObject({ label: 'Epochs', bounds: { integer: true, minimum: 1, maximum: 100_000 } });
  expect(field('learningRate')).toMatchObject({
    label: 'Learning rate',
    bounds: { integer: false, minimum: 0, minimumExcluded: true, maximum: 100, maximumExcluded: false },
  });
});

test('an optimizer brings its own fields, words and defaults', () => {
  const optimizer = field('optimizer');
  if (optimizer.kind !== 'union') throw new Error('not a union');
  expect(optimizer.variants.map((variant) => variant.label)).toEqual([
    'SGD',
    'Momentum',
    'Nesterov',
    'Adam',
    'AdamW',
    'RMSProp',
    'LAMB',
    'Lion',
  ]);
  const adamw = optimizer.variants.find((variant) => variant.value === 'adamw');
  expect(adamw?.fields.map((one) => one.key)).toEqual(['beta1', 'beta2', 'epsilon', 'weightDecay']);
  expect(adamw?.initial).toMatchObject({ kind: 'adamw', weightDecay: 0.01 });
  for (const variant of optimizer.variants) expect(variant.help).not.toBe('');
});

test('what a choice sets is valid', () => {
  for (const key of ['optimizer', 'schedule'] as const) {
    const union = field(key);
    if (union.kind !== 'union') throw new Error('not a union');
    for (const variant of union.variants) {
      expect(TrainingSettings.shape[key].parse(variant.initial)).toEqual(variant.initial);
    }
  }
});

test('a setting nobody can show is a bug', () => {
  expect(() => fieldsOf(z.object({ when: z.date() }))).toThrow('"when"');
});
