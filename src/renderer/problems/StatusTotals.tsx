import { formatCount, formatExactly } from '../canvas/formatCount.ts';
import { formatBytes } from '../training/format.ts';
import { useDocument } from '../store/documentStore.ts';

/** Sums of the whole network for the status bar. */
export function StatusTotals() {
  const totals = useDocument((state) => state.inferred.totals);
  return (
    <span className="tabular-nums" data-testid="totals">
      <span title={`${formatExactly(totals.parameters)} trainable parameters`}>
        <span data-testid="total-parameters">{formatExactly(totals.parameters)}</span> parameters
      </span>
      <span aria-hidden className="mx-2 text-ink-faint">
        ·
      </span>
      <span title={`${formatExactly(totals.macs)} multiply-accumulates for one example`}>
        {formatCount(totals.macs)} MACs
      </span>
      <span aria-hidden className="mx-2 text-ink-faint">
        ·
      </span>
      <span
        title="Memory of all values between ops for one example, as float32: what training keeps for the backward pass"
        data-testid="total-activations"
      >
        {formatBytes(totals.activationBytes)} activations
      </span>
      <span aria-hidden className="mx-2 text-ink-faint">
        ·
      </span>
      <span title="Ops, with blocks and repetitions unfolded">{formatExactly(totals.nodes)} ops</span>
    </span>
  );
}
