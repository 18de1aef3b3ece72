import { beforeEach, expect, test } from 'vitest';
import { NodeId } from '../../graph-engine/document/schema.ts';
import { catalogue, libraryItems, type CatalogueItem } from '../palette/catalogue.ts';
import { currentDocument, documentStore, newDocument, undo } from '../store/documentStore.ts';
import { enterBlock, select, uiStore } from '../store/uiStore.ts';
import { copyText, pasteText, readClipboard } from './clipboard.ts';
import {
  addBehindSelection,
  addItem,
  connectSelection,
  connectWire,
  deleteSelection,
  moveWire,
  toggleBypass,
  toggleMute,
} from './editing.ts';

const id = (text: string): NodeId => NodeId.parse(text);
const origin = { x: 0, y: 0 };

function item(wanted: string): CatalogueItem {
  const found = [...catalogue(currentDocument(), null), ...libraryItems()].find((one) => one.id === wanted);
  if (found === undefined) throw new Error(`The catalogue has no "${wanted}"`);
  return found;
}

function chain(...types: string[]): NodeId[] {
  return types.map((type) => addBehindSelection(item(type), origin));
}

const inputsOf = (node: string): object | undefined => {
  const inputs = currentDocument().graph.nodes[id(node)]?.inputs;
  return inputs === undefined
    ? undefined
    : Object.fromEntries(Object.entries(inputs).map(([port, source]) => [port, source.node]));
};

beforeEach(() => newDocument());

test('things chosen one after the other make a chain, each one step of undo', () => {
  const [image, conv, relu] = chain('input', 'conv2d', 'relu');
  expect(inputsOf(String(relu))).toEqual({ input: conv });
  expect(inputsOf(String(conv))).toEqual({ input: image });
  undo();
  expect(Object.keys(currentDocument().graph.nodes)).toEqual([image, conv]);
  expect(documentStore.getState().undoLabel).toBe('Add Conv2D');
});

test('with two nodes selected an Add takes both', () => {
  const [image, conv] = chain('input', 'conv2d');
  select([image ?? id('x'), conv ?? id('x')]);
  const add = addBehindSelection(item('add'), origin);
  expect(inputsOf(add)).toEqual({ a: conv, b: image });
});

test('a node put into a wire makes room behind it', () => {
  const [image, conv, relu] = chain('input', 'conv2d', 'relu');
  const before = currentDocument().graph.nodes[relu ?? id('x')]?.position.x ?? 0;
  const bn = addItem(item('batchNormalization'), {
    position: { x: 300, y: 10 },
    onWire: { node: relu ?? id('x'), port: 'input' },
  });
  const { nodes } = currentDocument().graph;
  expect(inputsOf(bn)).toEqual({ input: conv });
  expect(inputsOf(String(relu))).toEqual({ input: bn });
  expect((nodes[bn]?.position.x ?? 0) - (nodes[conv ?? id('x')]?.position.x ?? 0)).toBeGreaterThanOrEqual(220);
  expect((nodes[relu ?? id('x')]?.position.x ?? 0) - before).toBe(220);
  expect(nodes[image ?? id('x')]?.position).toEqual(origin);
  undo();
  expect(inputsOf(String(relu))).toEqual({ input: conv });
  expect(currentDocument().graph.nodes[relu ?? id('x')]?.position.x).toBe(before);
});

test('deleting heals the flow, unless asked not to', () => {
  const [image, conv, relu] = chain('input', 'conv2d', 'relu');
  select([conv ?? id('x')]);
  deleteSelection(true);
  expect(inputsOf(String(relu))).toEqual({ input: image });
  undo();
  select([conv ?? id('x')]);
  deleteSelection(false);
  expect(inputsOf(String(relu))).toEqual({});
});

test('an occupied input is replaced and a wire moved in one step of undo', () => {
  const [image, conv, relu] = chain('input', 'conv2d', 'relu').map(String);
  connectWire({ node: id(image ?? ''), port: 'output' }, { node: id(relu ?? ''), port: 'input' });
  expect(inputsOf(String(relu))).toEqual({ input: image });
  undo();
  expect(inputsOf(String(relu))).toEqual({ input: conv });
  select([]);
  const add = addItem(item('add'), { position: { x: 900, y: 0 } });
  const moved = moveWire(
    { node: id(relu ?? ''), port: 'input' },
    { node: id(conv ?? ''), port: 'output' },
    { node: add, port: 'b' },
  );
  expect(moved.ok).toBe(true);
  expect([inputsOf(String(relu)), inputsOf(add)]).toEqual([{}, { b: conv }]);
  undo();
  expect([inputsOf(String(relu)), inputsOf(add)]).toEqual([{ input: conv }, {}]);
});

test('a loop is refused and nothing changes', () => {
  const [, conv, relu] = chain('input', 'conv2d', 'relu');
  const before = currentDocument();
  const verdict = connectWire({ node: relu ?? id('x'), port: 'output' }, { node: conv ?? id('x'), port: 'input' });
  expect(verdict.ok).toBe(false);
  expect(currentDocument()).toBe(before);
});

test('bypass goes on for all when one is on, and off when all are off', () => {
  const [, conv, relu] = chain('input', 'conv2d', 'relu');
  select([conv ?? id('x')]);
  toggleBypass();
  select([conv ?? id('x'), relu ?? id('x')]);
  toggleBypass();
  expect(currentDocument().graph.nodes[relu ?? id('x')]?.enabled).toBe(false);
  toggleBypass();
  expect(currentDocument().graph.nodes[conv ?? id('x')]?.enabled).toBeUndefined();
});

test('mute goes on for all when one is on, takes a bypass off, and is one step of undo', () => {
  const [, conv, relu] = chain('input', 'conv2d', 'relu');
  const at = (node: NodeId | undefined) => currentDocument().graph.nodes[node ?? id('x')];
  select([conv ?? id('x')]);
  toggleBypass();
  select([conv ?? id('x'), relu ?? id('x')]);
  toggleMute();
  expect([at(conv)?.muted, at(relu)?.muted, at(conv)?.enabled]).toEqual([true, true, undefined]);
  expect(documentStore.getState().undoLabel).toBe('Mute');
  undo();
  expect([at(conv)?.muted, at(conv)?.enabled]).toEqual([undefined, false]);
  toggleMute();
  toggleMute();
  expect([at(conv)?.muted, at(relu)?.muted]).toEqual([undefined, undefined]);
});

test('a copy brings its inner wires and its blocks along, also into another document', () => {
  const [image] = chain('input');
  const block = addBehindSelection(item('residual-basic'), origin);
  const relu = addBehindSelection(item('relu'), origin);
  const text = copyText(currentDocument(), null, [block, relu]);
  newDocument();
  expect(pasteText(text, null, false)).toEqual({ reason: null });
  const { graph, blocks } = currentDocument();
  expect(Object.keys(blocks)).toEqual(['residual-basic']);
  expect(Object.keys(graph.nodes)).toHaveLength(2);
  const pasted = [...uiStore.getState().selection];
  expect(pasted).toHaveLength(2);
  const inner = Object.values(graph.nodes).find((node) => 'op' in node);
  expect(Object.values(inner?.inputs ?? {}).map((source) => source.node)).toEqual([
    Object.keys(graph.nodes).find((key) => key !== image && graph.nodes[id(key)] !== inner),
  ]);
  undo();
  expect(currentDocument().blocks).toEqual({});
});

test('a pasted block that differs from the one here comes under another id', () => {
  const block = addItem(item('residual-basic'), { position: origin });
  const text = copyText(currentDocument(), null, [block]);
  const content = readClipboard(text);
  const definition = Object.values(content?.blocks ?? {})[0];
  if (content === undefined || definition === undefined) throw new Error('nothing was copied');
  const changed = JSON.stringify({ ...content, blocks: { 'residual-basic': { ...definition, name: 'Mine' } } });
  pasteText(changed, null, false);
  expect(Object.keys(currentDocument().blocks).sort()).toEqual(['residual-basic', 'residual-basic-2']);
});

test('a block cannot be pasted into itself', () => {
  const block = addItem(item('residual-basic'), { position: origin });
  const text = copyText(currentDocument(), null, [block]);
  enterBlock(block);
  const before = currentDocument();
  expect(pasteText(text, null, false)?.reason).toContain('itself');
  expect(currentDocument()).toBe(before);
});

test('other text is not taken for nodes', () => {
  expect(pasteText('hello', null, false)).toBeUndefined();
  expect(pasteText('{"format":"skipwire/clipboard@1","nodes":{"__proto__":1}}', null, false)).toBeUndefined();
});

test('connecting a selection counts its wires', () => {
  const image = addItem(item('input'), { position: origin });
  const conv = addItem(item('conv2d'), { position: { x: 300, y: 0 } });
  select([image, conv]);
  expect(connectSelection()).toBe(1);
  expect(inputsOf(conv)).toEqual({ input: image });
  expect(connectSelection()).toBe(0);
});

test('what is put twice at the same place does not hide what is there', () => {
  const first = addItem(item('relu'), { position: origin });
  const second = addItem(item('relu'), { position: origin });
  const { nodes } = currentDocument().graph;
  expect(nodes[first]?.position).toEqual(origin);
  expect(nodes[second]?.position.y).toBeGreaterThanOrEqual(60);
});
