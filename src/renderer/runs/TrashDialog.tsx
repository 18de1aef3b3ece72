import { useEffect, useState } from 'react';
import type { TrashedRun } from '../../contract/runArchive.ts';
import { useHost } from '../connection/host.ts';
import { formatAge, formatBytes } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { restoreRuns } from './runsActions.ts';

/** Deleted runs: to be brought back, or to be removed for good. */
export function TrashDialog({ onClose }: { readonly onClose: () => void }) {
  const { connection } = useHost();
  const [runs, setRuns] = useState<readonly TrashedRun[]>();
  const [isSure, setIsSure] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [now] = useState(() => Date.now());

  useEffect(() => {
    let isWanted = true;
    void connection.call('run/trash', {}).then((answer) => {
      if (!isWanted) return;
      if (answer.ok) setRuns(answer.value.runs);
      else setProblem(answer.problem.message);
    });
    return () => {
      isWanted = false;
    };
  }, [connection]);

  async function restore(entry: string): Promise<void> {
    await restoreRuns(connection, [entry]);
    const answer = await connection.call('run/trash', {});
    if (answer.ok) setRuns(answer.value.runs);
  }

  async function empty(): Promise<void> {
    const answer = await connection.call('run/empty-trash', {});
    if (answer.ok) setRuns([]);
    else setProblem(answer.problem.message);
    setIsSure(false);
  }

  const bytes = (runs ?? []).reduce((sum, run) => sum + run.bytes, 0);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Deleted runs"
      description="They lie in runs/.trash until the trash is emptied."
      width="lg"
      data-testid="trash-dialog"
      footer={
        <>
          {runs !== undefined && runs.length > 0 && (
            <Button
              variant="danger"
              onClick={() => (isSure ? void empty() : setIsSure(true))}
              data-testid="trash-empty"
            >
              {isSure ? `Remove ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} for good` : 'Empty the trash'}
            </Button>
          )}
          <Button variant="primary" onClick={onClose} data-testid="dialog-close">
            Done
          </Button>
        </>
      }
    >
      {problem !== undefined && (
        <p role="alert" className="text-sm text-danger">
          {problem}
        </p>
      )}
      {runs?.length === 0 && <p className="text-sm text-ink-muted">The trash is empty.</p>}
      {runs !== undefined && runs.length > 0 && (
        <>
          <ul className="flex flex-col">
            {runs.map(({ entry, run, name, deleted, bytes: size }) => (
              <li key={entry} className="flex items-center gap-3 border-b border-line py-1.5 last:border-b-0">
                <span className="min-w-0 flex-1">
                  <span className="block truncate text-sm">{run}</span>
                  <span className="block truncate text-xs text-ink-muted">
                    {name} · deleted {formatAge(deleted, now)} · {formatBytes(size)}
                  </span>
                </span>
                <Button
                  size="sm"
                  onClick={() => void restore(entry)}
                  aria-label={`Bring back ${run}`}
                  data-testid="trash-restore"
                >
                  Bring back
                </Button>
              </li>
            ))}
          </ul>
          <p className="pt-2 text-xs text-ink-muted">{formatBytes(bytes)} in all.</p>
        </>
      )}
    </Dialog>
  );
}
