import { layoutGraph, type LayoutDirection, type LayoutNode, type LayoutPositions } from './layoutGraph.ts';

/** A frame that stays round its nodes: they are arranged among themselves, and then as one. */
export interface LayoutFrame {
  readonly id: string;
  /** The nodes in it and in no smaller frame. */
  readonly nodes: readonly string[];
  /** The frames directly in it. */
  readonly frames: readonly string[];
}

export interface LayoutRequest {
  readonly nodes: readonly LayoutNode[];
  readonly direction: LayoutDirection;
  readonly frames?: readonly LayoutFrame[];
  /** Room between a frame and what lies in it, and above that for its title. */
  readonly padding?: number;
  readonly title?: number;
}

/** A node, or a frame with what is in it already arranged. */
interface Item {
  readonly id: string;
  readonly width: number | undefined;
  readonly height: number;
  readonly members: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
}

/** Edges between items: what feeds any member of one from a member of another. */
function linksOf(items: readonly Item[], sources: ReadonlyMap<string, readonly string[]>): LayoutNode[] {
  const owner = new Map(items.flatMap(({ id, members }) => [...members.keys()].map((member) => [member, id] as const)));
  return items.map(({ id, width, height, members }) => {
    const feeds = new Set<string>();
    for (const member of members.keys())
      for (const source of sources.get(member) ?? []) {
        const from = owner.get(source);
        if (from !== undefined && from !== id) feeds.add(from);
      }
    return { id, height, sources: [...feeds], ...(width !== undefined && { width }) };
  });
}

function isCyclic(nodes: readonly LayoutNode[]): boolean {
  const left = new Map(nodes.map(({ id, sources }) => [id, new Set(sources)]));
  for (;;) {
    const free = [...left].filter(([, sources]) => [...sources].every((source) => !left.has(source)));
    if (free.length === 0) return left.size > 0;
    for (const [id] of free) left.delete(id);
  }
}

/**
 * Places nodes in layers, those of a frame together. A way that leaves a frame and comes back would make it stand before
 * itself: such a frame is taken apart, and its nodes are placed with the others.
 */
export function layoutFrames(request: LayoutRequest): LayoutPositions {
  const { nodes, direction, frames = [], padding = 0, title = 0 } = request;
  const sources = new Map(nodes.map((node) => [node.id, node.sources]));
  const known = new Map(nodes.map((node) => [node.id, node]));
  const byId = new Map(frames.map((frame) => [frame.id, frame]));

  const leaf = (id: string): Item[] => {
    const node = known.get(id);
    if (node === undefined) return [];
    return [{ id, width: node.width, height: node.height, members: new Map([[id, { x: 0, y: 0 }]]) }];
  };

  function arrange(
    loose: readonly string[],
    inner: readonly string[],
  ): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
    const items = [...loose.flatMap(leaf), ...inner.flatMap(frameItem)];
    const links = linksOf(items, sources);
    const [largest] = [...inner].sort((a, b) => sizeOf(b) - sizeOf(a));
    if (largest !== undefined && isCyclic(links)) {
      const opened = byId.get(largest);
      return arrange(
        [...loose, ...(opened?.nodes ?? [])],
        [...inner.filter((id) => id !== largest), ...(opened?.frames ?? [])],
      );
    }
    const placed = layoutGraph({ nodes: links, direction });
    const result = new Map<string, { readonly x: number; readonly y: number }>();
    for (const { id, members } of items) {
      const at = placed[id];
      if (at === undefined) continue;
      for (const [member, offset] of members) result.set(member, { x: at.x + offset.x, y: at.y + offset.y });
    }
    return result;
  }

  function sizeOf(id: string): number {
    const frame = byId.get(id);
    if (frame === undefined) return 0;
    return frame.nodes.length + frame.frames.reduce((sum, one) => sum + sizeOf(one), 0);
  }

  function frameItem(id: string): Item[] {
    const frame = byId.get(id);
    if (frame === undefined) return [];
    const inside = [...arrange(frame.nodes, frame.frames)];
    if (inside.length === 0) return [];
    const boxes = inside.map(([member, at]) => {
      const { width = 0, height = 0 } = known.get(member) ?? {};
      return { ...at, right: at.x + width, bottom: at.y + height };
    });
    const [left, top] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))];
    const [right, bottom] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
    const members = new Map(
      inside.map(([member, { x, y }]) => [member, { x: x - left + padding, y: y - top + padding + title }]),
    );
    // As much room below as the title takes above: the middle of what is in it stays the middle of all.
    const height = bottom - top + 2 * (padding + title);
    return [{ id: `frame ${id}`, width: right - left + 2 * padding, height, members }];
  }

  const inAFrame = new Set(frames.flatMap((frame) => frame.nodes));
  const nested = new Set(frames.flatMap((frame) => frame.frames));
  const outermost = frames.filter(({ id }) => !nested.has(id)).map(({ id }) => id);
  const loose = nodes.flatMap(({ id }) => (inAFrame.has(id) ? [] : [id]));
  return Object.fromEntries(arrange(loose, outermost));
}
