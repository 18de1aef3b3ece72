import { describe, expect, test } from 'vitest';
import { NodeId, type Graph } from '../../../graph-engine/document/schema.ts';
import { networkOf } from '../../../../tests/support/networks.ts';
import { cardBox } from '../marks/frameMembers.ts';
import { NODE_WIDTH } from '../nodeGeometry.ts';
import { layoutFrames, type LayoutFrame } from './layoutFrames.ts';
import type { LayoutNode } from './layoutGraph.ts';
import { framesOf, refit } from './refit.ts';

const node = (id: string, ...sources: string[]): LayoutNode => ({ id, width: NODE_WIDTH, height: 60, sources });
const frame = (id: string, nodes: readonly string[], frames: readonly string[] = []): LayoutFrame => ({
  id,
  nodes,
  frames,
});
const padded = { direction: 'right' as const, padding: 24, title: 30 };

/** The nodes that lie within the room of others, which belong to a frame. */
function intruders(
  positions: Readonly<Record<string, { readonly x: number; readonly y: number }>>,
  members: readonly string[],
): readonly string[] {
  const boxes = members.map((id) => positions[id] ?? { x: NaN, y: NaN });
  const [left, top] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))];
  const right = Math.max(...boxes.map(({ x }) => x)) + NODE_WIDTH;
  const bottom = Math.max(...boxes.map(({ y }) => y)) + 60;
  return Object.entries(positions)
    .filter(([id]) => !members.includes(id))
    .filter(([, { x, y }]) => x < right && x + NODE_WIDTH > left && y < bottom && y + 60 > top)
    .map(([id]) => id);
}

describe('frames in a layout', () => {
  const two = [
    node('in'),
    ...['a1', 'a2', 'a3'].map((id, i, all) => node(id, i === 0 ? 'in' : (all[i - 1] ?? ''))),
    ...['b1', 'b2'].map((id, i, all) => node(id, i === 0 ? 'in' : (all[i - 1] ?? ''))),
    node('add', 'a3', 'b2'),
  ];

  test('what lies in a frame stays together, and nothing else comes between', () => {
    const frames = [frame('a', ['a1', 'a2', 'a3']), frame('b', ['b1', 'b2'])];
    const positions = layoutFrames({ nodes: two, frames, ...padded });
    expect(Object.keys(positions).sort()).toEqual(two.map(({ id }) => id).sort());
    expect(intruders(positions, ['a1', 'a2', 'a3'])).toEqual([]);
    expect(intruders(positions, ['b1', 'b2'])).toEqual([]);
    for (const { id, sources } of two)
      for (const source of sources)
        expect((positions[id]?.x ?? 0) - (positions[source]?.x ?? 0)).toBeGreaterThanOrEqual(NODE_WIDTH);
  });

  test('frames in frames', () => {
    const frames = [frame('inner', ['a2', 'a3']), frame('outer', ['a1'], ['inner'])];
    const positions = layoutFrames({ nodes: two, frames, ...padded, direction: 'down' });
    expect(intruders(positions, ['a1', 'a2', 'a3'])).toEqual([]);
    expect(intruders(positions, ['a2', 'a3'])).toEqual([]);
  });

  test('a frame whose nodes feed each other by a way outside is taken apart rather than refused', () => {
    const frames = [frame('around', ['a1', 'a3'])];
    const positions = layoutFrames({ nodes: two, frames, ...padded });
    expect(Object.keys(positions)).toHaveLength(two.length);
    expect(positions['a2']?.x ?? 0).toBeGreaterThan(positions['a1']?.x ?? 0);
    expect(positions['a3']?.x ?? 0).toBeGreaterThan(positions['a2']?.x ?? 0);
  });
});

describe('what follows cards to new places', () => {
  const { graph } = networkOf({
    image: { op: 'input', position: { x: 0, y: 0 } },
    conv: { op: 'conv2d', position: { x: 220, y: 0 } },
    relu: { op: 'relu', position: { x: 440, y: 0 } },
  });
  const size = { width: 208, height: 138 };
  const marked: Graph = {
    nodes: {
      ...graph.nodes,
      [NodeId.parse('relu')]: {
        op: 'relu',
        parameters: {},
        position: { x: 440, y: 0 },
        inputs: { input: { node: NodeId.parse('conv'), port: 'output', via: [{ x: 410, y: 90 }] } },
      },
    },
    frames: {
      ['frame-1' as never]: { title: 'Conv', colour: 'grey', position: { x: 196, y: -54 }, size },
    },
    notes: {
      ['note-1' as never]: {
        text: 'why',
        colour: 'amber',
        position: { x: 230, y: 62 },
        size: { width: 60, height: 20 },
      },
    },
  };
  const wanted = new Set(Object.keys(graph.nodes) as NodeId[]);

  test('a frame comes to stand round its card, its note beside it, and a point between the ends of its wire', () => {
    expect(framesOf(marked, wanted, {})).toEqual([{ id: 'frame-1', nodes: ['conv'], frames: [] }]);
    const moved = { image: { x: 0, y: 0 }, conv: { x: 300, y: 200 }, relu: { x: 640, y: 200 } };
    const { frames, notes, waypoints } = refit(marked, moved, {});
    expect(notes).toEqual([{ id: 'note-1', position: { x: 310, y: 262 } }]);
    const conv = marked.nodes[NodeId.parse('conv')];
    if (conv === undefined) throw new Error('There is a convolution');
    const box = { ...cardBox(conv, {}), x: 300, y: 200 };
    const place = frames[0]?.place;
    expect(place).toEqual({ position: { x: 276, y: 146 }, size: { width: 208, height: 160 } });
    expect((place?.position.y ?? 0) + (place?.size.height ?? 0)).toBeGreaterThan(box.y + box.height);
    // Half way between the cards: the mean of their ways.
    expect(waypoints).toEqual([
      { to: { node: 'relu', port: 'input' }, via: [{ x: 410 + 80 + 120 * (110 / 220), y: 290 }] },
    ]);
  });

  test('nothing follows what does not move', () => {
    const places = Object.fromEntries(Object.entries(marked.nodes).map(([id, { position }]) => [id, position]));
    expect(refit(marked, places, {})).toEqual({ frames: [], notes: [], waypoints: [] });
  });
});
