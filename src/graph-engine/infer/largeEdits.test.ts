import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connect, disconnect } from '../document/commands/connect.ts';
import { moveNodes, renameNode, setEnabled, setMuted, setParameter } from '../document/commands/editNode.ts';
import { removeNodes } from '../document/commands/removeNodes.ts';
import { nodesOf, reaches } from '../document/graphs.ts';
import { openEditor, type Editor } from '../testing/openEditor.ts';
import { inferDocument } from './inferDocument.ts';

/** A drawing of 200 ops: residual pairs of convolutions. */
function largeDrawing(): Editor {
  const editor = openEditor();
  let last = editor.add('input', { height: 8, width: 8, channels: 4 }, 'image');
  const chain = (op: string, parameters = {}): void => {
    const id = editor.add(op, parameters);
    editor.wire(last, id);
    last = id;
  };
  for (let block = 0; block < 39; block++) {
    const skip = last;
    chain('conv2d', { filters: 4 });
    chain('batchNormalization');
    chain('relu');
    const add = editor.add('add');
    editor.wire(last, `${add}.a`).wire(skip, `${add}.b`);
    last = add;
    if (block % 2 === 0) chain('dropout');
  }
  chain('globalAveragePooling');
  chain('dense', { units: 3 });
  chain('classificationOutput');
  return editor;
}

/** Everything that is known of a network, without the nodes themselves. */
function facts({ root, diagnostics, totals }: ReturnType<typeof inferDocument>) {
  return { nodes: [...root.nodes.values()].map(({ node: _node, ...known }) => known), diagnostics, totals };
}

function change(editor: Editor, kind: number, a: number, b: number): void {
  const { graph } = editor.document;
  const ids = nodesOf(graph).map(([id]) => id);
  const [id, other] = [ids[a % ids.length], ids[b % ids.length]];
  if (id === undefined || other === undefined) return;
  const node = graph.nodes[id];
  const op = node !== undefined && 'op' in node ? node.op : '';
  if (kind < 3 && op === 'conv2d') editor.set(id, 'filters', kind === 0 ? 4 : 1 + (b % 5));
  else if (kind < 4 && op === 'conv2d') editor.set(id, 'padding', b % 2 === 0 ? 'valid' : 'same');
  else if (kind === 4)
    editor.dispatch(moveNodes, { scope: null, positions: { [id]: { x: b, y: 0 }, [other]: { x: 0, y: a } } });
  else if (kind === 5) editor.dispatch(setEnabled, { scope: null, ids: [id], enabled: b % 2 === 0 });
  else if (kind === 12) editor.dispatch(setMuted, { scope: null, ids: [id], muted: b % 2 === 0 });
  else if (kind === 6) editor.dispatch(renameNode, { scope: null, id, name: `name${b % 3}` });
  else if (kind === 7 && op !== 'input' && !reaches(graph, id, other)) {
    const [port = 'input'] = Object.keys(node?.inputs ?? {});
    editor.dispatch(connect, { scope: null, from: { node: other, port: 'output' }, to: { node: id, port } });
  } else if (kind === 8) {
    const [port] = Object.keys(node?.inputs ?? {});
    if (port !== undefined) editor.dispatch(disconnect, { scope: null, to: { node: id, port } });
  } else if (kind === 9) editor.dispatch(removeNodes, { scope: null, ids: [id], heal: true });
  else if (kind === 10) editor.undo();
  else editor.dispatch(setParameter, { scope: null, id, parameter: 'rate', value: (b % 9) / 10 });
}

test('after any edits of a large network the same is known of it as of a copy', () => {
  const editor = largeDrawing();
  const start = editor.history.position;
  const small = fc.nat({ max: 1000 });
  const edits = fc.array(fc.tuple(fc.nat({ max: 12 }), small, small), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(edits, (sequence) => {
      for (const [kind, a, b] of sequence) {
        change(editor, kind, a, b);
        expect(editor.inferred.root.nodes.size).toBeGreaterThan(0);
      }
      expect(facts(editor.inferred)).toEqual(facts(inferDocument(structuredClone(editor.document))));
      editor.history.goTo(start);
    }),
    { numRuns: 60, seed: 8 },
  );
});

test('an edit of a large network infers what it changed and what it feeds, and nothing else', () => {
  const editor = largeDrawing();
  const before = editor.inferred;
  const known = new Set(before.root.nodes.values());
  editor.set('conv2d-20', 'filters', 4).set('conv2d-20', 'bias', false);
  const redone = [...editor.inferred.root.nodes.values()].filter((node) => !known.has(node));
  expect(redone.map(({ id }) => id)).toEqual(['conv2d-20']);
  expect(editor.inferred.diagnostics).toBe(before.diagnostics);

  editor.set('conv2d-20', 'filters', 5);
  const changed = [...editor.inferred.root.nodes.values()].filter((node) => !known.has(node)).map(({ id }) => id);
  expect(changed).toContain('batchNormalization-20');
  expect(changed).not.toContain('conv2d-19');
  expect(editor.inferred.diagnostics.map(({ code }) => code)).toContain('shape/add-mismatch');
  editor.undo();
  expect(editor.inferred.diagnostics).toEqual([]);
});
