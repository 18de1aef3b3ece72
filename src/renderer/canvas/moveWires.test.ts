import { beforeEach, expect, test } from 'vitest';
import { NodeId } from '../../graph-engine/document/schema.ts';
import { networkOf } from '../../../tests/support/networks.ts';
import { currentDocument, documentStore, openDocument, undo } from '../store/documentStore.ts';
import { moveWires, targetOf, wireIdsAt, type Port } from './moveWires.ts';

const id = (name: string): NodeId => NodeId.parse(name);
const out = (node: string, port = 'output'): Port => ({ node: id(node), port, side: 'output' });
const into = (node: string, port = 'input'): Port => ({ node: id(node), port, side: 'input' });
const graph = () => currentDocument().graph;
const feeds = (node: string) =>
  Object.fromEntries(Object.entries(graph().nodes[id(node)]?.inputs ?? {}).map(([port, wire]) => [port, wire.node]));

beforeEach(() =>
  openDocument(
    networkOf({
      image: { op: 'input' },
      conv: { op: 'conv2d' },
      bn: { op: 'batchNormalization' },
      relu: { op: 'relu', inputs: { input: 'conv' } },
      add: { op: 'add', inputs: { a: 'conv', b: 'image' } },
      free: { op: 'add', inputs: {} },
    }),
    null,
  ),
);

test('all wires of an output go to another output, in one step of undo', () => {
  expect(wireIdsAt(graph(), out('conv'))).toHaveLength(3);
  expect(moveWires(out('conv'), out('image'))).toEqual({ ok: true });
  expect([feeds('bn'), feeds('relu'), feeds('add')]).toEqual([
    { input: 'image' },
    { input: 'image' },
    { a: 'image', b: 'image' },
  ]);
  expect(documentStore.getState().undoLabel).toBe('Move wires');
  undo();
  expect([feeds('bn'), feeds('add')]).toEqual([{ input: 'conv' }, { a: 'conv', b: 'image' }]);
});

test('a loop is refused for all of them, and nothing is moved', () => {
  const before = currentDocument();
  expect(moveWires(out('conv'), out('relu'))).toMatchObject({ ok: false });
  expect(currentDocument()).toBe(before);
  expect(moveWires(out('free'), out('conv'))).toMatchObject({ ok: false });
  expect(moveWires(out('conv'), into('bn'))).toMatchObject({ ok: false });
});

test('the wire of an input goes to another input and takes the place of what was there', () => {
  expect(moveWires(into('add', 'b'), into('add', 'a'))).toEqual({ ok: true });
  expect(feeds('add')).toEqual({ a: 'image' });
});

test('let go on a card, wires go to the port that fits', () => {
  expect(targetOf(graph(), into('add', 'b'), { node: id('free') })).toEqual(into('free', 'a'));
  expect(targetOf(graph(), out('conv'), { node: id('image') })).toEqual(out('image'));
  expect(targetOf(graph(), out('conv'), { node: id('image'), port: 'output', side: 'output' })).toEqual(out('image'));
  expect(targetOf(graph(), out('conv'), { node: id('conv') })).toBeUndefined();
});
