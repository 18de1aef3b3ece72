import { expect, test } from 'vitest';
import { NodeId, type Graph, type GraphNode } from '../../graph-engine/document/schema.ts';
import { bestInput, canConnect, completeWire, validTargets, wiresAmong } from './dropRules.ts';

const id = (text: string): NodeId => NodeId.parse(text);
const end = (node: string, port = 'output') => ({ node: id(node), port });

function op(type: string, x: number, inputs: Readonly<Record<string, string>> = {}): GraphNode {
  const wires = Object.fromEntries(Object.entries(inputs).map(([port, source]) => [port, end(source)]));
  return { op: type, parameters: {}, inputs: wires, position: { x, y: 0 } };
}

const graph: Graph = {
  nodes: {
    [id('image')]: op('input', 0),
    [id('conv')]: op('conv2d', 220, { input: 'image' }),
    [id('relu')]: op('relu', 440, { input: 'conv' }),
    [id('add')]: op('add', 660, { a: 'relu' }),
  },
};

test('a loop is refused with both names', () => {
  expect(canConnect(graph, end('relu'), end('conv', 'input'))).toEqual({
    ok: false,
    reason: 'This would close a loop: "relu" already depends on "conv".',
  });
  expect(canConnect(graph, end('conv'), end('conv', 'input'))).toEqual({
    ok: false,
    reason: 'A node cannot feed itself.',
  });
  expect(canConnect(graph, end('image'), end('add', 'b'))).toEqual({ ok: true });
});

test('while a wire is drawn, what can take it is known', () => {
  expect([...validTargets(graph, { ...end('conv'), side: 'output' }, {})].sort()).toEqual(['add', 'relu']);
  expect([...validTargets(graph, { ...end('conv', 'input'), side: 'input' }, {})].sort()).toEqual(['image']);
});

test('a drop on a node takes its free input, or the last one when none is free', () => {
  expect(bestInput(graph, id('add'), {})).toBe('b');
  expect(bestInput(graph, id('relu'), {})).toBe('input');
  expect(bestInput(graph, id('image'), {})).toBeUndefined();
});

test('a wire can be drawn from either end', () => {
  const wire = { from: end('image'), to: end('add', 'b') };
  expect(completeWire(graph, { ...end('image'), side: 'output' }, { node: id('add') }, {})).toEqual(wire);
  expect(completeWire(graph, { ...end('add', 'b'), side: 'input' }, { node: id('image') }, {})).toEqual(wire);
  expect(completeWire(graph, { ...end('conv'), side: 'output' }, { node: id('image') }, {})).toBeUndefined();
});

test('connecting a selection joins it from left to right and touches nothing that is connected', () => {
  const loose: Graph = {
    nodes: {
      [id('image')]: op('input', 0),
      [id('conv')]: op('conv2d', 220),
      [id('add')]: op('add', 440),
      [id('relu')]: op('relu', 660, { input: 'image' }),
    },
  };
  const wires = wiresAmong(loose, [id('relu'), id('add'), id('image'), id('conv')], {});
  expect(wires).toEqual([
    { from: end('image'), to: end('conv', 'input') },
    { from: end('conv'), to: end('add', 'a') },
    { from: end('image'), to: end('add', 'b') },
  ]);
});
