import { Download, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import type { HostProblem } from '../../contract/contract.ts';
import { useHost } from '../connection/host.ts';
import { useReadFacts, useRunNames } from '../runs/factsStore.ts';
import { documentStore, useDocument } from '../store/documentStore.ts';
import { bestFigure } from '../training/describeRun.ts';
import { formatAge } from '../training/format.ts';
import { runsThatFit } from '../training/runs.ts';
import { refreshRuns, runStore, useRuns } from '../training/runStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Select } from '../ui/Select.tsx';
import { TextField } from '../ui/TextField.tsx';
import { showToast } from '../ui/Toast.tsx';
import { CONFLICT_CODES, downloadBlob } from '../files/fileActions.ts';
import { closeFileDialog } from '../files/fileDialog.ts';
import { fileNameFor, folderOf, nameOf, pathForName } from '../files/fileNames.ts';
import type { Exported } from './targets/exportTarget.ts';
import { exportTargets, renamedFor } from './targets/index.ts';

const INITIAL = 'initial';

type Progress =
  | { readonly state: 'asking' }
  | { readonly state: 'writing' }
  | { readonly state: 'failed'; readonly problem: HostProblem }
  | { readonly state: 'written'; readonly done: Extract<Exported, { readonly ok: true }> };

/** Takes the network away in one of the forms that there are, with the weights of a run or those that it begins with. */
export function ExportDialog() {
  const { connection, download } = useHost();
  const document = useDocument((state) => state.document);
  const file = useDocument((state) => state.file);
  const runs = useRuns((state) => state);
  const trained = runsThatFit(runs, networkFingerprint(document));
  const [targetId, setTargetId] = useState(exportTargets[0].id);
  const target = exportTargets.find(({ id }) => id === targetId) ?? exportTargets[0];
  const [name, setName] = useState(() =>
    file === null ? fileNameFor(document.name, target.extension) : renamedFor(nameOf(file.path), target),
  );
  // Nothing chosen means the latest run: also one that the host has not listed yet, as right after a reload.
  const [chosen, setChosen] = useState<string | null>(null);
  const weights = chosen ?? trained[0]?.id ?? INITIAL;
  const [progress, setProgress] = useState<Progress>({ state: 'asking' });
  const [now] = useState(() => Date.now());
  const runName = useRunNames();
  useReadFacts(connection, trained);
  const path = pathForName(file === null ? '' : folderOf(file.path), name, target.extension);
  const exists = progress.state === 'failed' && CONFLICT_CODES.has(progress.problem.code);

  async function confirm() {
    if (!path.ok || progress.state === 'writing') return;
    setProgress({ state: 'writing' });
    if (chosen === null) await refreshRuns(connection);
    const latest = documentStore.getState().document;
    const run = chosen ?? runsThatFit(runStore.getState(), networkFingerprint(latest))[0]?.id ?? INITIAL;
    const order = { document: latest, run: run === INITIAL ? null : run, path: path.path, overwrite: exists };
    const done = await target.send(connection, order);
    if (done.ok) setProgress({ state: 'written', done });
    else if (done.problem.code === 'export/cancelled') setProgress({ state: 'asking' });
    else setProgress({ state: 'failed', problem: done.problem });
  }

  /** The request that is on its way then answers that it was called off. */
  function cancel() {
    if (path.ok) void connection.call('export/cancel', { path: path.path });
  }

  async function fetchFiles(paths: readonly string[]) {
    try {
      for (const written of paths) {
        if (download !== undefined) downloadBlob(await download(written), nameOf(written));
      }
    } catch (error) {
      const description = error instanceof Error ? error.message : 'The host cannot be reached.';
      showToast({ tone: 'danger', title: 'The download failed', description });
    }
  }

  const options = [
    ...trained.map((run, index) => ({
      value: run.id,
      label: index === 0 ? 'Best of the latest run' : `Best of ${runName(run.id)}`,
      detail: [bestFigure(run), formatAge(run.started, now)].filter((part) => part !== undefined).join(' · '),
    })),
    document.weights === undefined
      ? { value: INITIAL, label: 'Initial weights', detail: 'Fresh from the seed, not trained.' }
      : { value: INITIAL, label: 'Weights it begins with', detail: `Those in ${document.weights}.` },
  ];

  const written = progress.state === 'written' ? progress.done.paths : null;

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Export"
      description={target.description}
      width={written === null ? 'xl' : 'lg'}
      footer={
        written !== null ? (
          <>
            {download !== undefined && (
              <Button icon={<Download size={14} aria-hidden />} onClick={() => void fetchFiles(written)}>
                Download
              </Button>
            )}
            <Button variant="primary" onClick={closeFileDialog} data-testid="dialog-close">
              Done
            </Button>
          </>
        ) : (
          <>
            <Button
              onClick={() => (progress.state === 'writing' ? cancel() : closeFileDialog())}
              data-testid="dialog-cancel"
            >
              {progress.state === 'writing' ? 'Stop' : 'Cancel'}
            </Button>
            <Button
              variant={exists ? 'danger' : 'primary'}
              type="submit"
              form="export"
              disabled={!path.ok || progress.state === 'writing'}
              icon={
                progress.state === 'writing' ? (
                  <LoaderCircle size={14} className="animate-spin" aria-hidden />
                ) : undefined
              }
              data-testid="dialog-confirm"
            >
              {progress.state === 'writing' ? target.busyLabel : exists ? 'Replace' : 'Export'}
            </Button>
          </>
        )
      }
    >
      {progress.state === 'written' ? (
        <div className="flex flex-col gap-3" role="status" data-testid="export-result">
          {progress.done.result}
        </div>
      ) : (
        <form
          id="export"
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void confirm();
          }}
        >
          <div className="grid grid-cols-3 gap-3 max-[860px]:grid-cols-1">
            <Select
              label="Format"
              wide
              value={target.id}
              options={targetOptions}
              onChange={(next) => {
                const chosenTarget = exportTargets.find(({ id }) => id === next) ?? target;
                setTargetId(chosenTarget.id);
                setName(renamedFor(name, chosenTarget));
                setProgress({ state: 'asking' });
              }}
              data-testid="export-format"
            />
            <TextField
              label={target.writes === 'file' ? 'File name in the workspace' : 'Folder name in the workspace'}
              wide
              autoFocus
              value={name}
              onChange={(next) => {
                setName(next);
                setProgress({ state: 'asking' });
              }}
              error={path.ok ? undefined : path.error}
              data-testid="dialog-name"
            />
            <Select label="Weights" wide value={weights} options={options} onChange={setChosen} />
          </div>
          <target.Form document={document} trained={weights !== INITIAL} path={path.ok ? path.path : name} />
          {progress.state === 'failed' && (
            <p
              role="alert"
              data-testid="export-problem"
              className={exists ? 'text-xs text-warning' : 'rounded-md bg-danger-soft p-3 text-sm text-danger'}
            >
              {exists
                ? `There is a ${target.writes} of this name. Replace it, or choose another name.`
                : `${progress.problem.message} ${progress.problem.remedy ?? ''}`}
            </p>
          )}
        </form>
      )}
    </Dialog>
  );
}

const targetOptions = exportTargets.map(({ id, label, detail }) => ({ value: id, label, detail }));
