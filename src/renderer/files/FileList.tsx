import { ChevronRight, File, FileJson, Folder } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { HostProblem, WorkspaceEntry } from '../../contract/contract.ts';
import { useHost } from '../connection/host.ts';
import { formatAge, formatBytes } from '../training/format.ts';
import { classNames } from '../ui/classNames.ts';

export interface FileListProps {
  readonly folder: string;
  readonly onFolder: (folder: string) => void;
  /** The entry whose name is in the field. */
  readonly chosen: string;
  readonly onChoose: (entry: WorkspaceEntry) => void;
  /** Called for a double press, or Enter, on a file. */
  readonly onConfirm?: (entry: WorkspaceEntry) => void;
  /** Which kinds of files are offered; others are shown faint and cannot be chosen. */
  readonly accepts: (entry: WorkspaceEntry) => boolean;
}

type Listing =
  | { readonly state: 'reading' }
  | { readonly state: 'read'; readonly folder: string; readonly entries: readonly WorkspaceEntry[] }
  | { readonly state: 'failed'; readonly problem: HostProblem };

/** One folder of the workspace, with the way to the others. */
export function FileList({ folder, onFolder, chosen, onChoose, onConfirm, accepts }: FileListProps) {
  const { connection } = useHost();
  const [listing, setListing] = useState<Listing>({ state: 'reading' });
  const [now] = useState(() => Date.now());

  useEffect(() => {
    let wanted = true;
    void connection.call('workspace/list', { folder }).then((answer) => {
      if (!wanted) return;
      if (answer.ok) setListing({ state: 'read', folder, entries: answer.value.entries });
      else setListing({ state: 'failed', problem: answer.problem });
    });
    return () => {
      wanted = false;
    };
  }, [connection, folder]);

  return (
    <div className="flex flex-col gap-2">
      <Trail folder={folder} onFolder={onFolder} />
      <div className="h-56 overflow-y-auto rounded-lg border border-line bg-surface p-1" data-testid="file-list">
        {listing.state === 'failed' && (
          <p role="alert" className="p-3 text-xs text-danger">
            {listing.problem.message} {listing.problem.remedy}
          </p>
        )}
        {listing.state === 'read' && listing.entries.length === 0 && (
          <p className="p-3 text-xs text-ink-muted">Nothing is in this folder yet: what you save here is listed.</p>
        )}
        {listing.state === 'read' &&
          sorted(listing.entries).map((entry) => {
            const allowed = entry.kind === 'folder' || accepts(entry);
            return (
              <button
                key={entry.path}
                type="button"
                data-testid="file-entry"
                data-path={entry.path}
                disabled={!allowed}
                onClick={() => (entry.kind === 'folder' ? onFolder(entry.path) : onChoose(entry))}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' || entry.kind === 'folder' || onConfirm === undefined) return;
                  event.preventDefault();
                  onConfirm(entry);
                }}
                onDoubleClick={() => {
                  if (entry.kind !== 'folder') onConfirm?.(entry);
                }}
                className={classNames(
                  'flex h-7 w-full items-center gap-2 rounded-sm px-2 text-left text-sm hover:not-disabled:bg-hover disabled:text-ink-faint',
                  entry.name === chosen && 'bg-accent-soft text-accent-ink hover:not-disabled:bg-accent-soft',
                )}
              >
                <EntryIcon kind={entry.kind} />
                <span className="min-w-0 flex-1 truncate">{entry.name}</span>
                {entry.kind !== 'folder' && (
                  <span className="text-2xs text-ink-muted tabular-nums">
                    {formatBytes(entry.size)} · {formatAge(entry.modified, now)}
                  </span>
                )}
              </button>
            );
          })}
      </div>
    </div>
  );
}

function EntryIcon({ kind }: { readonly kind: WorkspaceEntry['kind'] }) {
  const Icon = kind === 'folder' ? Folder : kind === 'document' ? FileJson : File;
  return <Icon size={14} className="shrink-0 text-ink-muted" aria-hidden />;
}

function Trail({ folder, onFolder }: { readonly folder: string; readonly onFolder: (folder: string) => void }) {
  const parts = folder === '' ? [] : folder.split('/');
  return (
    <nav aria-label="Folder" className="flex min-w-0 items-center gap-0.5 text-xs">
      <button
        type="button"
        onClick={() => onFolder('')}
        className="rounded-sm px-1 py-0.5 text-ink-muted hover:bg-hover hover:text-ink"
      >
        Workspace
      </button>
      {parts.map((part, index) => (
        <span key={parts.slice(0, index + 1).join('/')} className="flex min-w-0 items-center gap-0.5">
          <ChevronRight size={12} className="shrink-0 text-ink-faint" aria-hidden />
          <button
            type="button"
            onClick={() => onFolder(parts.slice(0, index + 1).join('/'))}
            className="truncate rounded-sm px-1 py-0.5 text-ink-muted hover:bg-hover hover:text-ink"
          >
            {part}
          </button>
        </span>
      ))}
    </nav>
  );
}

function sorted(entries: readonly WorkspaceEntry[]): WorkspaceEntry[] {
  const rank = (entry: WorkspaceEntry) => (entry.kind === 'folder' ? 0 : 1);
  return [...entries].sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
}
