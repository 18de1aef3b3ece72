import { expect, test } from 'vitest';
import { NodeId, type Graph } from '../../graph-engine/document/schema.ts';
import { skipWires } from './skipWires.ts';

/** `{ add: ['conv', 'in'] }`: each node with what feeds its inputs, in order. */
function graphOf(wiring: Readonly<Record<string, readonly string[]>>): Graph {
  const nodes: Graph['nodes'] = {};
  for (const [name, sources] of Object.entries(wiring)) {
    const inputs = Object.fromEntries(
      sources.map((source, index) => [`in${index}`, { node: NodeId.parse(source), port: 'output' }]),
    );
    nodes[NodeId.parse(name)] = { op: 'any', parameters: {}, inputs, position: { x: 0, y: 0 } };
  }
  return { nodes };
}

const skips = (wiring: Readonly<Record<string, readonly string[]>>): string[] => [...skipWires(graphOf(wiring))].sort();

test('an identity shortcut is one skip wire', () => {
  expect(skips({ x: [], conv1: ['x'], conv2: ['conv1'], add: ['conv2', 'x'] })).toEqual(['add:in1']);
});

test('a projection is a skip from the fork on', () => {
  const wiring = {
    x: [],
    conv1: ['x'],
    bn1: ['conv1'],
    conv2: ['bn1'],
    projection: ['x'],
    add: ['conv2', 'projection'],
  };
  expect(skips(wiring)).toEqual(['add:in1', 'projection:in0']);
});

test('two inputs of different networks that meet late are no skip', () => {
  expect(skips({ image: [], conv: ['image'], dense: ['conv'], text: [], join: ['dense', 'text'] })).toEqual([]);
});

test('branches of equal length are no skip, and a chain has none', () => {
  expect(skips({ x: [], left: ['x'], right: ['x'], join: ['left', 'right'] })).toEqual([]);
  expect(skips({ x: [], a: ['x'], b: ['a'] })).toEqual([]);
});

test('every earlier layer skips into a dense block', () => {
  const wiring = { x: [], a: ['x'], b: ['a', 'x'], c: ['b', 'a', 'x'] };
  expect(skips(wiring)).toEqual(['b:in1', 'c:in1', 'c:in2']);
});

test('a cycle does not hang the search', () => {
  expect(skips({ x: [], a: ['x', 'b'], b: ['a'] })).toEqual([]);
});
