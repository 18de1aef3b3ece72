import { expect, test } from 'vitest';
import { addNode } from '../../graph-engine/document/commands/addNode.ts';
import { connect } from '../../graph-engine/document/commands/connect.ts';
import { setEnabled, setMuted, setParameter } from '../../graph-engine/document/commands/editNode.ts';
import { createHistory } from '../../graph-engine/document/history.ts';
import { NodeId } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { emptyDocument } from '../store/documentStore.ts';
import { createNodeDeriver } from './deriveNodes.ts';
import { createWireDeriver } from './deriveWires.ts';

const id = (text: string): NodeId => NodeId.parse(text);

function drawing() {
  const history = createHistory(emptyDocument());
  const deriveNodes = createNodeDeriver();
  const deriveWires = createWireDeriver();
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
    const nodes = deriveNodes({ ...shared, selection, moved });
    const wires = deriveWires({ ...shared, selectedWires: new Set() });
    return {
      node: (name: string) => nodes.find((node) => node.id === name),
      wire: (name: string) => wires.find((one) => one.id === name),
      nodes,
    };
  }
  return { history, add, wire, derive };
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
  const conv = residual().derive().node('conv');
  expect(conv).toMatchObject({
    width: 160,
    height: 60,
    data: { view: { title: 'Conv2D', summary: '3×3, 4', cost: '148' } },
  });
  expect(conv?.handles?.map((handle) => [handle.id, handle.type])).toEqual([
    ['input', 'target'],
    ['output', 'source'],
  ]);
});

test('an edit gives new objects to what looks different and to nothing else', () => {
  const { history, derive } = residual();
  const before = derive();
  history.dispatch(setParameter, { scope: null, id: id('conv'), parameter: 'kernel', value: [5, 5] });
  const after = derive();
  expect(after.node('input')).toBe(before.node('input'));
  expect(after.node('add')).toBe(before.node('add'));
  expect(after.node('conv')).not.toBe(before.node('conv'));
  expect(after.wire('add:b')).toBe(before.wire('add:b'));
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
  const { wire } = derive();
  expect(wire('conv:input')?.data?.view).toMatchObject({ shape: '8×8×4', skip: false, lane: null, error: null });
  expect(wire('add:a')?.data?.view.skip).toBe(false);
  const skip = wire('add:b')?.data?.view;
  expect(skip?.skip).toBe(true);
  expect(skip?.lane).toBeLessThan(0);
});

test('a contradiction is on the node in words and on the wire that causes it', () => {
  const { history, derive } = residual();
  history.dispatch(setParameter, { scope: null, id: id('conv'), parameter: 'stride', value: [2, 2] });
  const { node, wire } = derive();
  expect(node('add')?.data.view.problem).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('4×4×4') as string,
  });
  expect([wire('add:a'), wire('add:b')].some((one) => one?.data?.view.error !== null)).toBe(true);
  expect(wire('conv:input')?.data?.view.error).toBeNull();
});

test('what is not connected yet is unfinished, not wrong', () => {
  const { add, derive } = residual();
  add('relu', 'relu', {}, { x: 660, y: 0 });
  expect(derive().node('relu')?.data.view.problem).toMatchObject({ severity: 'incomplete', count: 1 });
});

test('a bypassed node shows it and costs nothing', () => {
  const { history, derive } = residual();
  history.dispatch(setEnabled, { scope: null, ids: [id('conv')], enabled: false });
  expect(derive().node('conv')?.data.view).toMatchObject({ bypassed: true, cost: null });
});

test('a muted node shows it, costs nothing, and zeros flow from it', () => {
  const { history, derive } = residual();
  history.dispatch(setMuted, { scope: null, ids: [id('conv')], muted: true });
  const { node, wire } = derive();
  expect(node('conv')?.data.view).toMatchObject({ muted: true, bypassed: false, cost: null, outputShape: '8×8×4' });
  expect(node('conv')?.ariaLabel).toContain('muted');
  expect([wire('add:a')?.data?.view.silent, wire('add:b')?.data?.view.silent].sort()).toEqual([false, true]);
  expect([wire('add:a')?.ariaLabel, wire('add:b')?.ariaLabel].join()).toContain('zeros');
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
  const { wire, node } = derive();
  expect(wire('relu:input')).toBeUndefined();
  expect(node('relu')?.data.view.problem?.severity).toBe('error');
});
