import { expect, test } from 'vitest';
import { setTraining, renameDocument } from './commands/editDocument.ts';
import { moveNodes, renameNode, setNote, setParameter } from './commands/editNode.ts';
import { networkFingerprint } from './networkFingerprint.ts';
import { NodeId } from './schema.ts';
import { loadDocument } from './loadDocument.ts';
import { residualDigits, residualNetwork20 } from '../testing/examples.ts';
import { openEditor } from '../testing/openEditor.ts';

const conv1 = NodeId.parse('conv1');

test('moving, noting, naming the document and other settings leave it; a file and back, too', () => {
  const editor = openEditor(residualDigits());
  const before = networkFingerprint(editor.document);
  editor
    .dispatch(moveNodes, { scope: null, positions: { conv1: { x: 5, y: 5 } } })
    .dispatch(setNote, { scope: null, id: conv1, note: 'a remark' })
    .dispatch(renameDocument, { name: 'Another name' })
    .dispatch(setTraining, { changes: { epochs: 3 } });
  expect(networkFingerprint(editor.document)).toBe(before);
  const reloaded = loadDocument(editor.text);
  expect(reloaded.ok && networkFingerprint(reloaded.value)).toBe(before);
});

test('a parameter, a wire, a name of a node or another network change it', () => {
  const prints = new Set([networkFingerprint(residualDigits()), networkFingerprint(residualNetwork20())]);
  const edited = [
    openEditor(residualDigits()).dispatch(setParameter, { scope: null, id: conv1, parameter: 'filters', value: 31 }),
    openEditor(residualDigits()).wire('input', 'conv2'),
    openEditor(residualDigits()).dispatch(renameNode, { scope: null, id: conv1, name: 'stem' }),
  ];
  for (const editor of edited) prints.add(networkFingerprint(editor.document));
  expect(prints.size).toBe(5);
});
