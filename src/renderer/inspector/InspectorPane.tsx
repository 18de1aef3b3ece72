import { useShownScope } from '../store/scope.ts';
import { useUi } from '../store/uiStore.ts';
import { BlockInspector } from './BlockInspector.tsx';
import { DocumentInspector } from './DocumentInspector.tsx';
import { MarkInspector } from './MarkInspector.tsx';
import { NodeInspector } from './NodeInspector.tsx';
import { SelectionInspector, WireInspector } from './SelectionInspector.tsx';

/** What is selected, in detail; the network or the block one is in when nothing is. */
export function InspectorPane() {
  return (
    <div
      className="relative h-full overflow-y-auto @[44rem]:*:columns-2 @[66rem]:*:columns-3 @[44rem]:*:gap-0"
      data-testid="inspector"
    >
      <Inspected />
    </div>
  );
}

function Inspected() {
  const { graph, definition, inferred, scope } = useShownScope();
  const selection = useUi((state) => state.selection);
  const selectedWires = useUi((state) => state.selectedWires);
  const selectedMarks = useUi((state) => state.selectedMarks);
  const ids = [...selection].filter((id) => graph.nodes[id] !== undefined);
  const [first] = ids;
  if (first !== undefined && ids.length === 1) return <NodeInspector key={`${scope ?? ''}/${first}`} id={first} />;
  if (ids.length > 1) return <SelectionInspector ids={ids} />;
  const [mark] = selectedMarks;
  if (mark !== undefined && selectedMarks.size === 1) return <MarkInspector id={mark} />;
  const [wire] = selectedWires;
  if (wire !== undefined) return <WireInspector id={wire} />;
  return definition === undefined ? (
    <DocumentInspector />
  ) : (
    <BlockInspector definition={definition} inferred={inferred} />
  );
}
