import { BaseEdge, getBezierPath, Handle, Position, type EdgeProps, type NodeProps } from '@xyflow/react';
import { memo, type CSSProperties } from 'react';
import { familyColour, FamilyIcon } from '../canvas/FamilyIcon.tsx';
import { portY } from '../canvas/nodeGeometry.ts';
import type { CanvasNode } from '../canvas/deriveNodes.ts';
import type { CanvasWire } from '../canvas/deriveWires.ts';
import { useView } from '../canvas/views.ts';

/** A node that the earlier document had at this place. */
export const RemovedCard = memo(function RemovedCard({ id, data: { views } }: NodeProps<CanvasNode>) {
  const view = useView(views, id);
  if (view === undefined) return null;
  return (
    <div
      className="sw-removed"
      data-testid={`removed-${view.id}`}
      title={`${view.name}: not there any more`}
      style={{ '--family': familyColour(view.family) } as CSSProperties}
    >
      <FamilyIcon type={view.type} family={view.family} size={15} />
      <span className="min-w-0">
        <span className="block truncate font-semibold">{view.name}</span>
        <span className="block truncate">{view.title}</span>
      </span>
      {view.inputs.map((port, index) => (
        <Handle
          key={port}
          id={port}
          type="target"
          position={Position.Left}
          isConnectable={false}
          style={{ top: portY(index, view.inputs.length, view.height), visibility: 'hidden' }}
        />
      ))}
      {view.outputs.map((port, index) => (
        <Handle
          key={port}
          id={port}
          type="source"
          position={Position.Right}
          isConnectable={false}
          style={{ top: portY(index, view.outputs.length, view.height), visibility: 'hidden' }}
        />
      ))}
    </div>
  );
});

/** A wire that the earlier document had. */
export const RemovedWire = memo(function RemovedWire({
  id,
  sourceX,
  sourceY,
  targetX,
  targetY,
}: EdgeProps<CanvasWire>) {
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY });
  return <BaseEdge id={id} path={path} interactionWidth={0} />;
});
