import { expect, test } from 'vitest';
import { setTraining } from '../document/commands/editDocument.ts';
import { moveNodes, renameNode, setParameter, setRepeat } from '../document/commands/editNode.ts';
import { removeNodes } from '../document/commands/removeNodes.ts';
import { BlockId, NodeId, SkipwireDocument } from '../document/schema.ts';
import { residualDigits, residualNetwork20 } from '../testing/examples.ts';
import { openEditor } from '../testing/openEditor.ts';
import { describeDiff, summarizeDiff } from './describeDiff.ts';
import { diffDocuments } from './diffDocuments.ts';
import { isSame, isSameNetwork } from './documentDiff.ts';

const id = (text: string): NodeId => NodeId.parse(text);

test('a document does not differ from itself, nor from a copy', () => {
  const document = residualNetwork20();
  expect(isSame(diffDocuments(document, residualNetwork20()))).toBe(true);
  expect(describeDiff(diffDocuments(document, document))).toBe('Nothing differs.');
});

test('what was added, removed, changed and moved is told with its parameters', () => {
  const before = residualDigits();
  const editor = openEditor(before);
  editor.set('conv1', 'filters', 64).add('dropout', { rate: 0.2 }, 'drop');
  editor.wire('relu2', 'drop').wire('drop', 'pool');
  editor.dispatch(removeNodes, { scope: null, ids: [id('bn1')], heal: true });
  editor.dispatch(moveNodes, { scope: null, positions: { input: { x: -100, y: 7 } } });
  editor.dispatch(setTraining, { changes: { epochs: 99 } });
  const diff = diffDocuments(before, editor.document);
  expect(summarizeDiff(diff)).toBe('1 added, 1 removed, 3 changed, 1 moved');
  const text = describeDiff(diff);
  for (const line of [
    /^ {2}~ training epochs \d+ → 99$/m,
    /^ {2}~ conv1 \(Conv2D\): filters 32 → 64$/m,
    /^ {2}- bn1 \(Batch normalization\)$/m,
    /^ {2}~ relu1 \(ReLU\): input bn1\.output → conv1\.output$/m,
    /^ {2}\+ drop \(Dropout\)$/m,
    /^ {2}~ pool \(.*\): input relu2\.output → drop\.output$/m,
    /^ {2}· input \(Input\): moved$/m,
    /^ {2}parameters: 9962 → /m,
  ])
    expect(text).toMatch(line);
});

test('a renamed node is the same node', () => {
  const before = residualDigits();
  const editor = openEditor(before);
  editor.dispatch(renameNode, { scope: null, id: id('conv1'), name: 'stem' });
  expect(describeDiff(diffDocuments(before, editor.document))).toBe('Network\n  ~ stem (Conv2D): name conv1 → stem');
});

test('a block edited inside is told once, in its own place; a repeat on the node that repeats', () => {
  const before = residualNetwork20();
  const editor = openEditor(before);
  const [scope = BlockId.parse('none')] = Object.keys(before.blocks).map((key) => BlockId.parse(key));
  editor.dispatch(setParameter, { scope, id: id('conv2'), parameter: 'bias', value: true });
  editor.dispatch(setRepeat, { scope: null, id: id('stage1'), repeat: 5 });
  const text = describeDiff(diffDocuments(before, editor.document));
  expect(text).toMatch(/^Network\n {2}~ stage1 \(.*\): repeat 3 → 5$/m);
  expect(text).toMatch(/^Block “.*”\n {2}~ conv2 \(Conv2D\): bias (no → yes|yes \(was not set\))$/m);
});

test('the same drawing under other ids is matched by what feeds what', () => {
  const graph = (ids: readonly string[], filters: number) =>
    SkipwireDocument.parse({
      format: 'skipwire/document@1',
      name: 'net',
      graph: {
        nodes: {
          input: { op: 'input', parameters: { height: 8, width: 8, channels: 1 } },
          [ids[0] ?? '']: {
            op: 'conv2d',
            parameters: { filters },
            inputs: { input: { node: 'input', port: 'output' } },
            name: 'one',
          },
          [ids[1] ?? '']: { op: 'relu', inputs: { input: { node: ids[0], port: 'output' } } },
        },
      },
    });
  const diff = diffDocuments(graph(['a', 'b'], 8), graph(['x', 'y'], 16));
  expect(diff.graphs[0]?.nodes.map(({ kind, idBefore, id: after }) => [kind, idBefore, after])).toEqual([
    ['changed', 'a', 'x'],
    ['changed', 'b', 'y'],
  ]);
  expect(isSameNetwork(diff)).toBe(false);
});

test('forth and back tell the same places, with the values exchanged', () => {
  const before = residualDigits();
  const after = openEditor(before).set('conv1', 'filters', 64).document;
  const [there, back] = [diffDocuments(before, after), diffDocuments(after, before)];
  const [one, other] = [there.graphs[0]?.nodes[0]?.fields[0], back.graphs[0]?.nodes[0]?.fields[0]];
  expect([one?.before, one?.after]).toEqual([other?.after, other?.before]);
  expect(there.costs.parameters).toEqual(back.costs.parameters.toReversed());
});
