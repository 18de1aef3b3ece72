import { ListPlus, Locate, Wrench } from 'lucide-react';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { setTraining } from '../../graph-engine/document/commands/editDocument.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { sampleCount } from '../../graph-engine/training/matchData.ts';
import { networkEnds } from '../../graph-engine/training/networkEnds.ts';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';
import { shareInstalled } from '../engines/describeEngine.ts';
import { EngineSelect } from '../engines/EngineSelect.tsx';
import { SlowEngineNotice } from '../engines/SlowEngineNotice.tsx';
import { DataSection } from '../data/DataSection.tsx';
import { useDataDescription } from '../data/dataStore.ts';
import { showPane } from '../panes/paneStore.ts';
import { goToPlace } from '../problems/goToPlace.ts';
import { factsStore, useReadFacts } from '../runs/factsStore.ts';
import { dispatch, useDocument } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Switch } from '../ui/Switch.tsx';
import { Curves } from './Curves.tsx';
import { lastStep, runsOfDocument } from './runs.ts';
import { RunControls } from './RunControls.tsx';
import { RunList } from './RunList.tsx';
import { RunStatus } from './RunStatus.tsx';
import { setNotifies, useNotifies } from './runSignals.ts';
import { showRun, useActiveRun, useRuns } from './runStore.ts';
import { ScheduleDrawing } from './ScheduleDrawing.tsx';
import { applyFix, startTraining } from './trainActions.ts';
import { useTrainBlocker } from './TrainButton.tsx';
import { useNow } from './useNow.ts';
import { TrainingForm } from './TrainingForm.tsx';
import { Trials } from './Trials.tsx';

const NO_METRICS = { metrics: [], notices: [] };

/** Everything about training: the shown run with its curves, the settings of the next one, and all runs. */
export function TrainingPane() {
  const shown = useRuns((runs) => runs.shown);
  const pane = useRef<HTMLDivElement>(null);

  useEffect(() => {
    // Another run is shown: what it says stands on top.
    pane.current?.scrollTo({ top: 0 });
  }, [shown]);

  // Each section listens for itself: metrics come several times a second, and must not draw the settings anew.
  return (
    <div ref={pane} className="h-full overflow-y-auto" data-testid="training-pane" tabIndex={-1}>
      <Blocker />
      <ShownRun />
      <Settings />
      <AllRuns />
    </div>
  );
}

function ShownRun() {
  const run = useRuns((runs) => (runs.shown === null ? undefined : runs.summaries[runs.shown]));
  const details = useRuns((runs) => (runs.shown === null ? undefined : runs.details[runs.shown])) ?? NO_METRICS;
  if (run === undefined) return null;
  return (
    <>
      <Section>
        <RunStatus run={run} step={lastStep(details.metrics)} notices={details.notices} />
        <RunControls run={run} />
      </Section>
      {details.metrics.length > 0 && (
        <Section>
          <Curves run={run} metrics={details.metrics} />
        </Section>
      )}
    </>
  );
}

function Settings() {
  const settings = useDocument((state) => state.document.training);
  const inferred = useDocument((state) => state.inferred);
  const underWay = useActiveRun() !== undefined;
  const network = useMemo(() => networkEnds(inferred.root), [inferred]);
  const data = useDataDescription(settings);
  const change = (changes: Partial<TrainingSettings>) => dispatch(setTraining, { changes });
  return (
    <Section title={underWay ? 'Settings of the next run' : 'Settings'}>
      <DataSection settings={settings} network={network} onChange={change} />
      <EngineSelect />
      <SlowEngineNotice />
      <TrainingForm
        settings={settings}
        disabled={false}
        onChange={change}
        schedule={
          <ScheduleDrawing settings={settings} samples={data === undefined ? 1000 : sampleCount(data, network)} />
        }
      />
      <Trials />
      {underWay && <QueueButton />}
    </Section>
  );
}

/** Starts another run after the one under way. */
function QueueButton() {
  const { connection } = useHost();
  const blocked = useTrainBlocker() !== null;
  return (
    <Button
      data-testid="queue-run"
      disabled={blocked}
      icon={<ListPlus size={14} aria-hidden />}
      onClick={() => void startTraining(connection)}
    >
      Train with these settings afterwards
    </Button>
  );
}

function AllRuns() {
  const { connection } = useHost();
  const name = useDocument((state) => state.document.name);
  const path = useDocument((state) => state.file?.path ?? null);
  const summaries = useRuns((runs) => runs.summaries);
  const id = useDocument((state) => state.id);
  const adopted = useRuns((runs) => runs.adopted);
  const shown = useRuns((runs) => runs.shown);
  const now = useNow();
  const notifies = useNotifies();
  const facts = useStore(factsStore, (state) => state.facts);
  const titles = useMemo(
    () => Object.fromEntries(Object.values(facts).map(({ run, remarks }) => [run, remarks.title])),
    [facts],
  );
  const ofDocument = useMemo(
    () => runsOfDocument({ summaries, adopted }, path, name, id),
    [summaries, adopted, path, name, id],
  );
  // A sweep may have hundreds, which its own pane lists.
  const listed = ofDocument.filter((run) => run.sweep === undefined || run.id === shown);
  useReadFacts(connection, listed);
  return (
    <Section title="Runs">
      <RunList runs={listed} shown={shown} now={now} titles={titles} onShow={(run) => void showRun(connection, run)} />
      {listed.length < ofDocument.length && (
        <Button size="sm" variant="ghost" className="self-start" onClick={() => showPane('sweeps')}>
          {ofDocument.length - listed.length} more of sweeps
        </Button>
      )}
      <Switch
        label="Tell when a run ends"
        help="While this window is not looked at."
        checked={notifies}
        onChange={setNotifies}
        data-testid="notify"
      />
    </Section>
  );
}

function Section({ title, children }: { readonly title?: string; readonly children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3 border-b border-line px-4 py-4 last:border-b-0">
      {title !== undefined && <h2 className="text-xs font-semibold tracking-wide text-ink-muted">{title}</h2>}
      {children}
    </section>
  );
}

/** Why Train is disabled, with the act that would enable it. */
function Blocker() {
  const blocker = useTrainBlocker();
  const underWay = useActiveRun() !== undefined;
  const installing = useStore(hostStore, (state) => state.installing);
  if (blocker === null || underWay) return null;
  const { fix, at } = blocker;
  return (
    <div
      className="flex flex-col items-start gap-2 border-b border-line bg-sunken px-4 py-3"
      data-testid="train-blocker"
    >
      <p className="text-xs text-ink-muted">{blocker.reason}</p>
      {installing !== null && (
        <progress
          value={shareInstalled(installing)}
          max={1}
          aria-label="Installation of the engine"
          className="h-1 w-full accent-accent"
        />
      )}
      {fix !== undefined && (
        <Button size="sm" icon={<Wrench size={12} aria-hidden />} onClick={() => applyFix(fix)} data-testid="train-fix">
          {fix.label}
        </Button>
      )}
      {fix === undefined && at?.node !== undefined && (
        <Button
          size="sm"
          icon={<Locate size={12} aria-hidden />}
          onClick={() => goToPlace(at)}
          data-testid="train-show"
        >
          Show it
        </Button>
      )}
      {blocker.install === true && (
        <Button size="sm" onClick={() => showPane('engines')}>
          Show the engines
        </Button>
      )}
    </div>
  );
}
