import { LoaderCircle, Square, Target } from 'lucide-react';
import { SetPart, type EvaluatedOutput } from '../../contract/evaluation.ts';
import type { RunId, RunSummary } from '../../contract/run.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { useHost } from '../connection/host.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Select.tsx';
import { ClassResults } from './ClassResults.tsx';
import { MaskResults } from './MaskResults.tsx';
import { Problem } from './Problem.tsx';
import { answerKey, evaluate, useAnswer } from './resultsStore.ts';
import { TextResults } from './TextResults.tsx';
import { ValueResults } from './ValueResults.tsx';

const labels: Readonly<Record<SetPart, string>> = {
  validation: 'Validation part',
  train: 'Training part',
  test: 'Test part',
};

export interface EvaluationProps {
  readonly run: RunSummary;
  readonly part: SetPart;
}

function keyOf({ run, part }: EvaluationProps): string {
  return answerKey(run.id, part, run.best?.step ?? run.lastEpoch?.step ?? 0);
}

/** Choice of the samples, and the button that begins. */
export function EvaluationControls({
  onPart,
  ...props
}: EvaluationProps & { readonly onPart: (part: SetPart) => void }) {
  const { run, part } = props;
  const { connection } = useHost();
  const key = keyOf(props);
  const answer = useAnswer(key);
  const progress = answer?.status === 'working' ? answer.progress : undefined;
  return (
    <>
      <Select
        label="Samples"
        wide
        value={part}
        options={SetPart.options.map((value) => ({ value, label: labels[value] }))}
        onChange={onPart}
        data-testid="results-part"
      />
      <Button
        variant={answer?.status === 'ready' ? 'secondary' : 'primary'}
        icon={
          answer?.status === 'working' ? (
            <LoaderCircle size={14} className="animate-spin" aria-hidden />
          ) : (
            <Target size={14} aria-hidden />
          )
        }
        disabled={answer?.status === 'working'}
        onClick={() => void evaluate(connection, run.id, part, key)}
        data-testid="results-go"
      >
        {answer?.status === 'working' ? 'Evaluating' : answer?.status === 'ready' ? 'Again' : 'Evaluate'}
      </Button>
      {answer?.status === 'working' && (
        <Button
          variant="ghost"
          icon={<Square size={12} aria-hidden />}
          onClick={() => void connection.call('run/evaluate-stop', { run: run.id, part })}
          data-testid="results-stop"
        >
          Stop
        </Button>
      )}
      {progress !== undefined && (
        <span className="pb-1.5 text-xs text-ink-muted tabular-nums" role="status">
          {progress.done} of {progress.total} samples
        </span>
      )}
    </>
  );
}

/** What a network gets right and wrong on a part of the data it was trained with. */
export function EvaluationView(props: EvaluationProps) {
  const { run } = props;
  const answer = useAnswer(keyOf(props));
  if (answer === undefined || answer.status === 'working') {
    return (
      <p className="max-w-prose text-sm text-ink-muted">
        Sends every sample of the part through the best weights of this run. A training under way is not disturbed.
      </p>
    );
  }
  if (answer.status === 'failed') return <Problem problem={answer.problem} data-testid="results-problem" />;
  const { outputs, notices } = answer.evaluation;
  return (
    <>
      {notices.map((notice) => (
        <p key={notice} className="text-xs text-ink-muted">
          {notice}
        </p>
      ))}
      {outputs.map((output) => (
        <section key={output.path} className="flex flex-col gap-2" aria-label={`Results of ${output.path}`}>
          {outputs.length > 1 && <h2 className="text-sm font-medium text-ink">{output.path}</h2>}
          <OutputResults run={run.id} output={output} />
        </section>
      ))}
    </>
  );
}

function OutputResults({ run, output }: { readonly run: RunId; readonly output: EvaluatedOutput }) {
  switch (output.kind) {
    case 'class':
      return <ClassResults run={run} output={output} />;
    case 'mask':
      return <MaskResults run={run} output={output} />;
    case 'values':
      return <ValueResults run={run} output={output} />;
    case 'tokens':
      return <TextResults run={run} output={output} />;
    default:
      return assertNever(output);
  }
}
