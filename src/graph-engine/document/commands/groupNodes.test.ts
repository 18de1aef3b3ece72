import { expect, test } from 'vitest';
import { diffDocuments } from '../../diff/diffDocuments.ts';
import { openEditor } from '../../testing/openEditor.ts';
import { residualDigits, residualNetwork20 } from '../../testing/examples.ts';
import { blockPorts } from '../blockPorts.ts';
import { nodesOf } from '../graphs.ts';
import { sameContent } from '../sameContent.ts';
import { BlockId, NodeId } from '../schema.ts';
import { declareParameter, makeUnique, promoteParameter, removeParameter } from './editBlock.ts';
import { setParameter, setRepeat } from './editNode.ts';
import { groupNodes, whyNotGrouped } from './groupNodes.ts';
import { unpackBlock } from './unpackBlock.ts';

const ids = (...names: string[]): NodeId[] => names.map((name) => NodeId.parse(name));
const id = (name: string): NodeId => NodeId.parse(name);
const block = BlockId.parse('mine');
const isEnd = (op: string): boolean => op === 'input' || op === 'classificationOutput';

function grouped() {
  const editor = openEditor(residualDigits());
  const members = ids('conv2', 'bn2', 'add', 'relu2');
  expect(whyNotGrouped(editor.document, null, members, isEnd)).toBeUndefined();
  return editor.dispatch(groupNodes, { scope: null, ids: members, id: id('residual'), block, name: 'Residual' });
}

test('the wires that are cut become the ports, and nothing of the network changes', () => {
  const before = openEditor(residualDigits());
  const editor = grouped();
  const definition = editor.document.blocks[block];
  if (definition === undefined) throw new Error('There is a block');
  const ports = blockPorts(definition.graph);
  // The branch and the skip come from the same place: one port.
  expect([ports.inputs.map(({ name }) => name), ports.outputs.map(({ name }) => name)]).toEqual([
    ['input'],
    ['output'],
  ]);
  expect(definition.graph.nodes[id('add')]?.inputs['b']).toEqual({ node: 'input', port: 'output' });
  expect(editor.document.graph.nodes[id('pool')]?.inputs['input']).toEqual({ node: 'residual', port: 'output' });
  expect(editor.inferred.totals).toEqual(before.inferred.totals);
  expect(editor.diagnostics).toEqual(before.diagnostics);
  expect(editor.undo().text).toBe(before.text);
});

test('unpacked again, the network is the same but for ids and places', () => {
  const editor = grouped().dispatch(unpackBlock, { scope: null, id: id('residual') });
  const diff = diffDocuments(residualDigits(), editor.document);
  const fields = diff.graphs[0]?.nodes.flatMap((node) => node.fields.map(({ field }) => field)) ?? [];
  expect(new Set(fields)).toEqual(new Set(['name']));
  expect(diff.graphs[0]?.nodes.filter(({ kind }) => kind === 'added' || kind === 'removed')).toEqual([]);
});

test('several sources make numbered ports, each once', () => {
  const editor = openEditor(residualDigits());
  editor.dispatch(groupNodes, { scope: null, ids: ids('add', 'relu2'), id: id('end'), block, name: 'End' });
  const definition = editor.document.blocks[block];
  const ports = definition === undefined ? undefined : blockPorts(definition.graph);
  expect(ports?.inputs.map(({ name }) => name)).toEqual(['input1', 'input2']);
  expect(editor.diagnostics).toEqual([]);
});

test('what cannot become a block is told in words', () => {
  const { document } = openEditor(residualDigits());
  expect(whyNotGrouped(document, null, ids('conv2', 'add'), isEnd)).toContain('“bn2” lies between');
  expect(whyNotGrouped(document, null, ids('input', 'conv1'), isEnd)).toContain('Inputs and outputs');
  expect(whyNotGrouped(document, null, [], isEnd)).toBe('Nothing is selected.');
});

test('inside a block, what the nodes use of its parameters is handed on', () => {
  const editor = openEditor(residualNetwork20());
  const [outer = block] = Object.keys(editor.document.blocks).map((key) => BlockId.parse(key));
  const { totals } = editor.inferred;
  const members = ids('conv1', 'bn1');
  expect(whyNotGrouped(editor.document, outer, members, isEnd)).toBeUndefined();
  editor.dispatch(groupNodes, { scope: outer, ids: members, id: id('start'), block, name: 'Start' });
  const node = editor.document.blocks[outer]?.graph.nodes[id('start')];
  expect(node?.parameters).toMatchObject({ filters: '= filters', stride: '= stride' });
  expect(editor.inferred.totals).toEqual(totals);
});

test('a repeated block is unpacked once for each repetition, with its values in the place of its parameters', () => {
  const editor = openEditor(residualNetwork20());
  const { totals, diagnostics } = editor.inferred;
  for (const stage of ids('stage1', 'stage2', 'stage3')) editor.dispatch(unpackBlock, { scope: null, id: stage });
  expect(editor.inferred.totals).toEqual(totals);
  expect(editor.inferred.diagnostics.filter(({ severity }) => severity === 'error')).toEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
  );
  const convolutions = nodesOf(editor.document.graph).flatMap(([, node]) =>
    'op' in node && node.op === 'conv2d' && node.enabled !== false ? [node.parameters] : [],
  );
  expect(convolutions.every(({ filters }) => typeof filters === 'number')).toBe(true);
});

test('make unique leaves the other uses alone; an edit in a shared block changes all of them', () => {
  const editor = openEditor(residualNetwork20());
  const [shared = block] = Object.keys(editor.document.blocks).map((key) => BlockId.parse(key));
  const before = editor.inferred.totals.parameters;
  editor.dispatch(setParameter, { scope: shared, id: id('conv2'), parameter: 'bias', value: true });
  const all = editor.inferred.totals.parameters - before;
  expect(all).toBe(3 * (16 + 32 + 64));
  editor.undo();
  editor.dispatch(makeUnique, { scope: null, id: id('stage3'), block, name: 'Last stage' });
  editor.dispatch(setParameter, { scope: block, id: id('conv2'), parameter: 'bias', value: true });
  expect(editor.inferred.totals.parameters - before).toBe(3 * 64);
});

test('a promoted parameter is set from outside, and removed it leaves its default behind', () => {
  const editor = grouped();
  editor.dispatch(promoteParameter, {
    block,
    id: id('conv2'),
    parameter: 'kernel',
    declaration: { name: 'kernel', kind: 'integer', default: 3, minimum: 1 },
    list: 2,
  });
  const before = editor.inferred.totals.parameters;
  editor.dispatch(setParameter, { scope: null, id: id('residual'), parameter: 'kernel', value: 5 });
  expect(editor.inferred.totals.parameters - before).toBe((25 - 9) * 32 * 32);
  editor.dispatch(removeParameter, { block, name: 'kernel' });
  expect(editor.document.blocks[block]?.graph.nodes[id('conv2')]?.parameters['kernel']).toEqual([3, 3]);
  expect(editor.document.graph.nodes[id('residual')]?.parameters).toEqual({});
  expect(editor.inferred.totals.parameters).toBe(before);
});

test('a repeat by a declared parameter follows it', () => {
  const editor = grouped();
  editor.dispatch(declareParameter, { block, parameter: { name: 'depth', kind: 'integer', default: 2 } });
  editor.dispatch(setRepeat, { scope: null, id: id('residual'), repeat: 4 });
  const once = grouped().inferred.totals.parameters;
  // 9 216 weights of the convolution and 64 of the normalization for each further one.
  expect(editor.inferred.totals.parameters - once).toBe(3 * (9216 + 64));
});

test('blocks that say the same are one, whatever the order of their keys', () => {
  expect(sameContent({ a: 1, b: [{ c: 2, d: undefined }] }, { b: [{ c: 2 }], a: 1 })).toBe(true);
  expect(sameContent({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  expect(sameContent([1, 2], [2, 1])).toBe(false);
  expect(sameContent({ 0: 1 }, [1])).toBe(false);
});
