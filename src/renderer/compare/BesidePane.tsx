import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, useStore as useFlow } from '@xyflow/react';
import { PencilLine, X } from 'lucide-react';
import { useLayoutEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { createNodeDeriver, type CanvasNode } from '../canvas/deriveNodes.ts';
import { createWireDeriver, type CanvasWire } from '../canvas/deriveWires.ts';
import { detailAt, DetailContext } from '../canvas/detailLevel.ts';
import { NodeCard } from '../canvas/NodeCard.tsx';
import { MAXIMUM_ZOOM, MINIMUM_ZOOM } from '../canvas/useViewport.ts';
import { WireLine } from '../canvas/WireLine.tsx';
import { diffDocuments } from '../../graph-engine/diff/diffDocuments.ts';
import type { GraphDiff } from '../../graph-engine/diff/documentDiff.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { editBeside, showBeside } from '../store/besideStore.ts';
import { useDocument, type DocumentTab } from '../store/documentStore.ts';
import { resolveScope } from '../store/scope.ts';
import { restoreView, viewOf } from '../store/uiStore.ts';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { compareStore } from './compareStore.ts';

const nodeTypes = { card: NodeCard };
const edgeTypes = { wire: WireLine };
const NOTHING: ReadonlySet<never> = new Set();

/** Another open document beside the one that is edited: to look at, and to edit after a press. */
export function BesidePane({ tab }: { readonly tab: DocumentTab }) {
  return (
    <section
      aria-label={`Beside: ${tab.name}`}
      data-testid="beside"
      className="flex h-full flex-col bg-canvas"
      onDoubleClick={editBeside}
    >
      <div className="flex h-8 shrink-0 items-center gap-2 border-b border-line bg-sunken pr-1 pl-3 text-xs">
        <span className="min-w-0 flex-1 truncate">
          <span className="font-medium">{tab.name}</span>
          <span className="ml-2 text-ink-muted">to look at</span>
        </span>
        <Button size="sm" icon={<PencilLine size={12} aria-hidden />} onClick={editBeside} data-testid="edit-beside">
          Edit this one
        </Button>
        <IconButton
          label="Close the view beside"
          icon={<X size={13} aria-hidden />}
          className="size-6"
          onClick={() => showBeside(null)}
          data-testid="close-beside"
        />
      </div>
      <div className="sw-canvas min-h-0 flex-1">
        <ReactFlowProvider key={tab.id}>
          <Look tab={tab} />
        </ReactFlowProvider>
      </div>
    </section>
  );
}

function Look({ tab: { id, document } }: { readonly tab: DocumentTab }) {
  const after = useDocument((state) => state.document);
  const isCompared = useStore(
    compareStore,
    ({ compared }) => compared?.other.kind === 'tab' && compared.other.id === id,
  );
  const [{ scopePath, viewports }] = useState(() => viewOf(id));
  const [nodeDeriver] = useState(createNodeDeriver);
  const [wireDeriver] = useState(createWireDeriver);
  const detail = useFlow((state) => detailAt(state.transform[2]));
  const key = scopePath.map((step) => step.node).join('/');
  const [start] = useState(() => viewports[key]);

  const nodes = useMemo(() => {
    const { blocks } = document;
    const { graph, inferred, scope } = resolveScope(document, inferDocument(document), scopePath);
    const diff = isCompared
      ? diffDocuments(document, after).graphs.find((one) => one.scopeBefore === scope)
      : undefined;
    const sources = { graph, inferred, blocks, diagnostics: [], selection: NOTHING, moved: null };
    return nodeDeriver.derive(sources).map((node) => withDifference(node, diff));
  }, [nodeDeriver, document, after, scopePath, isCompared]);
  const wires = useMemo(() => {
    const { graph, inferred } = resolveScope(document, inferDocument(document), scopePath);
    return wireDeriver.derive({ graph, inferred, blocks: document.blocks, diagnostics: [], selectedWires: NOTHING });
  }, [wireDeriver, document, scopePath]);
  useLayoutEffect(() => {
    nodeDeriver.publish();
    wireDeriver.publish();
  });

  return (
    <DetailContext value={detail}>
      <ReactFlow<CanvasNode, CanvasWire>
        aria-label="Network beside"
        nodes={nodes}
        edges={wires}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        {...(start === undefined ? { fitView: true } : { defaultViewport: start })}
        onMoveEnd={(_event, viewport) => restoreView(id, { scopePath, viewports: { ...viewports, [key]: viewport } })}
        minZoom={MINIMUM_ZOOM}
        maxZoom={MAXIMUM_ZOOM}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements
        panOnScroll
        disableKeyboardA11y
        attributionPosition="top-right"
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} />
      </ReactFlow>
    </DetailContext>
  );
}

/** Marks what the edited document has not, or has otherwise. */
function withDifference(node: CanvasNode, diff: GraphDiff | undefined): CanvasNode {
  const id = node.id as NodeId;
  const kind = diff?.nodes.find((change) => change.idBefore === id)?.kind;
  return kind === 'removed' || kind === 'changed' ? { ...node, className: `sw-only-${kind}` } : node;
}
