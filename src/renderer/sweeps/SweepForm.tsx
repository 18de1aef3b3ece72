import { ChevronRight, FlaskConical, Plus, Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import { checkSweep } from '../../graph-engine/training/sweep/checkSweep.ts';
import { goalMeasures } from '../../graph-engine/training/sweep/goalMeasures.ts';
import { halvingRungs } from '../../graph-engine/training/sweep/halvingRungs.ts';
import { plannedEpochs } from '../../graph-engine/training/sweep/plannedEpochs.ts';
import { SweepStrategy, type SweepPlan } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { trialCount } from '../../graph-engine/training/sweep/sweepPoints.ts';
import type { SweepTarget } from '../../graph-engine/training/sweep/sweepTargets.ts';
import { useHost } from '../connection/host.ts';
import { useDocument } from '../store/documentStore.ts';
import { formatCount, formatDuration } from '../training/format.ts';
import { useRuns } from '../training/runStore.ts';
import { useTrainBlocker } from '../training/TrainButton.tsx';
import { Button } from '../ui/Button.tsx';
import { SearchDialog } from '../ui/SearchDialog.tsx';
import { Select } from '../ui/Select.tsx';
import { AxisRow } from './AxisRow.tsx';
import { CompactNumber } from './CompactField.tsx';
import { shortValue } from './describeSweep.ts';
import { findTargets, proposedAxis } from './sweepDraft.ts';
import { startSweep } from './sweepActions.ts';
import { changeDraft, useDraft } from './sweepStore.ts';

/** What is searched for: a new axis, or another path of one. */
type Searching = { readonly for: 'axis' } | { readonly for: 'tie'; readonly axis: number } | null;

/** The plan of the next sweep: its axes, how points are chosen, what is wished, and what it will cost. */
export function SweepForm() {
  const { connection } = useHost();
  const id = useDocument((state) => state.id);
  const document = useDocument((state) => state.document);
  const root = useDocument((state) => state.inferred.root);
  const plan = useDraft(id);
  const measures = useMemo(() => goalMeasures(root), [root]);
  const blocker = useTrainBlocker();
  const problems = useMemo(
    () =>
      checkSweep(
        document,
        plan,
        measures.map(({ key }) => key),
      ),
    [document, plan, measures],
  );
  const [searching, setSearching] = useState<Searching>(null);
  const [starting, setStarting] = useState(false);
  const change = (changes: Partial<SweepPlan>): void => changeDraft(id, changes);
  const { axes, strategy, goal } = plan;
  const drawn = strategy.kind !== 'grid';

  function choose(target: SweepTarget): void {
    if (searching?.for === 'tie') {
      const { axis: tied } = searching;
      change({
        axes: axes.map((axis, index) => (index === tied ? { ...axis, paths: [...axis.paths, target.path] } : axis)),
      });
    } else change({ axes: [...axes, proposedAxis(target)] });
    setSearching(null);
  }

  return (
    <div
      className="grid grid-cols-1 gap-5 @min-[44rem]:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]"
      data-testid="sweep-form"
    >
      <section className="flex flex-col gap-2" aria-label="Axes">
        {axes.length === 0 && (
          <p className="max-w-prose text-sm text-ink-muted">
            Trains this network many times with other settings or other parameters of its nodes and blocks, and shows
            which are best. Add what is to be varied.
          </p>
        )}
        <ul className="flex flex-col gap-2">
          {axes.map((axis, place) => (
            <AxisRow
              key={axis.paths[0]}
              document={document}
              axis={axis}
              place={place}
              drawn={drawn}
              problems={problems.filter((problem) => problem.axis === place)}
              onChange={(next) => change({ axes: axes.with(place, next) })}
              onRemove={() => change({ axes: axes.toSpliced(place, 1) })}
              onTie={() => setSearching({ for: 'tie', axis: place })}
            />
          ))}
        </ul>
        <Button
          className="self-start"
          icon={<Plus size={14} aria-hidden />}
          onClick={() => setSearching({ for: 'axis' })}
          data-testid="add-axis"
        >
          Add an axis…
        </Button>
      </section>
      <section className="flex flex-col gap-3" aria-label="How it is searched">
        <Strategy plan={plan} onChange={change} />
        <Select
          label="Trials are compared by"
          wide
          value={goal.measure}
          options={measures.map(({ key, title, better }) => ({
            value: key,
            label: title,
            detail: `${better} is better`,
          }))}
          onChange={(measure) =>
            change({ goal: { measure, better: measures.find(({ key }) => key === measure)?.better ?? 'lower' } })
          }
          data-testid="sweep-goal"
        />
        <Further plan={plan} onChange={change} />
        <Cost plan={plan} problems={problems.some(({ axis }) => axis !== undefined)} />
        {problems
          .filter(({ axis }) => axis === undefined)
          .map(({ code, message, expected, remedy }) => (
            <p key={code} role="alert" className="text-xs text-danger" data-testid="sweep-problem">
              {message} {expected === undefined ? '' : `Expected ${expected}.`} {remedy}
            </p>
          ))}
        {blocker !== null && <p className="text-xs text-ink-muted">{blocker.reason}</p>}
        <Button
          variant="primary"
          className="self-start"
          icon={<FlaskConical size={14} aria-hidden />}
          disabled={blocker !== null || starting || axes.length === 0 || problems.length > 0}
          onClick={() => {
            setStarting(true);
            void startSweep(connection, plan).finally(() => setStarting(false));
          }}
          data-testid="start-sweep"
        >
          Start the sweep
        </Button>
      </section>
      {searching !== null && (
        <SearchDialog
          title="What is to be varied"
          label="What is to be varied"
          placeholder="A setting or a parameter, such as learning rate or filters"
          listLabel="Settings and parameters"
          icon={<Search size={15} className="text-ink-muted" aria-hidden />}
          find={(query) => findTargets(document, plan, query)}
          nothing={(query) => `No setting or parameter is called “${query}”.`}
          keyOf={({ path }) => path}
          onChoose={choose}
          onClose={() => setSearching(null)}
          inputTestId="axis-search"
          testIdOf={({ path }) => `target-${path}`}
          data-testid="axis-dialog"
        >
          {({ path, summary, now }) => (
            <span className="flex min-w-0 flex-1 flex-col py-1">
              <span className="flex justify-between gap-3">
                <span className="truncate font-medium">{path}</span>
                {now !== undefined && <span className="shrink-0 text-xs text-ink-muted">{shortValue(now)}</span>}
              </span>
              {summary !== '' && <span className="truncate text-xs text-ink-muted">{summary}</span>}
            </span>
          )}
        </SearchDialog>
      )}
    </div>
  );
}

interface PartProps {
  readonly plan: SweepPlan;
  readonly onChange: (changes: Partial<SweepPlan>) => void;
}

const STRATEGIES = [
  { value: 'grid', label: 'Grid', detail: 'Every combination once' },
  { value: 'random', label: 'Random points', detail: 'Finds more when only some axes matter' },
  { value: 'halving', label: 'Successive halving', detail: 'Many for a few epochs; the best go on' },
] as const;

function Strategy({ plan: { strategy }, onChange }: PartProps) {
  const set = (changes: object): void => onChange({ strategy: SweepStrategy.parse({ ...strategy, ...changes }) });
  const whole = { integer: true, minimum: 1, maximum: 1000 };
  return (
    <>
      <Select
        label="Points"
        wide
        value={strategy.kind}
        options={STRATEGIES}
        onChange={(kind) => onChange({ strategy: SweepStrategy.parse({ kind }) })}
        data-testid="sweep-strategy"
      />
      {strategy.kind !== 'grid' && (
        <div className="flex flex-wrap gap-2">
          <CompactNumber
            label="Trials"
            className="w-20"
            value={strategy.trials}
            bounds={whole}
            onCommit={(trials) => set({ trials })}
            data-testid="sweep-trials"
          />
          <CompactNumber
            label="Seed"
            className="w-20"
            value={strategy.seed}
            bounds={{ integer: true, minimum: 0, maximum: 2_147_483_647 }}
            onCommit={(seed) => set({ seed })}
            data-testid="sweep-seed"
          />
          {strategy.kind === 'halving' && (
            <>
              <CompactNumber
                label="One of"
                className="w-16"
                value={strategy.eta}
                bounds={{ integer: true, minimum: 2, maximum: 16 }}
                onCommit={(eta) => set({ eta })}
                data-testid="sweep-eta"
              />
              <CompactNumber
                label="First epochs"
                className="w-24"
                value={strategy.minimum}
                bounds={{ integer: true, minimum: 1, maximum: 100_000 }}
                onCommit={(minimum) => set({ minimum })}
                data-testid="sweep-minimum"
              />
              <CompactNumber
                label="Last epochs"
                className="w-24"
                value={strategy.maximum}
                bounds={{ integer: true, minimum: 1, maximum: 100_000 }}
                onCommit={(maximum) => set({ maximum })}
                data-testid="sweep-maximum"
              />
            </>
          )}
        </div>
      )}
    </>
  );
}

/** What a good default is enough for mostly. */
function Further({ plan: { stop, concurrency }, onChange }: PartProps) {
  const set = (changes: object): void => {
    const next: Record<string, unknown> = { ...stop, ...changes };
    for (const [key, value] of Object.entries(next)) if (value === undefined) Reflect.deleteProperty(next, key);
    onChange({ stop: next });
  };
  return (
    <details className="group text-sm">
      <summary className="flex h-6 cursor-default list-none items-center gap-1 text-xs text-ink-muted">
        <ChevronRight size={13} className="transition-transform group-open:rotate-90" aria-hidden />
        Stop early, train several at once
      </summary>
      <div className="flex flex-wrap gap-2 pt-2">
        <CompactNumber
          label="As good as"
          className="w-24"
          value={stop.target}
          onCommit={(target) => set({ target })}
          onClear={() => set({ target: undefined })}
          data-testid="sweep-target"
        />
        <CompactNumber
          label="No better for"
          className="w-24"
          value={stop.patience}
          bounds={{ integer: true, minimum: 1, maximum: 1000 }}
          onCommit={(patience) => set({ patience })}
          onClear={() => set({ patience: undefined })}
          data-testid="sweep-patience"
        />
        <CompactNumber
          label="Minutes"
          className="w-20"
          value={stop.minutes}
          bounds={{ minimum: 0, minimumExcluded: true, maximum: 1e6 }}
          onCommit={(minutes) => set({ minutes })}
          onClear={() => set({ minutes: undefined })}
          data-testid="sweep-minutes"
        />
        <CompactNumber
          label="At once"
          className="w-16"
          value={concurrency}
          bounds={{ integer: true, minimum: 1, maximum: 16 }}
          onCommit={(atOnce) => onChange({ concurrency: atOnce })}
          data-testid="sweep-concurrency"
        />
      </div>
    </details>
  );
}

/** How many trials and epochs there will be, and how long they take, judged by the last run of this network or document. */
function Cost({ plan, problems }: { readonly plan: SweepPlan; readonly problems: boolean }) {
  const document = useDocument((state) => state.document);
  const summaries = useRuns((runs) => runs.summaries);
  const measured = useMemo(() => {
    const network = networkFingerprint(document);
    const runs = Object.values(summaries)
      .filter((run) => run.data === document.training.data && run.lastEpoch !== undefined)
      .toSorted((a, b) => b.started - a.started);
    // Of this network if there is one, else of what was drawn here before.
    return runs.find((run) => run.network === network) ?? runs.find((run) => run.name === document.name);
  }, [document, summaries]);
  if (plan.axes.length === 0 || problems) return null;
  const { epochs } = document.training;
  const count = trialCount(plan);
  const all = plannedEpochs(plan, epochs);
  const rungs = plan.strategy.kind === 'halving' ? halvingRungs(plan.strategy) : undefined;
  const last = measured?.lastEpoch;
  const seconds = last === undefined || last.epoch === 0 ? undefined : (all * last.elapsed) / last.epoch;
  return (
    <div className="flex flex-col gap-0.5 text-sm" data-testid="sweep-cost">
      <p className="text-ink tabular-nums">
        <strong>{formatCount(count)}</strong> {count === 1 ? 'trial' : 'trials'}, {formatCount(all)} epochs in all
      </p>
      {rungs !== undefined && (
        <p className="text-xs text-ink-muted tabular-nums">
          {rungs.map(({ trials, epochs: to }) => `${trials} × ${to}`).join(' → ')} epochs
        </p>
      )}
      <p className="text-xs text-ink-muted">
        {seconds === undefined
          ? 'How long it takes is known after a first run of this network.'
          : `About ${formatDuration(seconds)}, judged by ${measured?.id ?? ''}.`}
      </p>
    </div>
  );
}
