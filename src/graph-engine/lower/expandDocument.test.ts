import { describe, expect, test } from 'vitest';
import { networkTemplate } from '../../../tests/support/networks.ts';
import { loadDocument } from '../document/loadDocument.ts';
import { serializeDocument } from '../document/serializeDocument.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import { expandDocument } from './expandDocument.ts';
import { lowerDocument } from './lowerDocument.ts';

function variablesOf(document: ReturnType<typeof networkTemplate>): readonly string[] {
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw new Error(lowered.error[0]?.message);
  return lowered.value.program.variables
    .map(({ name, dims }) => `${name.replace(/[[\].]+/g, '-')} ${dims.join('×')}`)
    .sort();
}

describe('a network with its blocks unpacked', () => {
  test.each(['resnet-20', 'resnet-152', 'resnet-56-rezero', 'se-resnet-50'])(
    '%s has the same weights, under the names of their ways',
    (name) => {
      const document = networkTemplate(`${name}.json`);
      const expanded = expandDocument(document);
      const [before, after] = [inferDocument(document), inferDocument(expanded)];
      expect(after.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(after.totals).toEqual(before.totals);
      expect(variablesOf(expanded)).toEqual(variablesOf(document));
    },
  );

  test('ResNet-152 is more than five hundred nodes, none upon another, and saves and opens', () => {
    const expanded = expandDocument(networkTemplate('resnet-152.json'));
    const nodes = Object.values(expanded.graph.nodes);
    expect(nodes.length).toBeGreaterThanOrEqual(500);
    expect(new Set(nodes.map(({ position: { x, y } }) => `${x} ${y}`)).size).toBe(nodes.length);
    const loaded = loadDocument(serializeDocument(expanded));
    expect(loaded.ok && loaded.value).toEqual(expanded);
  });
});
