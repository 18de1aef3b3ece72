import { useEffect, useState } from 'react';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { useHost } from '../connection/host.ts';
import { formatAge, formatBytes } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { restoreSweep } from '../sweeps/sweepActions.ts';
import { restoreRuns } from './runsActions.ts';

/** A run or a sweep in the trash. */
interface Trashed {
  readonly kind: 'run' | 'sweep';
  readonly entry: string;
  readonly id: string;
  readonly name: string;
  readonly deleted: number;
  readonly bytes: number;
}

/** All that is in the trash, what was deleted last first; or why it cannot be read. */
async function readTrash(connection: ManagedConnection): Promise<readonly Trashed[] | { readonly problem: string }> {
  const [runs, sweeps] = await Promise.all([connection.call('run/trash', {}), connection.call('sweep/trash', {})]);
  if (!runs.ok) return { problem: runs.problem.message };
  if (!sweeps.ok) return { problem: sweeps.problem.message };
  return [
    ...runs.value.runs.map(({ run, ...one }): Trashed => ({ ...one, kind: 'run', id: run })),
    ...sweeps.value.sweeps.map(({ sweep, ...one }): Trashed => ({ ...one, kind: 'sweep', id: sweep })),
  ].toSorted((a, b) => b.deleted - a.deleted);
}

/** Deleted runs and sweeps: to be brought back, or to be removed for good. */
export function TrashDialog({ onClose }: { readonly onClose: () => void }) {
  const { connection } = useHost();
  const [trashed, setTrashed] = useState<readonly Trashed[]>();
  const [isSure, setIsSure] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [now] = useState(() => Date.now());

  function show(read: Awaited<ReturnType<typeof readTrash>>): void {
    if ('problem' in read) setProblem(read.problem);
    else setTrashed(read);
  }

  useEffect(() => {
    let isWanted = true;
    void readTrash(connection).then((read) => {
      if (isWanted) show(read);
    });
    return () => {
      isWanted = false;
    };
  }, [connection]);

  async function restore({ kind, entry }: Trashed): Promise<void> {
    if (kind === 'run') await restoreRuns(connection, [entry]);
    else await restoreSweep(connection, entry);
    show(await readTrash(connection));
  }

  async function empty(): Promise<void> {
    for (const call of ['run/empty-trash', 'sweep/empty-trash'] as const) {
      const answer = await connection.call(call, {});
      if (!answer.ok) setProblem(answer.problem.message);
    }
    show(await readTrash(connection));
    setIsSure(false);
  }

  const bytes = (trashed ?? []).reduce((sum, one) => sum + one.bytes, 0);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Deleted runs and sweeps"
      description="They lie in runs/.trash and sweeps/.trash until the trash is emptied."
      width="lg"
      data-testid="trash-dialog"
      footer={
        <>
          {trashed !== undefined && trashed.length > 0 && (
            <Button
              variant="danger"
              onClick={() => (isSure ? void empty() : setIsSure(true))}
              data-testid="trash-empty"
            >
              {isSure ? `Remove ${trashed.length === 1 ? 'it' : `all ${trashed.length}`} for good` : 'Empty the trash'}
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
      {trashed?.length === 0 && <p className="text-sm text-ink-muted">The trash is empty.</p>}
      {trashed !== undefined && trashed.length > 0 && (
        <>
          <ul className="flex flex-col">
            {trashed.map((one) => (
              <li
                key={`${one.kind} ${one.entry}`}
                className="flex items-center gap-3 border-b border-line py-1.5 last:border-b-0"
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate text-sm">{one.id}</span>
                  <span className="block truncate text-xs text-ink-muted">
                    {one.kind === 'sweep' && 'Sweep · '}
                    {one.name} · deleted {formatAge(one.deleted, now)} · {formatBytes(one.bytes)}
                  </span>
                </span>
                <Button
                  size="sm"
                  onClick={() => void restore(one)}
                  aria-label={`Bring back ${one.id}`}
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
