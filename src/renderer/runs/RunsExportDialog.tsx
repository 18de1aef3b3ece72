import { CircleCheck, Download, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { HostProblem } from '../../contract/contract.ts';
import type { RunId } from '../../contract/run.ts';
import { useHost } from '../connection/host.ts';
import { CONFLICT_CODES, downloadBlob } from '../files/fileActions.ts';
import { nameOf, pathForName } from '../files/fileNames.ts';
import { formatBytes } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';
import { showToast } from '../ui/Toast.tsx';

export type RunsExportFormat = 'csv' | 'tensorboard';

export interface RunsExportDialogProps {
  readonly format: RunsExportFormat;
  readonly runs: readonly RunId[];
  readonly onClose: () => void;
}

type Progress =
  | { readonly state: 'asking' }
  | { readonly state: 'writing' }
  | { readonly state: 'failed'; readonly problem: HostProblem }
  | { readonly state: 'written'; readonly text: string; readonly command?: string; readonly file?: string };

/** Writes curves of runs into the workspace: one table, or event files for TensorBoard. */
export function RunsExportDialog({ format, runs, onClose }: RunsExportDialogProps) {
  const { connection, download } = useHost();
  const isTable = format === 'csv';
  const [name, setName] = useState(isTable ? 'metrics.csv' : 'tensorboard');
  const [statistics, setStatistics] = useState(true);
  const [progress, setProgress] = useState<Progress>({ state: 'asking' });
  const path = pathForName('', name, isTable ? '.csv' : '.');
  // A folder has no extension; one that ends in a dot is none on some systems.
  const folder = path.ok ? path.path.replace(/\.+$/, '') : '';
  const exists = progress.state === 'failed' && CONFLICT_CODES.has(progress.problem.code);

  async function confirm(): Promise<void> {
    if (!path.ok || folder === '' || progress.state === 'writing') return;
    setProgress({ state: 'writing' });
    if (isTable) {
      const answer = await connection.call('run/export-csv', { runs: [...runs], path: path.path, overwrite: exists });
      if (!answer.ok) setProgress({ state: 'failed', problem: answer.problem });
      else {
        const { path: file, lines, bytes } = answer.value;
        setProgress({ state: 'written', text: `${file}: ${lines} lines, ${formatBytes(bytes)}`, file });
      }
      return;
    }
    const answer = await connection.call('run/export-tensorboard', { runs: [...runs], folder, statistics });
    if (!answer.ok) setProgress({ state: 'failed', problem: answer.problem });
    else {
      const { files, bytes } = answer.value;
      const text = `${folder}/: ${files.length} event files, ${formatBytes(bytes)}`;
      setProgress({ state: 'written', text, command: `tensorboard --logdir ${folder}` });
    }
  }

  async function fetchFile(file: string): Promise<void> {
    try {
      if (download !== undefined) downloadBlob(await download(file), nameOf(file));
    } catch (error) {
      const description = error instanceof Error ? error.message : 'The host cannot be reached.';
      showToast({ tone: 'danger', title: 'The download failed', description });
    }
  }

  const file = progress.state === 'written' ? progress.file : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={isTable ? 'Export metrics as CSV' : 'Export for TensorBoard'}
      description={
        isTable
          ? `A line for each report of ${counted(runs.length)}.`
          : `Curves, settings, statistics and histograms of ${counted(runs.length)}, as TensorBoard reads them.`
      }
      data-testid="runs-export-dialog"
      footer={
        progress.state === 'written' ? (
          <>
            {file !== undefined && download !== undefined && (
              <Button icon={<Download size={14} aria-hidden />} onClick={() => void fetchFile(file)}>
                Download
              </Button>
            )}
            <Button variant="primary" onClick={onClose} data-testid="dialog-close">
              Done
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              type="submit"
              form="runs-export"
              variant={exists ? 'danger' : 'primary'}
              disabled={!path.ok || progress.state === 'writing'}
              icon={
                progress.state === 'writing' ? (
                  <LoaderCircle size={14} className="animate-spin" aria-hidden />
                ) : undefined
              }
              data-testid="dialog-confirm"
            >
              {exists ? 'Replace' : 'Export'}
            </Button>
          </>
        )
      }
    >
      {progress.state === 'written' ? (
        <div className="flex flex-col gap-3" role="status" data-testid="runs-export-result">
          <p className="flex gap-2 rounded-md bg-success-soft p-3 text-sm break-all text-success">
            <CircleCheck size={16} className="mt-0.5 shrink-0" aria-hidden />
            {progress.text}
          </p>
          {progress.command !== undefined && (
            <>
              <p className="text-xs text-ink-muted">In the workspace folder:</p>
              <pre className="overflow-auto rounded-md bg-sunken p-3 font-mono text-xs text-ink select-text">
                {progress.command}
              </pre>
            </>
          )}
        </div>
      ) : (
        <form
          id="runs-export"
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void confirm();
          }}
        >
          <TextField
            label={isTable ? 'File name in the workspace' : 'Folder in the workspace'}
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
          {!isTable && (
            <Switch
              label="Statistics of nodes"
              help="Gradients, weights and activations of every node, with their histograms."
              checked={statistics}
              onChange={setStatistics}
            />
          )}
          {progress.state === 'failed' && (
            <p
              role="alert"
              className={exists ? 'text-xs text-warning' : 'text-sm text-danger'}
              data-testid="runs-export-problem"
            >
              {exists
                ? 'There is a file of this name. Replace it, or choose another name.'
                : `${progress.problem.message} ${progress.problem.remedy ?? ''}`}
            </p>
          )}
        </form>
      )}
    </Dialog>
  );
}

const counted = (runs: number): string => (runs === 1 ? 'one run' : `${runs} runs`);
