import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { classNames } from '../../ui/classNames.ts';
import type { WaypointNode } from './deriveMarks.ts';

/** A point that a wire is led through. */
export const WaypointDot = memo(function WaypointDot({ id, selected }: NodeProps<WaypointNode>) {
  return (
    <div
      className={classNames('sw-waypoint', selected && 'is-selected')}
      data-testid={id}
      title="Drag to lead the wire"
    />
  );
});
