import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInline, parseMarkdown } from './markdown.ts';

test('headings, paragraphs, lists, quotes, code and rules are told apart', () => {
  const source =
    '# Why\nThe skip\nstays open.\n\n- one\n- two\n1. first\n\n> He et al.\n\n```\nx + F(x)\n```\n---\n#not a heading';
  expect(parseMarkdown(source).map(({ kind }) => kind)).toEqual([
    'heading',
    'paragraph',
    'list',
    'list',
    'quote',
    'code',
    'rule',
    'paragraph',
  ]);
});

test('emphasis nests, code does not', () => {
  expect(parseInline('**a *b* c** and `*x*`')).toEqual([
    {
      kind: 'strong',
      children: [
        { kind: 'text', text: 'a ' },
        { kind: 'emphasis', children: [{ kind: 'text', text: 'b' }] },
        { kind: 'text', text: ' c' },
      ],
    },
    { kind: 'text', text: ' and ' },
    { kind: 'code', text: '*x*' },
  ]);
});

test('a name with underscores and a product of numbers are no emphasis', () => {
  expect(parseInline('conv_1_a is 3 * 4 * 5')).toEqual([{ kind: 'text', text: 'conv_1_a is 3 * 4 * 5' }]);
});

test('links lead to pages only, never to scripts', () => {
  expect(parseInline('[paper](https://arxiv.org/abs/1512.03385)')[0]).toMatchObject({ kind: 'link' });
  expect(parseInline('[no](javascript:alert(1))').some(({ kind }) => kind === 'link')).toBe(false);
});

test('any text ends, and every line of it is read', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      const blocks = parseMarkdown(text);
      return text.trim() === '' || text.startsWith('```') || blocks.length > 0;
    }),
    { numRuns: 300, seed: 3 },
  );
});
