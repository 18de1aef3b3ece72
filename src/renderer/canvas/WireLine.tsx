import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { classNames } from '../ui/classNames.ts';
import { useCanvas } from './canvasStore.ts';
import type { CanvasWire } from './deriveWires.ts';
import { useDetail } from './detailLevel.ts';
import { wirePath } from './routeWire.ts';

const SHIFTS = { above: '-108%', on: '-50%', below: '5px' } as const;

/** One wire, with the shape of what flows through it. */
export const WireLine = memo(function WireLine({
  id,
  sourceX,
  sourceY,
  targetX,
  targetY,
  selected,
  data,
}: EdgeProps<CanvasWire>) {
  const detail = useDetail();
  const isDropTarget = useCanvas((state) => state.wireUnderDrag === id);
  if (data === undefined) return null;
  const { shape, longShape, skip, lane, error } = data.view;
  const { d, label, side } = wirePath({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, lane);
  const look = classNames(
    'sw-wire',
    skip && 'is-skip',
    error !== null && 'is-error',
    selected === true && 'is-selected',
    isDropTarget && 'is-drop-target',
    shape === '' && 'is-unknown',
    `is-${detail}`,
  );
  return (
    <>
      <title>{error ?? longShape}</title>
      <BaseEdge path={d} className={look} interactionWidth={18} />
      {detail === 'full' && shape !== '' && (
        <EdgeLabelRenderer>
          <div
            className={classNames(
              'sw-wire-label',
              skip && 'is-skip',
              error !== null && 'is-error',
              selected === true && 'is-selected',
              side !== 'on' && 'is-beside',
            )}
            style={{ transform: `translate(-50%, ${SHIFTS[side]}) translate(${label.x}px, ${label.y}px)` }}
            data-testid={`shape-${id}`}
          >
            {shape}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
