import { LoaderCircle } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { HostProblem } from '../../contract/hostProblem.ts';
import { beginWithWeights } from '../../graph-engine/document/commands/editDocument.ts';
import type { WeightsMatch } from '../../contract/weights.ts';
import { useHost } from '../connection/host.ts';
import { receiveFiles } from '../data/receiveFiles.ts';
import { dispatch, documentStore } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { showToast } from '../ui/Toast.tsx';
import { closeFileDialog } from './fileDialog.ts';
import { FileList } from './FileList.tsx';
import { WeightsTable } from './WeightsTable.tsx';

type Step =
  | { readonly at: 'choosing'; readonly problem?: HostProblem }
  | { readonly at: 'reading' }
  | { readonly at: 'matched'; readonly path: string; readonly match: WeightsMatch; readonly problem?: HostProblem }
  | { readonly at: 'taking'; readonly path: string; readonly match: WeightsMatch };

const ENDINGS = /\.(safetensors|npz|pth?|ckpt|bin|(safetensors|bin)\.index\.json)$/i;

/** Lets the shown network begin with the weights of a file, after a look at what fits. */
export function WeightsDialog({ file }: { readonly file: File | undefined }) {
  const { connection } = useHost();
  const [folder, setFolder] = useState('');
  const [name, setName] = useState('');
  const [step, setStep] = useState<Step>(file === undefined ? { at: 'choosing' } : { at: 'reading' });
  const picker = useRef<HTMLInputElement>(null);

  async function look(path: string) {
    setStep({ at: 'reading' });
    const answer = await connection.call('weights/match', { document: documentStore.getState().document, path });
    setStep(answer.ok ? { at: 'matched', path, match: answer.value } : { at: 'choosing', problem: answer.problem });
  }

  async function receive(local: File) {
    setStep({ at: 'reading' });
    const received = await receiveFiles(connection, [{ path: local.name, file: local }], () => undefined, 'models');
    if (received.ok) await look(received.path);
    else setStep({ at: 'choosing', problem: received.problem });
  }

  const dropped = useRef(file);
  useEffect(() => {
    const local = dropped.current;
    dropped.current = undefined;
    if (local !== undefined) void receive(local);
  });

  async function take({ path, match }: Extract<Step, { at: 'matched' }>) {
    setStep({ at: 'taking', path, match });
    const answer = await connection.call('weights/take', { document: documentStore.getState().document, path });
    if (!answer.ok) {
      setStep({ at: 'matched', path, match, problem: answer.problem });
      return;
    }
    dispatch(beginWithWeights, { weights: answer.value.weights });
    const found = answer.value.match.rows.filter(({ kind }) => kind === 'matched').length;
    showToast({ tone: 'success', title: `Training begins with ${found} weights of the file` });
    closeFileDialog();
  }

  const match = 'match' in step ? step.match : undefined;
  const found = match?.rows.filter(({ kind }) => kind === 'matched').length ?? 0;
  const problem = 'problem' in step ? step.problem : undefined;
  const isBusy = step.at === 'reading' || step.at === 'taking';
  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Weights from a file"
      description={
        match === undefined
          ? 'Weights of torchvision, timm, transformers, of exported source or of Skipwire: safetensors, NPZ, or what torch.save wrote.'
          : `${found} of ${match.rows.length} weights were found, by the names of ${match.names}.`
      }
      width="lg"
      data-testid="weights-dialog"
      footer={
        <>
          {match === undefined && (
            <Button variant="ghost" className="mr-auto" onClick={() => picker.current?.click()} disabled={isBusy}>
              From this computer…
            </Button>
          )}
          <Button onClick={closeFileDialog} data-testid="dialog-cancel">
            Cancel
          </Button>
          <Button
            variant="primary"
            disabled={isBusy || (match === undefined ? !ENDINGS.test(name) : found === 0)}
            icon={isBusy ? <LoaderCircle size={14} className="animate-spin" aria-hidden /> : undefined}
            onClick={() => {
              if (step.at === 'matched') void take(step);
              else if (step.at === 'choosing') void look(folder === '' ? name : `${folder}/${name}`);
            }}
            data-testid="dialog-confirm"
          >
            {match === undefined ? (isBusy ? 'Reading…' : 'Look at it') : `Take ${found} weights`}
          </Button>
        </>
      }
    >
      {match === undefined ? (
        <div className="flex flex-col gap-3">
          <FileList
            folder={folder}
            onFolder={setFolder}
            chosen={name}
            accepts={(entry) => ENDINGS.test(entry.name)}
            onChoose={(entry) => setName(entry.name)}
            onConfirm={(entry) => void look(entry.path)}
          />
          <input
            ref={picker}
            type="file"
            accept=".safetensors,.npz,.pt,.pth,.ckpt,.bin"
            className="hidden"
            aria-label="File of weights of this computer"
            data-testid="local-weights"
            onChange={(event) => {
              const [local] = event.target.files ?? [];
              if (local !== undefined) void receive(local);
            }}
          />
        </div>
      ) : (
        <WeightsTable match={match} />
      )}
      {problem !== undefined && (
        <p
          role="alert"
          className="mt-3 rounded-md bg-danger-soft p-3 text-sm text-danger"
          data-testid="weights-problem"
        >
          {`${problem.message} ${problem.remedy ?? ''}`}
        </p>
      )}
    </Dialog>
  );
}
