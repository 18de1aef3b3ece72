import { expect, test } from 'vitest';
import { opDefinitions, opNamed } from '../../graph-engine/ops/index.ts';
import { fieldsOfBlock, fieldsOfOp, type FormField } from './formFields.ts';
import { formatField, parseField } from './parseField.ts';

function field(op: string, name: string): FormField {
  const definition = opNamed(op);
  const found =
    definition === undefined ? undefined : fieldsOfOp(definition.parameters).find((one) => one.name === name);
  if (found === undefined) throw new Error(`${op} has no parameter "${name}"`);
  return found;
}

test('a form has every parameter of the schema, with kind, bounds, default and help', () => {
  expect(field('conv2d', 'filters')).toMatchObject({
    kind: 'number',
    label: 'Filters',
    bounds: { integer: true, minimum: 1, maximum: 65_536 },
    initial: 32,
  });
  expect(field('conv2d', 'kernel')).toMatchObject({ kind: 'pair', initial: [3, 3], bounds: { minimum: 1 } });
  expect(field('conv2d', 'padding')).toMatchObject({ kind: 'padding', initial: 'same' });
  expect(field('conv2d', 'bias')).toMatchObject({ kind: 'boolean', initial: true });
  expect(field('dropout', 'rate')).toMatchObject({
    kind: 'number',
    bounds: { integer: false, minimum: 0, maximum: 0.99 },
  });
  expect(field('batchNormalization', 'momentum').advanced).toBe(true);
});

test('only what is text is edited as plain text, and every parameter of every op is explained', () => {
  for (const op of opDefinitions) {
    for (const one of fieldsOfOp(op.parameters)) {
      if (one.kind === 'text') expect(typeof one.initial, `${op.type}.${one.name}`).toBe('string');
      expect(one.help, `${op.type}.${one.name}`).not.toBe('');
    }
  }
});

test('what is shown can be typed back', () => {
  for (const op of opDefinitions) {
    for (const one of fieldsOfOp(op.parameters)) {
      if (one.kind !== 'number' && one.kind !== 'pair') continue;
      expect(parseField(one, formatField(one, one.initial)), `${op.type}.${one.name}`).toEqual({
        ok: true,
        value: one.initial,
      });
    }
  }
});

test.each([
  ['5', [5, 5]],
  ['3 × 5', [3, 5]],
  ['3x5', [3, 5]],
  ['3, 5', [3, 5]],
  ['= stride', '= stride'],
  ['=max(stride, 2)', '= max(stride, 2)'],
])('a pair is read from %s', (text, value) => {
  expect(parseField(field('conv2d', 'kernel'), text)).toEqual({ ok: true, value });
});

test.each([
  ['kernel', '0', 'Must be at least 1.'],
  ['kernel', '1 2 3', 'One number, or two such as “3 × 5”.'],
  ['filters', '1.5', 'A whole number is needed.'],
  ['filters', 'many', '“many” is not a number.'],
  ['filters', '=', 'An expression is needed after “=”.'],
])('%s refuses %s in words', (name, text, error) => {
  expect(parseField(field('conv2d', name), text)).toEqual({ ok: false, error });
});

test('a broken expression says what is wrong', () => {
  const parsed = parseField(field('conv2d', 'filters'), '= filters *');
  expect(parsed.ok ? '' : parsed.error).toContain('unexpected');
});

test('the parameters that a block declares make a form too', () => {
  const fields = fieldsOfBlock([
    { name: 'filters', kind: 'integer', default: 16, minimum: 1 },
    { name: 'shortcut', kind: 'choice', default: 'identity', choices: ['identity', 'projection'] },
    { name: 'zeroScale', kind: 'boolean', default: false },
  ]);
  expect(fields.map(({ kind, label }) => [kind, label])).toEqual([
    ['number', 'Filters'],
    ['choice', 'Shortcut'],
    ['boolean', 'Zero scale'],
  ]);
});
