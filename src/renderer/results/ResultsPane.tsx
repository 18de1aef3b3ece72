import { LoaderCircle, Target } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ClassifiedOutput } from '../../contract/evaluation.ts';
import type { RunId, RunSummary } from '../../contract/run.ts';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import { classificationReport } from '../../graph-engine/evaluation/classificationReport.ts';
import { useHost } from '../connection/host.ts';
import { runsToLookAt } from '../samples/runsToLookAt.ts';
import { useDocument } from '../store/documentStore.ts';
import { useRuns } from '../training/runStore.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { Select } from '../ui/Select.tsx';
import { CalibrationPlot } from './CalibrationPlot.tsx';
import { ClassTable } from './ClassTable.tsx';
import { ConfusionMatrix } from './ConfusionMatrix.tsx';
import { placesInCell, surestMistakes, worstPlaces } from './orderSamples.ts';
import { answerKey, classify, useAnswer, type Cell, type Part } from './resultsStore.ts';
import { SampleStrip } from './SampleStrip.tsx';

const PARTS: readonly { readonly value: Part; readonly label: string }[] = [
  { value: 'validation', label: 'Validation part' },
  { value: 'train', label: 'Training part' },
  { value: 'test', label: 'Test part' },
];

/** What a trained network gets right and wrong, sample by sample. */
export function ResultsPane() {
  const document = useDocument((state) => state.document);
  const summaries = useRuns((state) => state.summaries);
  const runs = useMemo(() => runsToLookAt(summaries, networkFingerprint(document)), [summaries, document]);
  const [chosen, setChosen] = useState<RunId | null>(null);
  const run = runs.find(({ id }) => id === chosen) ?? runs[0];
  if (run === undefined) {
    return (
      <p className="max-w-prose p-4 text-sm text-ink-muted">
        Train this network, and here you see what it gets right and wrong: which classes it confuses, how sure it is of
        its answers, and the samples it is worst at.
      </p>
    );
  }
  return <RunResults key={run.id} run={run} runs={runs} onChoose={setChosen} />;
}

interface RunResultsProps {
  readonly run: RunSummary;
  readonly runs: readonly RunSummary[];
  readonly onChoose: (run: RunId) => void;
}

function RunResults({ run, runs, onChoose }: RunResultsProps) {
  const { connection } = useHost();
  const [part, setPart] = useState<Part>('validation');
  const key = answerKey(run.id, part, run.best?.step ?? run.lastEpoch?.step ?? 0);
  const answer = useAnswer(key);
  return (
    <div className="flex h-full flex-col overflow-y-auto p-3" data-testid="results">
      <div className="flex flex-wrap items-end gap-3 pb-3">
        <Select
          label="Run"
          wide
          value={run.id}
          options={runs.map(({ id, data }) => ({ value: id, label: id, detail: data }))}
          onChange={onChoose}
          data-testid="results-run"
        />
        <Select label="Samples" wide value={part} options={PARTS} onChange={setPart} data-testid="results-part" />
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
          onClick={() => void classify(connection, run.id, part, key)}
          data-testid="results-go"
        >
          {answer?.status === 'working' ? 'Classifying' : answer?.status === 'ready' ? 'Again' : 'Classify'}
        </Button>
      </div>
      {answer?.status === 'failed' && (
        <p role="alert" className="rounded-md bg-danger-soft p-3 text-sm text-danger" data-testid="results-problem">
          {answer.problem.message} {answer.problem.remedy}
        </p>
      )}
      {answer === undefined && (
        <p className="max-w-prose text-sm text-ink-muted">
          Sends every sample of the part through the best weights of this run. A training under way is not disturbed.
        </p>
      )}
      {answer?.status === 'ready' &&
        answer.outputs.map((output) => (
          <OutputResults key={output.path} run={run.id} output={output} named={answer.outputs.length > 1} />
        ))}
    </div>
  );
}

const VIEWS = ['Confusion', 'Classes', 'Mistakes', 'Calibration'] as const;
type View = (typeof VIEWS)[number];
const SHOWN = 24;

function OutputResults({
  run,
  output,
  named,
}: {
  readonly run: RunId;
  readonly output: ClassifiedOutput;
  readonly named: boolean;
}) {
  const report = useMemo(() => classificationReport(output.classes.length, output), [output]);
  const [view, setView] = useState<View>('Confusion');
  const [cell, setCell] = useState<Cell | null>(null);
  const { classes } = output;
  return (
    <section className="flex flex-col gap-3" aria-label={`Results of ${output.path}`}>
      <p className="text-sm text-ink" data-testid="results-summary">
        {named && `${output.path}: `}
        <strong>{(report.accuracy * 100).toFixed(1)} %</strong> of {report.samples} right · mean F1{' '}
        {(report.macroF1 * 100).toFixed(1)} %
      </p>
      <div role="group" aria-label="What is shown" className="flex flex-wrap gap-1">
        {VIEWS.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={view === name}
            onClick={() => setView(name)}
            data-testid={`results-view-${name.toLowerCase()}`}
            className={classNames(
              'rounded-md px-2 py-1 text-xs',
              view === name ? 'bg-accent-soft font-medium text-accent-ink' : 'text-ink-muted hover:bg-hover',
            )}
          >
            {name}
          </button>
        ))}
      </div>
      {view === 'Confusion' && (
        <div className="flex flex-wrap items-start gap-6">
          <ConfusionMatrix classes={classes} report={report} chosen={cell} onChoose={setCell} />
          {cell !== null && (
            <SampleStrip
              run={run}
              output={output}
              places={placesInCell(output, cell)}
              label={`${classes[cell.truth] ?? ''} taken for ${classes[cell.predicted] ?? ''}`}
            />
          )}
        </div>
      )}
      {view === 'Classes' && <ClassTable classes={classes} report={report} />}
      {view === 'Mistakes' && (
        <div className="flex flex-col gap-4">
          <SampleStrip run={run} output={output} places={worstPlaces(output, SHOWN)} label="Largest loss" />
          <SampleStrip run={run} output={output} places={surestMistakes(output, SHOWN)} label="Wrong and sure of it" />
        </div>
      )}
      {view === 'Calibration' && <CalibrationPlot report={report} />}
    </section>
  );
}
