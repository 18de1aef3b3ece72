import { useStore, type ReactFlowState } from '@xyflow/react';
import { useMemo, useState } from 'react';
import { useCanvas } from './canvasStore.ts';
import type { CanvasWire } from './deriveWires.ts';
import { NODE_WIDTH } from './nodeGeometry.ts';
import type { Box } from './routeWire.ts';
import type { CanvasItem } from './useCanvasNodes.ts';

/** Of fewer things React Flow holds all: choosing would cost more than it saves. */
const WORTH_CHOOSING = 400;
/** Pixels round the view in which things are held, so that moving it a little brings nothing new. */
const MARGIN = 400;
/** How much larger than needed the part may be that is held, before a view that was zoomed in lets go of the rest. */
const SLACK = 2;

type View = Pick<ReactFlowState, 'transform' | 'width' | 'height'>;

interface Things {
  readonly items: CanvasItem[];
  readonly wires: CanvasWire[];
}

/** Follows the view: the part of the canvas round it, the same object until the view leaves it or shows far less. */
export function createNearArea(): (view: View) => Box {
  let area: Box | undefined;
  return ({ transform: [x, y, zoom], width, height }) => {
    const [left, top, wide, high] = [-x / zoom, -y / zoom, width / zoom, height / zoom];
    const margin = MARGIN / zoom;
    const isWithin =
      area !== undefined &&
      left >= area.x &&
      top >= area.y &&
      left + wide <= area.x + area.width &&
      top + high <= area.y + area.height &&
      area.width <= SLACK * (wide + 2 * margin);
    if (area === undefined || !isWithin)
      area = { x: left - margin, y: top - margin, width: wide + 2 * margin, height: high + 2 * margin };
    return area;
  };
}

function sameThings<Thing>(a: readonly Thing[], b: readonly Thing[]): boolean {
  return a.length === b.length && a.every((thing, index) => thing === b[index]);
}

/**
 * Chooses what React Flow holds of a large canvas: what lies in an area or reaches through it, with the ends of these wires, and
 * whatever is selected or `held`, because that may be moved from afar. The same lists as before while they hold the same.
 */
export function createNearThings(): (all: Things, area: Box, held: string | null) => Things {
  let byId: { readonly items: CanvasItem[]; readonly map: ReadonlyMap<string, CanvasItem> } | undefined;
  let last: Things = { items: [], wires: [] };
  return (all, { x, y, width, height }, held) => {
    if (all.items.length < WORTH_CHOOSING) return all;
    if (byId?.items !== all.items) byId = { items: all.items, map: new Map(all.items.map((item) => [item.id, item])) };
    const { map } = byId;
    const [right, bottom] = [x + width, y + height];
    const chosen = new Set<string>();
    for (const { id, position, selected, width: wide = NODE_WIDTH, height: high = 0 } of all.items) {
      const isIn = position.x < right && position.x + wide > x && position.y < bottom && position.y + high > y;
      if (isIn || selected === true || id === held) chosen.add(id);
    }
    const wires = all.wires.filter(({ source, target, selected }) => {
      const [from, to] = [map.get(source), map.get(target)];
      if (from === undefined || to === undefined) return false;
      const [a, b] = [from.position, to.position];
      const reaches =
        Math.min(a.x, b.x) < right &&
        Math.max(a.x, b.x) + NODE_WIDTH > x &&
        Math.min(a.y, b.y) < bottom &&
        Math.max(a.y + (from.height ?? 0), b.y + (to.height ?? 0)) > y;
      if (!reaches && selected !== true) return false;
      chosen.add(source);
      chosen.add(target);
      return true;
    });
    const items = all.items.filter(({ id }) => chosen.has(id));
    last = {
      items: sameThings(last.items, items) ? last.items : items,
      wires: sameThings(last.wires, wires) ? last.wires : wires,
    };
    return last;
  };
}

/** What React Flow is given of the canvas: all of a small one, of a large one what is near the view. */
export function useNearThings(items: CanvasItem[], wires: CanvasWire[]): Things {
  const [nearArea] = useState(createNearArea);
  const [nearThings] = useState(createNearThings);
  const area = useStore(nearArea);
  // A wire that is being drawn follows the node it starts at, also when the view moves on.
  const held = useCanvas(({ mode }) => (mode.kind === 'connecting' ? mode.open.node : null));
  return useMemo(() => nearThings({ items, wires }, area, held), [nearThings, items, wires, area, held]);
}
