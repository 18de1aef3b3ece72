import { beforeEach, expect, test } from 'vitest';
import { opItems } from './catalogue.ts';
import { itemsOf, keptItems, rememberAdded, toggleFavourite } from './favourites.ts';

beforeEach(() => keptItems.setState({ favourites: [], recent: [] }));

test('what was added last comes first, once, and the oldest makes way', () => {
  for (const id of ['conv2d', 'relu', 'add', 'dense', 'conv2d', 'flatten', 'softmax', 'dropout']) rememberAdded(id);
  expect(keptItems.getState().recent).toEqual(['dropout', 'softmax', 'flatten', 'conv2d', 'dense', 'add']);
});

test('a favourite stays in the order it was marked, and is let go again', () => {
  for (const id of ['relu', 'conv2d', 'relu', 'add']) toggleFavourite(id);
  expect(keptItems.getState().favourites).toEqual(['conv2d', 'add']);
});

test('what cannot stand in a scope is left out of it', () => {
  expect(itemsOf(['blockInput', 'relu', 'nothing'], opItems(null)).map(({ id }) => id)).toEqual(['relu']);
});
