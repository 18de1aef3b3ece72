import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo, type CSSProperties } from 'react';
import { classNames } from '../ui/classNames.ts';
import { useCanvas } from './canvasStore.ts';
import type { WireHeat } from '../statistics/gradientWires.ts';
import { useWireHeat } from '../statistics/useShownStatistics.ts';
import type { CanvasWire, WireView } from './deriveWires.ts';
import { useDetail } from './detailLevel.ts';
import { waypointKey } from './marks/markKeys.ts';
import { wirePath, wirePathThrough, type Point } from './routeWire.ts';
import { useLabelOfParent } from './useLabelOfParent.ts';
import { createViews, useView } from './views.ts';

/** Up to so many pixels wide, where the most of a gradient flows. */
const WIDEST = 10;

function heatStyle({ share, level }: WireHeat): CSSProperties {
  return { '--level': level, '--heat-width': `${1.5 + share * (WIDEST - 1.5)}px` } as CSSProperties;
}

const NO_VIEWS = createViews<WireView>();
const SHIFTS = { above: '-108%', on: '-50%', below: '5px' } as const;

/** The points a wire is led through, as they are in the hand during a drag. */
function useWaypoints(wire: string, via: readonly Point[] | null): readonly Point[] | null {
  const inHand = useCanvas((state) => (via === null ? null : state.waypointsInHand));
  if (via === null || inHand === null) return via;
  return via.map((point, index) => inHand.get(waypointKey(wire, index)) ?? point);
}

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
  const isHit = useCanvas(({ mode }) => mode.kind === 'stroke' && mode.hits.has(id));
  const heat = useWireHeat(id);
  const view = useView(data?.views ?? NO_VIEWS, id);
  const via = useWaypoints(id, view?.via ?? null);
  const title = useLabelOfParent('.react-flow__edge', view?.label);
  if (view === undefined) return null;
  const { shape, longShape, skip, lane, silent, error } = view;
  const [from, to] = [
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
  ];
  const { d, label, side } = via === null ? wirePath(from, to, lane) : wirePathThrough(from, via, to);
  const look = classNames(
    'sw-wire',
    skip && 'is-skip',
    silent && 'is-silent',
    heat !== undefined && 'is-heated',
    error !== null && 'is-error',
    selected === true && 'is-selected',
    isDropTarget && 'is-drop-target',
    isHit && 'is-hit',
    shape === '' && 'is-unknown',
    `is-${detail}`,
  );
  return (
    <>
      <title ref={title}>{error ?? (heat === undefined ? longShape : `${longShape}, gradient ${heat.text}`)}</title>
      <BaseEdge
        path={d}
        className={look}
        interactionWidth={18}
        {...(heat !== undefined && { style: heatStyle(heat) })}
      />
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
            {heat?.text ?? shape}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
