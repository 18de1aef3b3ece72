import { LoaderCircle, Square, Target } from 'lucide-react';
import { useState } from 'react';
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

/** What a network gets right and wrong on a part of the data it was trained with. */
export function EvaluationView({ run }: { readonly run: RunSummary }) {
  const { connection } = useHost();
  const [part, setPart] = useState<SetPart>('validation');
  const key = answerKey(run.id, part, run.best?.step ?? run.lastEpoch?.step ?? 0);
  const answer = useAnswer(key);
  const progress = answer?.status === 'working' ? answer.progress : undefined;
  return (
    <>
      <div className="flex flex-wrap items-end gap-3">
        <Select
          label="Samples"
          wide
          value={part}
          options={SetPart.options.map((value) => ({ value, label: labels[value] }))}
          onChange={setPart}
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
      </div>
      {answer?.status === 'failed' && <Problem problem={answer.problem} data-testid="results-problem" />}
      {answer === undefined && (
        <p className="max-w-prose text-sm text-ink-muted">
          Sends every sample of the part through the best weights of this run. A training under way is not disturbed.
        </p>
      )}
      {answer?.status === 'ready' &&
        answer.evaluation.notices.map((notice) => (
          <p key={notice} className="text-xs text-ink-muted">
            {notice}
          </p>
        ))}
      {answer?.status === 'ready' &&
        answer.evaluation.outputs.map((output) => (
          <section key={output.path} className="flex flex-col gap-3" aria-label={`Results of ${output.path}`}>
            {answer.evaluation.outputs.length > 1 && <h2 className="text-sm font-medium text-ink">{output.path}</h2>}
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
