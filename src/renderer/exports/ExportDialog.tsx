import { CircleAlert, CircleCheck, Download, LoaderCircle, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import type { CallOutput, HostProblem } from '../../contract/contract.ts';
import { useHost } from '../connection/host.ts';
import { documentStore, useDocument } from '../store/documentStore.ts';
import { bestFigure } from '../training/describeRun.ts';
import { formatAge } from '../training/format.ts';
import { runsThatFit } from '../training/runs.ts';
import { refreshRuns, runStore, useRuns } from '../training/runStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';
import { showToast } from '../ui/Toast.tsx';
import { describeFile, describeVerification } from './describeExport.ts';
import { exportFormats, formatOptions, renamedFor, type ExportFormat } from './exportFormats.ts';
import { SourcePreview } from './SourcePreview.tsx';
import { CONFLICT_CODES, downloadBlob } from '../files/fileActions.ts';
import { closeFileDialog } from '../files/fileDialog.ts';
import { fileNameFor, folderOf, nameOf, pathForName } from '../files/fileNames.ts';

const INITIAL = 'initial';

type Progress =
  | { readonly state: 'asking' }
  | { readonly state: 'writing' }
  | { readonly state: 'failed'; readonly problem: HostProblem }
  | { readonly state: 'written'; readonly result: CallOutput<'export/onnx'> }
  | { readonly state: 'written-source'; readonly result: CallOutput<'export/pytorch'> };

/** Takes the network away: as ONNX, with what onnxruntime says about it, or as source code, which is shown before. */
export function ExportDialog() {
  const { connection, download } = useHost();
  const document = useDocument((state) => state.document);
  const file = useDocument((state) => state.file);
  const runs = useRuns((state) => state);
  const trained = runsThatFit(runs, networkFingerprint(document));
  const [format, setFormat] = useState<ExportFormat>('onnx');
  const [name, setName] = useState(() =>
    file === null ? fileNameFor(document.name, '.onnx') : renamedFor(nameOf(file.path), 'onnx'),
  );
  // Nothing chosen means the latest run: also one that the host has not listed yet, as right after a reload.
  const [chosen, setChosen] = useState<string | null>(null);
  const weights = chosen ?? trained[0]?.id ?? INITIAL;
  const canNormalize = document.training.normalization === 'standardize';
  const [normalize, setNormalize] = useState(false);
  const [progress, setProgress] = useState<Progress>({ state: 'asking' });
  const [now] = useState(() => Date.now());
  const path = pathForName(file === null ? '' : folderOf(file.path), name, exportFormats[format].extension);
  const exists = progress.state === 'failed' && CONFLICT_CODES.has(progress.problem.code);

  async function confirm() {
    if (!path.ok || progress.state === 'writing') return;
    setProgress({ state: 'writing' });
    if (chosen === null) await refreshRuns(connection);
    const latest = documentStore.getState().document;
    const run = chosen ?? runsThatFit(runStore.getState(), networkFingerprint(latest))[0]?.id ?? INITIAL;
    const order = { document: latest, run: run === INITIAL ? null : run, path: path.path, overwrite: exists };
    if (format === 'onnx') {
      const wishes = { ...order, options: { normalize: normalize && canNormalize && run !== INITIAL } };
      const answer = await connection.call('export/onnx', wishes);
      setProgress(
        answer.ok ? { state: 'written', result: answer.value } : { state: 'failed', problem: answer.problem },
      );
    } else {
      const answer = await connection.call('export/pytorch', order);
      setProgress(
        answer.ok ? { state: 'written-source', result: answer.value } : { state: 'failed', problem: answer.problem },
      );
    }
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
      label: index === 0 ? 'Best of the latest run' : `Best of ${run.id}`,
      detail: [bestFigure(run), formatAge(run.started, now)].filter((part) => part !== undefined).join(' · '),
    })),
    { value: INITIAL, label: 'Initial weights', detail: 'Fresh from the seed, not trained.' },
  ];

  const written =
    progress.state === 'written'
      ? [progress.result.path]
      : progress.state === 'written-source'
        ? [progress.result.path, progress.result.weightsPath]
        : null;
  const busyLabel = format === 'onnx' ? 'Exporting and checking' : 'Exporting';

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Export"
      description={exportFormats[format].title}
      width="lg"
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
            <Button onClick={closeFileDialog}>Cancel</Button>
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
              {progress.state === 'writing' ? busyLabel : exists ? 'Replace' : 'Export'}
            </Button>
          </>
        )
      }
    >
      {progress.state === 'written' ? (
        <ExportResult result={progress.result} />
      ) : progress.state === 'written-source' ? (
        <SourceResult result={progress.result} />
      ) : (
        <form
          id="export"
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void confirm();
          }}
        >
          <Select
            label="Format"
            wide
            value={format}
            options={formatOptions}
            onChange={(next) => {
              setFormat(next);
              setName(renamedFor(name, next));
              setProgress({ state: 'asking' });
            }}
            data-testid="export-format"
          />
          <TextField
            label="File name in the workspace"
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
          {format === 'pytorch' && <SourcePreview document={document} />}
          {format === 'onnx' && canNormalize && weights !== INITIAL && (
            <Switch
              label="Normalize inside the model"
              help="The model then takes inputs as they are read, and normalizes them as the run did."
              checked={normalize}
              onChange={setNormalize}
              data-testid="export-normalize"
            />
          )}
          {progress.state === 'failed' && (
            <p
              role="alert"
              data-testid="export-problem"
              className={exists ? 'text-xs text-warning' : 'rounded-md bg-danger-soft p-3 text-sm text-danger'}
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

function ExportResult({ result }: { readonly result: CallOutput<'export/onnx'> }) {
  const { tone, text } = describeVerification(result.verification);
  const Icon = tone === 'success' ? CircleCheck : tone === 'warning' ? TriangleAlert : CircleAlert;
  const colours = {
    success: 'bg-success-soft text-success',
    warning: 'bg-warning-soft text-warning',
    danger: 'bg-danger-soft text-danger',
    neutral: '',
    accent: '',
  } as const;
  return (
    <div className="flex flex-col gap-3">
      <p
        role="status"
        data-testid="export-result"
        data-status={result.verification.status}
        className={`flex gap-2 rounded-md p-3 text-sm ${colours[tone]}`}
      >
        <Icon size={16} className="mt-0.5 shrink-0" aria-hidden />
        {text}
      </p>
      <div className="text-sm">
        <div className="font-mono text-xs break-all text-ink select-text" data-testid="export-path">
          {result.path}
        </div>
        <div className="mt-0.5 text-xs text-ink-muted">{describeFile(result)}</div>
      </div>
    </div>
  );
}

function SourceResult({ result }: { readonly result: CallOutput<'export/pytorch'> }) {
  const weights = nameOf(result.weightsPath);
  return (
    <div className="flex flex-col gap-3" role="status" data-testid="export-result">
      <p className="flex gap-2 rounded-md bg-success-soft p-3 text-sm text-success">
        <CircleCheck size={16} className="mt-0.5 shrink-0" aria-hidden />
        The class {result.className} and its {result.weights} weights are written.
      </p>
      <div className="font-mono text-xs break-all text-ink select-text" data-testid="export-path">
        {result.path}
        <br />
        {result.weightsPath}
      </div>
      <pre className="overflow-auto rounded-md bg-sunken p-3 font-mono text-xs text-ink select-text">
        {`from ${nameOf(result.path).replace(/\.py$/i, '')} import create_model\nmodel = create_model("${weights}").eval()`}
      </pre>
    </div>
  );
}
