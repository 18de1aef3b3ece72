import { Download, FolderInput, Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { DataProgress, KnownSet } from '../../contract/data.ts';
import { useHost } from '../connection/host.ts';
import { FileList } from '../files/FileList.tsx';
import { formatBytes } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';

export interface ChooseDataProps {
  readonly onChoose: (path: string) => void;
}

/** Where fetched sets go. */
const FOLDER = 'data';

/** A folder or a file of the workspace, or a known set that is fetched first. */
export function ChooseData({ onChoose }: ChooseDataProps) {
  const [folder, setFolder] = useState('');
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-2">
        <FileList
          folder={folder}
          onFolder={setFolder}
          chosen=""
          accepts={(entry) => entry.kind !== 'document'}
          onChoose={(entry) => onChoose(entry.path)}
          onConfirm={(entry) => onChoose(entry.path)}
        />
        <div className="flex items-center gap-3">
          <Button
            icon={<FolderInput size={14} aria-hidden />}
            disabled={folder === ''}
            onClick={() => onChoose(folder)}
            data-testid="choose-folder"
          >
            {folder === '' ? 'Use this folder' : `Use “${folder.split('/').at(-1) ?? ''}”`}
          </Button>
          <p className="text-xs text-ink-muted">Or drop a folder or a file anywhere on this window.</p>
        </div>
      </div>
      <KnownSets onChoose={onChoose} />
    </div>
  );
}

function KnownSets({ onChoose }: ChooseDataProps) {
  const { connection } = useHost();
  const [sets, setSets] = useState<readonly KnownSet[]>([]);
  const [progress, setProgress] = useState<Readonly<Record<string, DataProgress>>>({});
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    void connection.call('data/known', {}).then((answer) => {
      if (answer.ok) setSets(answer.value.sets);
    });
    return connection.onEvent((message) => {
      if (message.event !== 'data' || message.payload.kind !== 'download') return;
      const { payload } = message;
      setProgress((before) => ({ ...before, [payload.subject]: payload }));
    });
  }, [connection]);

  async function fetchSet({ id, bytes }: KnownSet): Promise<void> {
    setProblem(null);
    setProgress((before) => ({ ...before, [id]: { kind: 'download', subject: id, done: 0, total: bytes } }));
    const answer = await connection.call('data/download', { id, folder: `${FOLDER}/${id}` });
    setProgress(({ [id]: _done, ...others }) => others);
    if (answer.ok) onChoose(answer.value.path);
    else setProblem(`${answer.problem.message} ${answer.problem.remedy ?? ''}`);
  }

  if (sets.length === 0) return null;
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="text-xs font-semibold tracking-wide text-ink-muted">Known sets, fetched from their makers</h3>
      {problem !== null && (
        <p role="alert" className="text-xs text-danger">
          {problem}
        </p>
      )}
      <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
        {sets.map((set) => {
          const under = progress[set.id];
          return (
            <li key={set.id} className="flex items-center gap-3 px-3 py-1.5">
              <div className="min-w-0 flex-1">
                <p className="text-sm text-ink">{set.title}</p>
                <p className="truncate text-xs text-ink-muted" title={`${set.source} · ${set.licence}`}>
                  {set.description} {formatBytes(set.bytes)}. {set.licence}.
                </p>
                {under !== undefined && (
                  <progress
                    value={under.done}
                    max={under.total}
                    aria-label={`Fetching ${set.title}`}
                    className="h-1 w-full accent-accent"
                  />
                )}
              </div>
              {under === undefined ? (
                <Button
                  size="sm"
                  icon={<Download size={12} aria-hidden />}
                  onClick={() => void fetchSet(set)}
                  data-testid={`fetch-${set.id}`}
                >
                  Fetch
                </Button>
              ) : (
                <Button
                  size="sm"
                  icon={<Square size={10} fill="currentColor" aria-hidden />}
                  onClick={() => void connection.call('data/download-stop', { id: set.id })}
                >
                  Stop
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
