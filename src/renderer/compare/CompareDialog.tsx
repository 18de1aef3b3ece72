import { FileJson, GitCommitHorizontal, PanelsTopLeft, Save } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { DocumentVersion } from '../../contract/documents.ts';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { useHost } from '../connection/host.ts';
import { closeFileDialog, showFileDialog } from '../files/fileDialog.ts';
import { FileList } from '../files/FileList.tsx';
import { useDocument } from '../store/documentStore.ts';
import { formatAge } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { compareWith } from './compareStore.ts';

type Versions =
  | { readonly state: 'reading' }
  | { readonly state: 'read'; readonly versions: readonly DocumentVersion[] }
  | { readonly state: 'none'; readonly reason: string };

/** The commits in which a file changed. */
function useVersions(path: string | undefined): Versions {
  const { connection } = useHost();
  const [versions, setVersions] = useState<Versions>({ state: 'reading' });
  useEffect(() => {
    if (path === undefined) return;
    let wanted = true;
    void connection.call('document/versions', { path }).then((answer) => {
      if (!wanted) return;
      if (!answer.ok) setVersions({ state: 'none', reason: answer.problem.message });
      else if (answer.value.versions.length === 0)
        setVersions({ state: 'none', reason: 'The file is in no commit yet.' });
      else setVersions({ state: 'read', versions: answer.value.versions });
    });
    return () => {
      wanted = false;
    };
  }, [connection, path]);
  return path === undefined ? { state: 'none', reason: 'The document is in no file yet.' } : versions;
}

/** Choice of what the shown document is compared with. */
export function CompareDialog() {
  const { connection } = useHost();
  const id = useDocument((state) => state.id);
  const tabs = useDocument((state) => state.tabs);
  const file = useDocument((state) => state.file);
  const dirty = useDocument((state) => state.dirty);
  const [folder, setFolder] = useState('');
  const [now] = useState(() => Date.now());
  const versions = useVersions(file?.path);

  function compareText(label: string, text: string) {
    const loaded = loadDocument(text);
    if (!loaded.ok) return refuse(label, loaded.error);
    closeFileDialog();
    compareWith(label, { kind: 'fixed', document: loaded.value });
  }

  function refuse(name: string, diagnostics: readonly Diagnostic[]) {
    showFileDialog({ kind: 'unreadable', name, diagnostics });
  }

  async function compareFile(path: string, label = path) {
    const answer = await connection.call('document/read', { path, glance: true });
    if (answer.ok) compareText(label, answer.value.text);
    else refuse(path, [{ ...answer.problem, severity: 'error', at: { path: [] } }]);
  }

  async function compareVersion({ revision, subject }: DocumentVersion) {
    if (file === null) return;
    const answer = await connection.call('document/version', { path: file.path, revision });
    if (answer.ok) compareText(`${revision.slice(0, 8)} ${subject}`, answer.value.text);
    else refuse(revision, [{ ...answer.problem, severity: 'error', at: { path: [] } }]);
  }

  const others = tabs.filter((tab) => tab.id !== id);
  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Compare with…"
      description="What the shown network has more, less and other than the chosen one is marked on the canvas."
      width="lg"
      data-testid="compare-dialog"
      footer={<Button onClick={closeFileDialog}>Cancel</Button>}
    >
      <div className="flex flex-col gap-4">
        {file !== null && dirty && (
          <Choice
            icon={<Save size={14} aria-hidden />}
            title="The file as it was saved"
            detail={file.path}
            testId="compare-saved"
            onChoose={() => void compareFile(file.path, 'the saved file')}
          />
        )}
        {others.length > 0 && (
          <Choices title="Open documents">
            {others.map((tab) => (
              <Choice
                key={tab.id}
                icon={<PanelsTopLeft size={14} aria-hidden />}
                title={tab.name}
                detail={tab.file?.path ?? 'in no file yet'}
                testId="compare-tab"
                onChoose={() => {
                  closeFileDialog();
                  compareWith(tab.name, { kind: 'tab', id: tab.id });
                }}
              />
            ))}
          </Choices>
        )}
        <Choices title="Versions in git">
          {versions.state === 'none' && <p className="px-2 text-xs text-ink-muted">{versions.reason}</p>}
          {versions.state === 'read' &&
            versions.versions.map((version) => (
              <Choice
                key={version.revision}
                icon={<GitCommitHorizontal size={14} aria-hidden />}
                title={version.subject}
                detail={`${version.revision.slice(0, 8)} · ${formatAge(version.time, now)}`}
                testId="compare-version"
                onChoose={() => void compareVersion(version)}
              />
            ))}
        </Choices>
        <section className="flex flex-col gap-1.5">
          <h3 className="flex items-center gap-1.5 text-xs font-medium text-ink-muted">
            <FileJson size={13} aria-hidden /> A file
          </h3>
          <FileList
            folder={folder}
            onFolder={setFolder}
            chosen=""
            accepts={(entry) => entry.kind === 'document'}
            onChoose={(entry) => void compareFile(entry.path)}
          />
        </section>
      </div>
    </Dialog>
  );
}

function Choices({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-ink-muted">{title}</h3>
      <div className="max-h-40 overflow-y-auto">{children}</div>
    </section>
  );
}

interface ChoiceProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly detail: string;
  readonly testId: string;
  readonly onChoose: () => void;
}

function Choice({ icon, title, detail, testId, onChoose }: ChoiceProps) {
  return (
    <button
      type="button"
      data-testid={testId}
      onClick={onChoose}
      className="flex h-8 w-full items-center gap-2 rounded-md px-2 text-left text-sm hover:bg-hover"
    >
      <span className="shrink-0 text-ink-muted">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{title}</span>
      <span className="shrink-0 text-2xs text-ink-muted">{detail}</span>
    </button>
  );
}
