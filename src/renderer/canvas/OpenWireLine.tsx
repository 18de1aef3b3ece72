import { useStore, type ConnectionLineComponentProps } from '@xyflow/react';
import { classNames } from '../ui/classNames.ts';
import { useCanvas } from './canvasStore.ts';
import type { CanvasItem } from './useCanvasNodes.ts';
import { wirePath } from './routeWire.ts';

/** The wire that is being drawn, with the reason when it cannot end where the pointer is. */
export function OpenWireLine({ fromX, fromY, toX, toY, fromHandle }: ConnectionLineComponentProps<CanvasItem>) {
  const mode = useCanvas((state) => state.mode);
  const zoom = useStore((state) => state.transform[2]);
  if (mode.kind !== 'connecting') return null;
  const from = { x: fromX, y: fromY };
  const to = { x: toX, y: toY };
  const { d } = fromHandle.type === 'source' ? wirePath(from, to, null) : wirePath(to, from, null);
  const refused = mode.refusal !== null;
  return (
    <g>
      <path d={d} className={classNames('sw-open-wire', refused && 'is-refused')} />
      <circle cx={toX} cy={toY} r={4} className={classNames('sw-open-end', refused && 'is-refused')} />
      {refused && (
        <foreignObject x={toX + 14} y={toY + 10} width={260} height={80} style={{ overflow: 'visible' }}>
          <div className="sw-refusal" role="alert" style={{ transform: `scale(${1 / zoom})` }}>
            {mode.refusal}
          </div>
        </foreignObject>
      )}
    </g>
  );
}
