import { expect, test } from 'vitest';
import { addNode } from '../../graph-engine/document/commands/addNode.ts';
import { connect } from '../../graph-engine/document/commands/connect.ts';
import { moveNodes, setEnabled, setMuted, setParameter } from '../../graph-engine/document/commands/editNode.ts';
import { removeNodes } from '../../graph-engine/document/commands/removeNodes.ts';
import { createHistory } from '../../graph-engine/document/history.ts';
import { NodeId } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { emptyDocument } from '../store/documentStore.ts';
import { createNodeDeriver } from './deriveNodes.ts';
import { createWireDeriver } from './deriveWires.ts';

const id = (text: string): NodeId => NodeId.parse(text);

function drawing() {
  const history = createHistory(emptyDocument());
  const nodeDeriver = createNodeDeriver();
  const wireDeriver = createWireDeriver();
  const add = (name: string, op: string, parameters = {}, position = { x: 0, y: 0 }): void =>
    history.dispatch(addNode, { scope: null, id: id(name), node: { op, parameters, inputs: {}, position } });
  const wire = (from: string, to: string, port = 'input'): void =>
    history.dispatch(connect, {
      scope: null,
      from: { node: id(from), port: 'output' },
      to: { node: id(to), port },
    });
  function derive(
    selection: ReadonlySet<NodeId> = new Set(),
    moved: ReadonlyMap<string, { x: number; y: number }> | null = null,
  ) {
    const { document } = history;
    const { root, diagnostics } = inferDocument(document);
    const shared = { graph: document.graph, inferred: root, blocks: document.blocks, diagnostics };
    const nodes = nodeDeriver.derive({ ...shared, selection, moved });
    const wires = wireDeriver.derive({ ...shared, selectedWires: new Set() });
    nodeDeriver.publish();
    wireDeriver.publish();
    return {
      card: (name: string) => nodeDeriver.views.get(name),
      line: (name: string) => wireDeriver.views.get(name),
      node: (name: string) => nodes.find((node) => node.id === name),
      wire: (name: string) => wires.find((one) => one.id === name),
      nodes,
      wires,
    };
  }
  /** Collects the ids whose views change from now on. */
  function follow(cards: readonly string[], lines: readonly string[]): string[] {
    const told: string[] = [];
    for (const one of cards) nodeDeriver.views.follow(one, () => told.push(one));
    for (const one of lines) wireDeriver.views.follow(one, () => told.push(one));
    return told;
  }
  return { history, add, wire, derive, follow };
}

function residual() {
  const drawn = drawing();
  drawn.add('input', 'input', { height: 8, width: 8, channels: 4 });
  drawn.add('conv', 'conv2d', { filters: 4 }, { x: 220, y: 0 });
  drawn.add('add', 'add', {}, { x: 440, y: 0 });
  drawn.wire('input', 'conv');
  drawn.wire('conv', 'add', 'a');
  drawn.wire('input', 'add', 'b');
  return drawn;
}

test('a card says what the node is, with its sizes declared before anything is drawn', () => {
  const { node, card } = residual().derive();
  const conv = node('conv');
  expect(conv).toMatchObject({ width: 160, height: 60 });
  expect(card('conv')).toMatchObject({ title: 'Conv2D', summary: '3×3, 4', cost: '148' });
  expect(conv?.handles?.map((handle) => [handle.id, handle.type])).toEqual([
    ['input', 'target'],
    ['output', 'source'],
  ]);
});

test('an edit of what a card says changes that card, and hands React Flow nothing new', () => {
  const { history, derive, follow } = residual();
  const before = derive();
  const told = follow(['input', 'conv', 'add'], ['conv:input', 'add:a', 'add:b']);
  history.dispatch(setParameter, { scope: null, id: id('conv'), parameter: 'kernel', value: [5, 5] });
  const after = derive();
  expect(after.nodes).toBe(before.nodes);
  expect(after.wires).toBe(before.wires);
  expect(told).toEqual(['conv']);
  expect(after.card('conv')?.summary).toBe('5×5, 4');

  history.dispatch(setParameter, { scope: null, id: id('input'), parameter: 'height', value: 9 });
  derive();
  expect(told.slice(1).sort()).toEqual(['add', 'add:a', 'add:b', 'conv', 'conv:input', 'input']);
});

test('a card with another place is another object, and the others are not', () => {
  const { history, derive } = residual();
  const before = derive();
  history.dispatch(moveNodes, { scope: null, positions: { conv: { x: 300, y: 0 } } });
  const after = derive();
  expect(after.node('conv')).not.toBe(before.node('conv'));
  expect(after.node('add')).toBe(before.node('add'));
  expect(after.wires).toBe(before.wires);
});

test('what is deleted has no view any more', () => {
  const { history, derive } = residual();
  derive();
  history.dispatch(removeNodes, { scope: null, ids: [id('conv')], heal: false });
  const { card, line, nodes } = derive();
  expect(nodes.map((node) => node.id)).toEqual(['input', 'add']);
  expect([card('conv'), line('conv:input'), line('add:a')]).toEqual([undefined, undefined, undefined]);
});

test('a drag moves one card and leaves the document and its contents alone', () => {
  const { history, derive } = residual();
  const before = derive();
  const { document } = history;
  const during = derive(new Set(), new Map([['conv', { x: 300, y: 40 }]]));
  expect(during.node('conv')?.position).toEqual({ x: 300, y: 40 });
  expect(during.node('conv')?.data).toBe(before.node('conv')?.data);
  expect(during.node('add')).toBe(before.node('add'));
  expect(history.document).toBe(document);
});

test('wires carry the live shape; the skip is told apart and goes round the branch', () => {
  const { derive } = residual();
  const { line } = derive();
  expect(line('conv:input')).toMatchObject({ shape: '8×8×4', skip: false, lane: null, error: null });
  expect(line('add:a')?.skip).toBe(false);
  const skip = line('add:b');
  expect(skip?.skip).toBe(true);
  expect(skip?.lane).toBeLessThan(0);
});

test('a contradiction is on the node in words and on the wire that causes it', () => {
  const { history, derive } = residual();
  history.dispatch(setParameter, { scope: null, id: id('conv'), parameter: 'stride', value: [2, 2] });
  const { card, line } = derive();
  expect(card('add')?.problem).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('4×4×4') as string,
  });
  expect([line('add:a'), line('add:b')].some((one) => one?.error !== null)).toBe(true);
  expect(line('conv:input')?.error).toBeNull();
});

test('what is not connected yet is unfinished, not wrong', () => {
  const { add, derive } = residual();
  add('relu', 'relu', {}, { x: 660, y: 0 });
  expect(derive().card('relu')?.problem).toMatchObject({ severity: 'incomplete', count: 1 });
});

test('a bypassed node shows it and costs nothing', () => {
  const { history, derive } = residual();
  history.dispatch(setEnabled, { scope: null, ids: [id('conv')], enabled: false });
  expect(derive().card('conv')).toMatchObject({ bypassed: true, cost: null });
});

test('a muted node shows it, costs nothing, and zeros flow from it', () => {
  const { history, derive } = residual();
  history.dispatch(setMuted, { scope: null, ids: [id('conv')], muted: true });
  const { card, line } = derive();
  expect(card('conv')).toMatchObject({ muted: true, bypassed: false, cost: null, outputShape: '8×8×4' });
  expect(card('conv')?.label).toContain('muted');
  expect([line('add:a')?.silent, line('add:b')?.silent].sort()).toEqual([false, true]);
  expect([line('add:a')?.label, line('add:b')?.label].join()).toContain('zeros');
});

test('a wire from a node that does not exist is not drawn', () => {
  const { history, add, derive } = residual();
  add('relu', 'relu');
  const { document } = history;
  const relu = {
    op: 'relu',
    parameters: {},
    inputs: { input: { node: id('gone'), port: 'output' } },
    position: { x: 0, y: 0 },
  };
  history.reset({ ...document, graph: { nodes: { ...document.graph.nodes, [id('relu')]: relu } } });
  const { wire, card } = derive();
  expect(wire('relu:input')).toBeUndefined();
  expect(card('relu')?.problem?.severity).toBe('error');
});
