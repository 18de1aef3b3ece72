import '../heatmap/heatMap.css';
import { ViewportPortal } from '@xyflow/react';
import { graphOf } from '../../graph-engine/document/graphs.ts';
import { NODE_HEIGHT, NODE_WIDTH } from '../canvas/nodeGeometry.ts';
import { useShownScope } from '../store/scope.ts';
import { usePreview } from './previewStore.ts';

/** Shows on the canvas what a fix would add, change and take away, while one thinks about it. */
export function GhostOverlay() {
  const preview = usePreview((state) => state.preview);
  const { scope } = useShownScope();
  if (preview === null) return null;
  const here = preview.nodes.filter((node) => node.scope === scope);
  if (here.length === 0) return null;
  const graph = graphOf(preview.document, scope);
  const added = new Set<string>(here.filter(({ change }) => change === 'added').map(({ id }) => id));
  const wires = Object.entries(graph.nodes).flatMap(([id, node]) =>
    Object.values(node.inputs).flatMap((source) => {
      const from = graph.nodes[source.node];
      if (from === undefined || (!added.has(id) && !added.has(source.node))) return [];
      const [x1, y1] = [from.position.x + NODE_WIDTH, from.position.y + NODE_HEIGHT / 2];
      const [x2, y2] = [node.position.x, node.position.y + NODE_HEIGHT / 2];
      const bend = Math.max(30, Math.abs(x2 - x1) / 2);
      return [`M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`];
    }),
  );
  return (
    <ViewportPortal>
      <svg className="sw-ghost-wires" aria-hidden>
        {wires.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
      {here.map(({ id, name, title, change, node }) => (
        <div
          key={id}
          data-testid={`ghost-${id}`}
          className={`sw-ghost is-${change}`}
          style={{
            transform: `translate(${node.position.x}px, ${node.position.y}px)`,
            width: NODE_WIDTH,
            height: NODE_HEIGHT,
          }}
        >
          {change !== 'changed' && (
            <>
              <strong className="truncate font-semibold">{name}</strong>
              <span className="truncate">{change === 'removed' ? 'would go' : title}</span>
            </>
          )}
        </div>
      ))}
    </ViewportPortal>
  );
}
