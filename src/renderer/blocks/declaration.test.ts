import fc from 'fast-check';
import { expect, test } from 'vitest';
import { whyNotDeclared } from '../../graph-engine/document/commands/blockParameters.ts';
import type { BlockParameter } from '../../graph-engine/document/schema.ts';
import { asKind, splitChoices, withLimit } from './declaration.ts';

const parameter: BlockParameter = { name: 'rate', kind: 'number', default: 0.5, minimum: 0, maximum: 1 };

test('limits come and go', () => {
  expect(withLimit(parameter, 'maximum', undefined)).toEqual({
    name: 'rate',
    kind: 'number',
    default: 0.5,
    minimum: 0,
  });
  expect(withLimit(parameter, 'minimum', 0.25)).toEqual({ ...parameter, minimum: 0.25 });
});

test('a default follows the kind', () => {
  expect(asKind(parameter, 'integer')).toEqual({ ...parameter, kind: 'integer', default: 1 });
  expect(asKind(parameter, 'boolean')).toEqual({ name: 'rate', kind: 'boolean', default: true });
  const choice = asKind({ ...parameter, choices: ['a', 'b'] }, 'choice');
  expect(choice).toEqual({ name: 'rate', kind: 'choice', default: 'a', choices: ['a', 'b'] });
  expect(asKind(asKind(parameter, 'choice'), 'number').default).toBe(0.5);
});

test('whatever is changed into whatever, the declaration does not contradict itself', () => {
  const kinds = fc.constantFrom<BlockParameter['kind']>('integer', 'number', 'boolean', 'choice');
  const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.boolean(), fc.constantFrom('a', '2.5', ''));
  fc.assert(
    fc.property(kinds, fc.array(kinds, { minLength: 1 }), value, (first, path, initial) => {
      const start = asKind({ name: 'p', kind: first, default: initial }, first);
      const end = path.reduce((before, kind) => asKind(before, kind), start);
      return whyNotDeclared(end) === undefined;
    }),
  );
});

test('choices are words between commas', () => {
  expect(splitChoices('same, valid,, same ,  explicit')).toEqual(['same', 'valid', 'explicit']);
});
