import { nameOf } from '../../graph-engine/document/graphs.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { rank } from '../palette/fuzzyMatch.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { SearchDialog } from '../ui/SearchDialog.tsx';
import { wireFrom, useCanvas } from './canvasStore.ts';
import { connectWire } from './editing.ts';
import { focusCanvas } from './focusCanvas.ts';
import { wireChoices } from './wireChoices.ts';

/** Draws a wire without a mouse: every input that the selected node can feed, to choose from. */
export function WireDialog() {
  const source = useCanvas((state) => state.wiringFrom);
  return source === null ? null : <OpenWireDialog source={source} />;
}

function OpenWireDialog({ source }: { readonly source: NodeId }) {
  const { graph } = useShownScope();
  const blocks = useDocument((state) => state.document.blocks);
  const node = graph.nodes[source];
  if (node === undefined) return null;
  const name = nameOf(source, node);
  const choices = wireChoices(graph, source, blocks);
  const several = new Set(choices.map(({ from }) => from.port)).size > 1;

  function close(): void {
    wireFrom(null);
    focusCanvas();
  }

  return (
    <SearchDialog
      title={`Connect ${name} to`}
      label={`Connect ${name} to`}
      listLabel="Inputs"
      placeholder={`Connect ${name} to…`}
      find={(query) => rank(choices, query, ({ target, to }) => ({ name: target, others: [to.port] }))}
      nothing={() => (choices.length === 0 ? 'There is no input it could feed.' : 'No input is called so.')}
      keyOf={({ from, to }) => `${from.port}/${to.node}/${to.port}`}
      onChoose={({ from, to }) => {
        connectWire(from, to);
        close();
      }}
      onClose={close}
      testIdOf={({ to }) => `wire-to-${to.node}-${to.port}`}
      data-testid="wire-dialog"
    >
      {({ from, to, target, replaces }) => (
        <>
          <span className="min-w-0 flex-1 truncate">
            {several && <span className="text-ink-muted">{from.port} → </span>}
            {target}
            <span className="ml-2 text-xs text-ink-muted">{to.port}</span>
          </span>
          <span className="shrink-0 text-2xs text-ink-muted">
            {replaces === null ? 'free' : `instead of ${replaces}`}
          </span>
        </>
      )}
    </SearchDialog>
  );
}
