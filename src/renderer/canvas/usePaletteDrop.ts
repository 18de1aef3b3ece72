import { useReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import { dragData, draggedItem } from '../palette/dragItem.ts';
import { setWireUnderDrag } from './canvasStore.ts';
import { addItem } from './editing.ts';
import { focusCanvas } from './focusCanvas.ts';
import { wireAt } from './hitTest.ts';
import { cardRound } from './placeNode.ts';
import { wireEnd } from './skipWires.ts';

/** Taking things from the palette: onto the canvas, or into a wire. */
export function usePaletteDrop() {
  const flow = useReactFlow();
  return useMemo(
    () => ({
      onDragOver(event: React.DragEvent): void {
        const item = draggedItem();
        if (item === undefined || !event.dataTransfer.types.includes(dragData)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        const goesIn = item.inputs.length > 0 && item.outputs.length > 0;
        setWireUnderDrag(goesIn ? (wireAt({ x: event.clientX, y: event.clientY }) ?? null) : null);
      },
      onDragLeave(): void {
        setWireUnderDrag(null);
      },
      onDrop(event: React.DragEvent): void {
        const item = draggedItem();
        setWireUnderDrag(null);
        if (item === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        const point = { x: event.clientX, y: event.clientY };
        const goesIn = item.inputs.length > 0 && item.outputs.length > 0;
        const wire = goesIn ? wireAt(point) : undefined;
        const position = cardRound(flow.screenToFlowPosition(point, { snapToGrid: false }));
        addItem(item, { position, ...(wire === undefined ? {} : { onWire: wireEnd(wire) }) });
        focusCanvas();
      },
    }),
    [flow],
  );
}
