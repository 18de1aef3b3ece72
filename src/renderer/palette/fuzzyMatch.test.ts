import { expect, test } from 'vitest';
import { emptyDocument } from '../store/documentStore.ts';
import { catalogue, libraryItems, networkTemplates, searchWords } from './catalogue.ts';
import { fuzzyScore, rank } from './fuzzyMatch.ts';

const best = (query: string): string | undefined =>
  rank(catalogue(emptyDocument(), null), query, searchWords)[0]?.title;

test.each([
  ['conv', 'Conv2D'],
  ['bn', 'Batch normalization'],
  ['gap', 'Global average pooling'],
  ['relu', 'ReLU'],
  ['skip', 'Add'],
  ['linear', 'Dense'],
  ['batch norm', 'Batch normalization'],
])('typing %s finds %s first', (query, title) => {
  expect(best(query)).toBe(title);
});

test('letters that are not there find nothing', () => {
  expect(fuzzyScore('xyz', 'Conv2D')).toBe(0);
  expect(best('qqqq')).toBeUndefined();
});

test('an empty search keeps the order of the catalogue', () => {
  const items = catalogue(emptyDocument(), null);
  expect(rank(items, '  ', searchWords)).toEqual(items);
});

test('block ports are offered inside blocks only, ends of the network outside only', () => {
  const outside = catalogue(emptyDocument(), null).map((item) => item.id);
  expect(outside).toContain('classificationOutput');
  expect(outside).not.toContain('blockInput');
});

test('every shipped block and network can be read', () => {
  expect(libraryItems().length).toBeGreaterThan(0);
  const networks = networkTemplates();
  expect(networks[0]?.id).toBe('first-residual');
  for (const network of networks) expect(network.load().name).toBe(network.name);
});
