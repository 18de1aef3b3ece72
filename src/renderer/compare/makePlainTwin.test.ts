import { beforeEach, expect, test } from 'vitest';
import { residualDigits } from '../../graph-engine/testing/examples.ts';
import { startFrom } from '../files/fileActions.ts';
import { currentDocument, documentStore, newDocument } from '../store/documentStore.ts';
import { makePlainTwin } from './makePlainTwin.ts';

const names = (): readonly string[] => documentStore.getState().tabs.map(({ name }) => name);

beforeEach(newDocument);

test('a twin comes to stand beside the network, which stays as it is', () => {
  startFrom(residualDigits());
  const [original, before] = [currentDocument(), names().length];
  makePlainTwin();
  expect(names()).toHaveLength(before + 1);
  expect(names()).toEqual(expect.arrayContaining([original.name, `Plain twin of ${original.name}`]));
  expect(currentDocument()).toMatchObject({ name: `Plain twin of ${original.name}`, training: original.training });
  expect(documentStore.getState().tabs.find(({ name }) => name === original.name)?.document).toBe(original);
  expect(Object.keys(currentDocument().graph.nodes)).not.toContain('add');
});

test('a network without skips is left alone', () => {
  startFrom(residualDigits());
  makePlainTwin();
  const [twin, tabs] = [currentDocument(), names()];
  makePlainTwin();
  expect(names()).toEqual(tabs);
  expect(currentDocument()).toBe(twin);
});
