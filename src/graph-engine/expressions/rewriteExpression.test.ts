import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateExpression, parseExpression, type Expression } from './expression.ts';
import { namesIn, printExpression, rewriteValue } from './rewriteExpression.ts';

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.nat(20).map((value): Expression => ({ kind: 'literal', value })),
    fc.constantFrom('a', 'b').map((name): Expression => ({ kind: 'name', name })),
    tie('expression').map((operand): Expression => ({ kind: 'unary', operator: '-', operand })),
    fc
      .record({ operator: fc.constantFrom('+', '-', '*', '/', '%'), left: tie('expression'), right: tie('expression') })
      .map((parts): Expression => ({ kind: 'binary', ...parts })),
    fc
      .record({ left: tie('expression'), right: tie('expression'), yes: tie('expression'), no: tie('expression') })
      .map(({ left, right, yes, no }): Expression => ({
        kind: 'ternary',
        test: { kind: 'binary', operator: '<', left, right },
        yes,
        no,
      })),
    fc.array(tie('expression'), { minLength: 1, maxLength: 3 }).map((operands): Expression => ({
      kind: 'call',
      name: 'max',
      operands,
    })),
  ),
}));

test('a printed expression parses to the same expression', () => {
  fc.assert(
    fc.property(expression, (one) => {
      const text = printExpression(one);
      if (text.length > 400) return;
      const parsed = parseExpression(text);
      expect(parsed).toEqual({ ok: true, value: one });
    }),
    { numRuns: 500, seed: 3 },
  );
});

test('names put in place give what the names gave', () => {
  fc.assert(
    fc.property(expression, fc.nat(9), fc.nat(9), (one, a, b) => {
      const text = printExpression(one);
      if (text.length > 200) return;
      const direct = evaluateExpression(text, { a, b: b - 3 });
      const rewritten = rewriteValue(`= ${text}`, { a: { value: a }, b: { expression: `${b} - 3` } });
      if (direct.ok) expect(rewritten).toBe(direct.value);
    }),
    { numRuns: 500, seed: 4 },
  );
});

test('what is not known stays, and literals are left alone', () => {
  expect(rewriteValue('= filters * width', { filters: { expression: 'a + b' } })).toBe('= (a + b) * width');
  expect(rewriteValue(['= stride', 2], { stride: { value: 1 } })).toEqual([1, 2]);
  expect(rewriteValue('identity', { identity: { value: 3 } })).toBe('identity');
  expect(rewriteValue("= shortcut == 'projection'", { shortcut: { value: 'identity' } })).toBe(false);
  expect([...namesIn(['= a + b', '= b'])]).toEqual(['a', 'b']);
});
