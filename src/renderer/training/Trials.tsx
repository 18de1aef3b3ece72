import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { MemoryForecast, TrialKind } from '../../contract/trials.ts';
import { setTraining } from '../../graph-engine/document/commands/editDocument.ts';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';
import { dispatch, documentStore, useDocument } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { formatBytes } from './format.ts';
import { commitTyping } from './trainActions.ts';
import { useTrainBlocker } from './TrainButton.tsx';
import { TrialDialog } from './TrialDialog.tsx';
import { askForecast, startTrial } from './trialStore.ts';
import { useActiveRun } from './runStore.ts';

const TRIALS: readonly { readonly kind: TrialKind; readonly label: string }[] = [
  { kind: 'fast-run', label: 'Fast dev run' },
  { kind: 'overfit-batch', label: 'Overfit one batch' },
  { kind: 'find-rate', label: 'Find a rate' },
  { kind: 'find-batch-size', label: 'Find a batch size' },
];

/** What can be tried before a run, and what memory it will hold. */
export function Trials() {
  const { connection } = useHost();
  const document = useDocument((state) => state.document);
  const blocked = useTrainBlocker() !== null;
  const begin = (kind: TrialKind): void => {
    commitTyping();
    void startTrial(connection, kind, document);
  };
  return (
    <div className="flex flex-col gap-2" data-testid="trials">
      <h3 className="border-t border-line pt-3 text-xs font-semibold tracking-wide text-ink-muted">Before the run</h3>
      <div className="flex flex-wrap gap-1.5">
        {TRIALS.map(({ kind, label }) => (
          <Button key={kind} size="sm" disabled={blocked} onClick={() => begin(kind)} data-testid={`trial-${kind}`}>
            {label}
          </Button>
        ))}
      </div>
      {!blocked && <MemoryLine />}
      <TrialDialog />
    </div>
  );
}

/** Milliseconds without a change after which memory is forecast. */
const SETTLED = 1500;

function MemoryLine() {
  const { connection } = useHost();
  // Names, places and notes weigh nothing.
  const subject = useDocument(({ document }) => `${networkFingerprint(document)} ${JSON.stringify(document.training)}`);
  const isOpen = useStore(hostStore, (state) => state.connection) === 'open';
  const busy = useActiveRun() !== undefined;
  const [forecast, setForecast] = useState<{ readonly subject: string; readonly said: MemoryForecast | undefined }>();
  useEffect(() => {
    if (!isOpen || busy) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      void askForecast(connection, documentStore.getState().document).then((said) => {
        if (current) setForecast({ subject, said });
      });
    }, SETTLED);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [connection, isOpen, busy, subject]);
  if (forecast?.said === undefined || forecast.subject !== subject) return null;
  const { total, free, activations, weights, optimizer, checkpoint, data, fullestAt, fitting } = forecast.said;
  const parts = `a step ${formatBytes(activations)}${fullestAt === '' ? '' : `, most at ${fullestAt}`}; weights ${formatBytes(weights)}, optimizer ${formatBytes(optimizer)}, copies of both for checkpoints ${formatBytes(checkpoint)}, data ${formatBytes(data)}`;
  if (fitting === undefined) {
    return (
      <p className="text-xs text-ink-muted" title={parts} data-testid="memory-forecast">
        Needs about {formatBytes(total)} of memory; {formatBytes(free)} are free.
      </p>
    );
  }
  return (
    <div className="flex items-center gap-2 rounded-md bg-danger-soft px-2.5 py-2" data-testid="memory-forecast">
      <p className="min-w-0 flex-1 text-xs text-danger" title={parts}>
        Would need about {formatBytes(total)} of memory, and {formatBytes(free)} are free. A batch of {fitting} would
        fit.
      </p>
      <Button
        size="sm"
        onClick={() => dispatch(setTraining, { changes: { batchSize: fitting } })}
        data-testid="use-fitting"
      >
        Use {fitting}
      </Button>
    </div>
  );
}
