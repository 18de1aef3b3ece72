import { LoaderCircle, TerminalSquare } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CallOutput } from '../../contract/contract.ts';
import type { HostProblem } from '../../contract/hostProblem.ts';
import { useHost } from '../connection/host.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';
import { openPath } from './fileActions.ts';
import { closeFileDialog, showFileDialog } from './fileDialog.ts';

type Plan = CallOutput<'import/torch-plan'>;

type Step =
  | { readonly at: 'asking'; readonly problem?: HostProblem }
  | { readonly at: 'planning' }
  /** The user sees what would run; nothing has. */
  | { readonly at: 'agreeing'; readonly plan: Plan; readonly problem?: HostProblem }
  | { readonly at: 'running'; readonly plan: Plan };

const LINES = 200;

/** Brings in a PyTorch model by the user's own Python, which runs only after the user has seen what it would run. */
export function TorchDialog() {
  const { connection } = useHost();
  const [source, setSource] = useState('torchvision:resnet18');
  const [input, setInput] = useState('');
  const [pretrained, setPretrained] = useState(false);
  const [step, setStep] = useState<Step>({ at: 'asking' });
  const [lines, setLines] = useState<readonly string[]>([]);
  const output = useRef<HTMLPreElement>(null);

  useEffect(
    () =>
      connection.onEvent((event) => {
        if (event.event === 'import') setLines((before) => [...before, event.payload.line].slice(-LINES));
      }),
    [connection],
  );
  useEffect(() => {
    output.current?.scrollTo({ top: output.current.scrollHeight });
  }, [lines]);

  const isNamed = /^(torchvision|timm):\S+$/.test(source.trim());
  const model = {
    source: source.trim(),
    pretrained: pretrained && isNamed,
    ...(input.trim() !== '' && { input: input.trim() }),
  };

  async function look() {
    setStep({ at: 'planning' });
    const plan = await connection.call('import/torch-plan', model);
    setStep(plan.ok ? { at: 'agreeing', plan: plan.value } : { at: 'asking', problem: plan.problem });
  }

  async function run(plan: Plan) {
    setLines([]);
    setStep({ at: 'running', plan });
    const done = await connection.call('import/torch', { ...model, agreed: true });
    if (done.ok) {
      await openPath(connection, done.value.path);
      showFileDialog({ kind: 'imported', name: done.value.path, report: done.value.report });
    } else if (done.problem.code === 'torch/cancelled') setStep({ at: 'agreeing', plan });
    else setStep({ at: 'agreeing', plan, problem: done.problem });
  }

  function leave() {
    if (step.at === 'running') void connection.call('import/torch-cancel', {});
    else if (step.at === 'agreeing') setStep({ at: 'asking' });
    else closeFileDialog();
  }

  const isBusy = step.at === 'planning' || step.at === 'running';
  const plan = 'plan' in step ? step.plan : undefined;
  const problem = 'problem' in step ? step.problem : undefined;
  return (
    <Dialog
      open
      onClose={() => {
        if (step.at !== 'running') closeFileDialog();
      }}
      title="Import from PyTorch"
      description={
        plan === undefined
          ? 'PyTorch’s own exporter writes the model, in your Python; you see what would run before anything does.'
          : `This runs ${plan.python} (PyTorch ${plan.version}) on the host, and with it the code of ${model.source}.`
      }
      width={plan === undefined ? 'md' : 'lg'}
      data-testid="torch-dialog"
      footer={
        <>
          <Button onClick={leave} data-testid="dialog-cancel">
            {step.at === 'running' ? 'Stop' : step.at === 'agreeing' ? 'Back' : 'Cancel'}
          </Button>
          <Button
            variant="primary"
            type="submit"
            form="torch"
            disabled={isBusy || model.source === ''}
            icon={
              isBusy ? (
                <LoaderCircle size={14} className="animate-spin" aria-hidden />
              ) : plan === undefined ? undefined : (
                <TerminalSquare size={14} aria-hidden />
              )
            }
            data-testid="dialog-confirm"
          >
            {step.at === 'running' ? 'Running…' : plan === undefined ? 'Show what runs' : 'Run it'}
          </Button>
        </>
      }
    >
      <form
        id="torch"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (plan === undefined) void look();
          else if (step.at === 'agreeing') void run(plan);
        }}
      >
        {plan === undefined ? (
          <>
            <TextField
              label="Model"
              wide
              autoFocus
              value={source}
              onChange={setSource}
              help="torchvision:NAME, timm:NAME, or a file of the workspace: FILE.pt, FILE.pt2, FILE.py:Class."
              data-testid="torch-source"
            />
            <TextField
              label="Sizes of one example"
              wide
              value={input}
              onChange={setInput}
              placeholder="3x224x224"
              help="Channels, height and width; what the model says itself where nothing is given."
              data-testid="torch-input"
            />
            {isNamed && (
              <Switch
                label="With trained weights"
                help="The library fetches them over the network."
                checked={pretrained}
                onChange={setPretrained}
              />
            )}
            {problem !== undefined && <Refusal problem={problem} />}
          </>
        ) : (
          <>
            <p
              className="rounded-md bg-sunken px-3 py-2 font-mono text-xs wrap-anywhere select-text"
              data-testid="torch-command"
            >
              {[plan.python, 'export_model.py', ...plan.told].join(' ')}
            </p>
            {problem !== undefined && <Refusal problem={problem} />}
            {step.at === 'running' || lines.length > 0 ? (
              <pre
                ref={output}
                tabIndex={0}
                aria-label="What Python says"
                role="log"
                data-testid="torch-output"
                className="h-56 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-xs leading-relaxed whitespace-pre-wrap text-ink select-text"
              >
                {lines.length === 0 ? 'Starting Python…' : lines.join('\n')}
              </pre>
            ) : (
              <pre
                tabIndex={0}
                aria-label="The helper script, export_model.py"
                data-testid="torch-script"
                className="h-56 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-xs leading-relaxed text-ink select-text"
              >
                {plan.script}
              </pre>
            )}
          </>
        )}
      </form>
    </Dialog>
  );
}

/** What went wrong; all that Python said stands below it. */
function Refusal({ problem: { message, remedy } }: { readonly problem: HostProblem }) {
  return (
    <p
      role="alert"
      className="rounded-md bg-danger-soft p-3 text-sm wrap-anywhere text-danger"
      data-testid="torch-problem"
    >
      {[message, remedy].join(' ')}
    </p>
  );
}
