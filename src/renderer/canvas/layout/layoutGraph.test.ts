import { describe, expect, test } from 'vitest';
import { NODE_WIDTH } from '../nodeGeometry.ts';
import { layoutGraph, type LayoutNode } from './layoutGraph.ts';

function node(id: string, ...sources: string[]): LayoutNode {
  return { id, height: 60, sources };
}

describe('arranging a graph', () => {
  const residual = [node('in'), node('conv1', 'in'), node('conv2', 'conv1'), node('add', 'conv2', 'in')];

  test('sources come before what they feed', () => {
    const right = layoutGraph({ nodes: residual, direction: 'right' });
    const down = layoutGraph({ nodes: residual, direction: 'down' });
    for (const { id, sources } of residual) {
      for (const source of sources) {
        expect((right[id]?.x ?? 0) - (right[source]?.x ?? 0)).toBeGreaterThanOrEqual(NODE_WIDTH);
        expect((down[id]?.y ?? 0) - (down[source]?.y ?? 0)).toBeGreaterThanOrEqual(60);
      }
    }
  });

  test('parts that are not connected and repeated sources are placed too', () => {
    const positions = layoutGraph({ nodes: [node('a'), node('b', 'a', 'a'), node('lone')], direction: 'right' });
    expect(Object.keys(positions).sort()).toEqual(['a', 'b', 'lone']);
    const boxes = Object.values(positions);
    boxes.forEach((one, index) => {
      for (const other of boxes.slice(index + 1)) {
        expect(Math.abs(one.x - other.x) >= NODE_WIDTH || Math.abs(one.y - other.y) >= 60).toBe(true);
      }
    });
  });

  test('nothing is nothing', () => {
    expect(layoutGraph({ nodes: [], direction: 'right' })).toEqual({});
  });
});
