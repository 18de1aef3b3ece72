import { moveNodes } from '../../graph-engine/document/commands/editNode.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { currentDocument, dispatch, gesture } from '../store/documentStore.ts';
import { editedScope } from '../store/scope.ts';
import { uiStore } from '../store/uiStore.ts';
import { NODE_WIDTH, nodeHeight } from './nodeGeometry.ts';
import { portsOf } from './nodeView.ts';
import { snap } from './placeNode.ts';
import type { Box, Point } from './routeWire.ts';

export type Alignment = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';

interface Placed {
  readonly id: NodeId;
  readonly box: Box;
}

/** The selected cards with their boxes. */
function selectedBoxes(): readonly Placed[] {
  const { graph } = editedScope();
  const { blocks } = currentDocument();
  return [...uiStore.getState().selection].flatMap((id) => {
    const node = graph.nodes[id];
    if (node === undefined) return [];
    const { inputs, outputs } = portsOf(node, blocks);
    return [{ id, box: { ...node.position, width: NODE_WIDTH, height: nodeHeight(inputs.length, outputs.length) } }];
  });
}

function place(label: string, positions: Readonly<Record<string, Point>>): void {
  gesture(label, () => dispatch(moveNodes, { scope: editedScope().scope, positions }));
}

/** Where cards go that are aligned by one of their edges or middles. */
export function alignedPositions(cards: readonly Placed[], alignment: Alignment): Record<string, Point> {
  const boxes = cards.map(({ box }) => box);
  const [left, top] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))];
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  const move = ({ x, y, width, height }: Box): Point => {
    switch (alignment) {
      case 'left':
        return { x: left, y };
      case 'centre':
        return { x: (left + right) / 2 - width / 2, y };
      case 'right':
        return { x: right - width, y };
      case 'top':
        return { x, y: top };
      case 'middle':
        return { x, y: (top + bottom) / 2 - height / 2 };
      case 'bottom':
        return { x, y: bottom - height };
    }
  };
  return Object.fromEntries(cards.map(({ id, box }) => [id, move(box)]));
}

/** Where cards go that have equal gaps between them, the outermost staying where they are. */
export function distributedPositions(cards: readonly Placed[], axis: 'x' | 'y'): Record<string, Point> {
  const size = axis === 'x' ? 'width' : 'height';
  const sorted = [...cards].sort((a, b) => a.box[axis] - b.box[axis]);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || sorted.length < 3) return {};
  const span = last.box[axis] + last.box[size] - first.box[axis];
  const filled = sorted.reduce((sum, { box }) => sum + box[size], 0);
  const gap = (span - filled) / (sorted.length - 1);
  let at = first.box[axis];
  const positions: Record<string, Point> = {};
  for (const { id, box } of sorted) {
    positions[id] = { x: box.x, y: box.y, [axis]: at };
    at += box[size] + gap;
  }
  return positions;
}

/** Aligns the selected cards: one step of undo. */
export function alignSelection(alignment: Alignment): void {
  const cards = selectedBoxes();
  if (cards.length > 1) place('Align', alignedPositions(cards, alignment));
}

/** Gives the selected cards equal gaps. */
export function distributeSelection(axis: 'x' | 'y'): void {
  const cards = selectedBoxes();
  if (cards.length > 2) place('Distribute', distributedPositions(cards, axis));
}

/** Moves the selected cards to the grid. */
export function snapSelection(): void {
  const positions = selectedBoxes().map(({ id, box }) => [id, snap(box)] as const);
  if (positions.length > 0) place('Snap to grid', Object.fromEntries(positions));
}
