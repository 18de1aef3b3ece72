import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEditor } from '../testing/openEditor.ts';
import { orderNaturally } from './naturalOrder.ts';
import { serializeDocument } from './serializeDocument.ts';

test('numbers in names are counted', () => {
  expect(orderNaturally(['conv-10', 'conv-9', 'Add', 'add'])).toEqual(['add', 'Add', 'conv-9', 'conv-10']);
});

test('a long list is in the same order whatever list came before it', () => {
  const names = Array.from({ length: 180 }, (_, index) => `${['conv', 'Add', 'add', 'relu'][index % 4]}-${index}`);
  const list = fc
    .subarray(names, { minLength: 101 })
    .chain((keys) => fc.shuffledSubarray(keys, { minLength: keys.length }));
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  fc.assert(
    fc.property(list, (keys) => {
      expect(orderNaturally(keys)).toEqual([...keys].sort((a, b) => compare(a, b) || (a < b ? -1 : 1)));
    }),
    { numRuns: 50 },
  );
});

test('a document is written the same after an edit as from nothing', () => {
  const editor = openEditor();
  for (let index = 0; index < 120; index++) editor.add('conv2d', { filters: index + 1 });
  expect(editor.text).toBe(serializeDocument(structuredClone(editor.document)));
  editor.set('conv2d-7', 'filters', 99).set('conv2d-8', 'kernel', [3, 3]);
  expect(editor.text).toBe(serializeDocument(structuredClone(editor.document)));
  expect(editor.text.match(/"filters": 99/g)).toHaveLength(2);
});
