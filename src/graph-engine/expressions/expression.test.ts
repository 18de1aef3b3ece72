import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateExpression } from './expression.ts';

const scope = { filters: 16, stride: 2, index: 0, repeat: 3, shortcut: 'projection', wide: true };

test.each([
  ['filters * 2', 32],
  ['filters * (stride + 1) - 4 / 2', 46],
  ['-filters % 5', -1],
  ['2 - 3 - 4', -5],
  ['index == 0 ? 2 : 1', 2],
  ["shortcut == 'projection' && stride > 1", true],
  ['!wide || index >= repeat', false],
  ['max(1, floor(filters / 3), round(2.5), ceil(0.1)) + min(7, 9)', 12],
  ['1 - (index + 1) / repeat * 0.5', 1 - 0.5 / 3],
  ['wide ? index == 0 ? 1 : 2 : 3', 1],
  // The right side is not looked at when the left decides, so a guard against division works.
  ['index > 0 && filters / index > 1', false],
])('%s = %s', (source, expected) => {
  expect(evaluateExpression(source, scope)).toEqual({ ok: true, value: expected });
});

describe('mistakes are told, with what is there', () => {
  test.each([
    ['filter * 2', 'there is no parameter "filter" here (there are filters, stride'],
    ['1 / index', 'it divides by zero'],
    ['filters +', 'unexpected "the end"'],
    ['filters $ 2', 'unexpected "$"'],
    ['2 3', 'unexpected "3"'],
    ['shortcut * 2', '"projection" is not a number'],
    ['filters ? 1 : 2', '"16" is not true or false'],
    ['constructor', 'there is no parameter "constructor"'],
    ['fetch(1)', 'there is no function "fetch"'],
    ['('.repeat(200), 'nested too deeply'],
    ['-'.repeat(200) + '1', 'nested too deeply'],
    ['1e308 * 10', 'not a finite number'],
    ['1 +'.repeat(200), 'longer than 500 characters'],
  ])('%s', (source, reason) => {
    const result = evaluateExpression(source, scope);
    expect(result.ok ? '' : result.error.message).toContain(reason);
  });

  test('no text makes it throw or hang', () => {
    const piece = fc.constantFrom(
      'filters',
      'index',
      '(',
      ')',
      '+',
      '?',
      ':',
      '1',
      "'a'",
      '==',
      '&&',
      '!',
      'max',
      ',',
      ' ',
      '"',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        (pieces) => typeof evaluateExpression(pieces.join(''), scope).ok === 'boolean',
      ),
      { numRuns: 2000, seed: 3 },
    );
  });

  test('numbers agree with JavaScript on random arithmetic', () => {
    const arithmetic = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 4 },
        fc.nat(99).map(String),
        fc
          .tuple(tie('expression'), fc.constantFrom('+', '-', '*'), tie('expression'))
          .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      ),
    }));
    fc.assert(
      fc.property(arithmetic.expression, (source) => {
        // JavaScript itself is the oracle, on text that this test made.
        const expected: unknown = runInNewContext(source);
        expect(evaluateExpression(source, {})).toEqual({ ok: true, value: expected });
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});
