import { FileUp } from 'lucide-react';
import { useMemo, useState, type DragEvent } from 'react';
import type { SetPart } from '../../contract/evaluation.ts';
import type { RunId, RunSummary } from '../../contract/run.ts';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import { networkEnds } from '../../graph-engine/training/networkEnds.ts';
import { useHost } from '../connection/host.ts';
import { useReadFacts, useRunNames } from '../runs/factsStore.ts';
import { runsToLookAt } from '../samples/runsToLookAt.ts';
import { useDocument } from '../store/documentStore.ts';
import { useRuns } from '../training/runStore.ts';
import { Select } from '../ui/Select.tsx';
import { Choices } from './Choices.tsx';
import { EvaluationControls, EvaluationView } from './EvaluationView.tsx';
import { OwnFileView } from './OwnFileView.tsx';
import { predictFiles } from './ownFileStore.ts';
import { WriterView } from './WriterView.tsx';
import { setWish } from './writerStore.ts';
import { takenFiles } from './takenFiles.ts';

/** What a trained network gets right and wrong, sample by sample; what it says of the user's own files; what it writes. */
export function ResultsPane() {
  const document = useDocument((state) => state.document);
  const summaries = useRuns((state) => state.summaries);
  const runs = useMemo(() => runsToLookAt(summaries, networkFingerprint(document)), [summaries, document]);
  const [chosen, setChosen] = useState<RunId | null>(null);
  const run = runs.find(({ id }) => id === chosen) ?? runs[0];
  if (run === undefined) {
    return (
      <p className="max-w-prose p-4 text-sm text-ink-muted">
        Train this network, and here you see what it gets right and wrong: which classes it confuses, how its masks lie
        on the images, what it writes, what it says of your own files, and the samples it is worst at.
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

const MODES = ['On its data', 'Your own file', 'Write'] as const;
type Mode = (typeof MODES)[number];

function RunResults({ run, runs, onChoose }: RunResultsProps) {
  const { connection } = useHost();
  const nameOf = useRunNames();
  useReadFacts(connection, runs);
  const root = useDocument((state) => state.inferred.root);
  const ends = networkEnds(root);
  const [mode, setMode] = useState<Mode>('On its data');
  const [part, setPart] = useState<SetPart>('validation');
  const [over, setOver] = useState(false);
  const writes = ends.outputs.some(({ target }) => target.kind === 'tokens');
  const modes = MODES.filter((one) => one !== 'Write' || writes);

  function onDrop(event: DragEvent): void {
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length === 0) return;
    event.preventDefault();
    setMode('Your own file');
    void predictFiles(connection, run.id, files);
  }

  return (
    <div
      className="relative flex h-full flex-col gap-2.5 overflow-y-auto p-3"
      data-testid="results"
      // What is dropped here is not opened by the window.
      data-takes-files
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget))
          setOver(false);
      }}
      onDrop={onDrop}
    >
      <div className="flex flex-wrap items-end gap-3">
        <Select
          label="Run"
          wide
          value={run.id}
          options={runs.map(({ id, data }) => ({ value: id, label: nameOf(id), detail: data }))}
          onChange={onChoose}
          data-testid="results-run"
        />
        <Choices label="What is asked" names={modes} chosen={mode} onChoose={setMode} testId="results-mode" />
        {mode === 'On its data' && <EvaluationControls run={run} part={part} onPart={setPart} />}
      </div>
      {mode === 'On its data' && <EvaluationView run={run} part={part} />}
      {mode === 'Your own file' && (
        <OwnFileView
          run={run.id}
          takes={takenFiles(ends.inputs)}
          onWriteOn={(text) => {
            setWish(run.id, { prompt: text });
            setMode('Write');
          }}
        />
      )}
      {mode === 'Write' && <WriterView run={run.id} />}
      {over && (
        <div className="pointer-events-none absolute inset-1 z-10 flex items-center justify-center rounded-lg border-2 border-dashed border-accent bg-accent-soft/90">
          <span className="flex items-center gap-2 text-sm font-medium text-accent-ink">
            <FileUp size={16} aria-hidden /> Drop to see what {nameOf(run.id)} says of it
          </span>
        </div>
      )}
    </div>
  );
}
