import { Copy, List, X } from 'lucide-react';
import { describeDiff, summarizeDiff } from '../../graph-engine/diff/describeDiff.ts';
import type { DocumentDiff } from '../../graph-engine/diff/documentDiff.ts';
import { isInFront } from '../panes/layout.ts';
import { togglePane, usePanes } from '../panes/paneStore.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { showToast } from '../ui/Toast.tsx';
import { stopComparing, useComparison } from './compareStore.ts';

/** What the comparison found, in one line above the canvas; everything is in a pane of its own. */
export function CompareBar() {
  const comparison = useComparison();
  const listed = usePanes(({ layout }) => isInFront(layout, 'differences'));
  if (comparison === null) return null;
  const { diff, label } = comparison;
  return (
    <section
      aria-label="Comparison"
      data-testid="compare-bar"
      className="flex h-9 shrink-0 items-center gap-2 border-b border-line bg-surface pr-2 pl-3 text-xs"
    >
      <span className="min-w-0 flex-1 truncate">
        Compared with <strong className="font-medium">{label}</strong>:{' '}
        <span data-testid="compare-summary">{summarizeDiff(diff)}</span>
        <Costs diff={diff} />
      </span>
      <Legend />
      <IconButton
        label={listed ? 'Hide the list' : 'Show the list'}
        icon={<List size={14} aria-hidden />}
        pressed={listed}
        className="size-6"
        onClick={() => togglePane('differences')}
      />
      <IconButton
        label="Copy as text"
        icon={<Copy size={14} aria-hidden />}
        className="size-6"
        onClick={() => void copy(describeDiff(diff))}
      />
      <IconButton
        label="Stop comparing"
        icon={<X size={14} aria-hidden />}
        className="size-6"
        onClick={stopComparing}
        data-testid="compare-stop"
      />
    </section>
  );
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast({ tone: 'success', title: 'The differences are in the clipboard' });
  } catch {
    showToast({ tone: 'danger', title: 'Not copied', description: 'The browser does not allow it here.' });
  }
}

function Costs({ diff: { costs } }: { readonly diff: DocumentDiff }) {
  const [before, after] = costs.parameters;
  if (before === after) return null;
  const difference = after - before;
  return (
    <span className="text-ink-muted tabular-nums">
      {' · '}
      {difference > 0 ? '+' : '−'}
      {Math.abs(difference).toLocaleString('en').replaceAll(',', ' ')} parameters
    </span>
  );
}

function Legend() {
  return (
    <span aria-hidden className="hidden items-center gap-3 text-2xs text-ink-muted lg:flex">
      <span className="text-success">+ added</span>
      <span className="text-warning">~ changed</span>
      <span className="text-danger">− removed</span>
    </span>
  );
}
