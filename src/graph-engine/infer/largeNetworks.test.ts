import { expect, test } from 'vitest';
import resNet1001 from '../../../templates/networks/resnet-1001.json' with { type: 'json' };
import resNet152 from '../../../templates/networks/resnet-152.json' with { type: 'json' };
import { loadDocument } from '../document/loadDocument.ts';
import { openEditor } from '../testing/openEditor.ts';
import type { InferredGraph } from './inferredGraph.ts';

function opened(template: unknown) {
  const loaded = loadDocument(JSON.stringify(template));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return openEditor(loaded.value);
}

/** The graphs inside a graph that were inferred: equal instances are one object, so this is the work that was done. */
function distinctGraphs(root: InferredGraph, found = new Set<InferredGraph>()): Set<InferredGraph> {
  if (found.has(root)) return found;
  found.add(root);
  for (const { instances } of root.nodes.values()) for (const graph of instances ?? []) distinctGraphs(graph, found);
  return found;
}

test.each([
  ['ResNet-1001', resNet1001, 333, 12],
  ['ResNet-152', resNet152, 50, 24],
])('%s is inferred as what differs in it, and an edit as what it changes', (_, template, blocks, most) => {
  const editor = opened(template);
  const before = editor.inferred;
  const expanded = [...before.root.nodes.values()].reduce((sum, { instances }) => sum + (instances?.length ?? 0), 0);
  expect(expanded).toBe(blocks);
  const graphs = distinctGraphs(before.root);
  expect(graphs.size).toBeLessThanOrEqual(most);

  const [dense] = [...before.root.nodes.values()].filter(({ node }) => 'op' in node && node.op === 'dense');
  if (dense === undefined) throw new Error('It ends in a dense layer');
  editor.set(dense.id, 'units', 7);
  const again = distinctGraphs(editor.inferred.root);
  expect([...again].filter((graph) => !graphs.has(graph))).toEqual([editor.inferred.root]);
});
