import './samples.css';
import { AudioLines, ChevronDown, ChevronLeft, ChevronRight, Dices, Palette, ScanEye, X } from 'lucide-react';
import { colourMaps, type ColourMapName } from '../../graph-engine/probe/colourMap.ts';
import type { PictureStyle } from '../../graph-engine/probe/valueReading.ts';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import type { RunSummary } from '../../contract/run.ts';
import { useDocument } from '../store/documentStore.ts';
import { formatCount } from '../training/format.ts';
import { isActive } from '../training/runs.ts';
import { useRuns } from '../training/runStore.ts';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { setVarianceOpen } from '../variance/varianceStore.ts';
import { describeAnswer } from './describeValue.ts';
import { runsToLookAt } from './runsToLookAt.ts';
import { SamplePicker } from './SamplePicker.tsx';
import {
  chooseLook,
  chooseWeights,
  setLesion,
  setSamplesOpen,
  showRandomSample,
  stepSample,
  useSample,
  wantedKey,
  type PathReading,
} from './sampleStore.ts';
import { SampleThumbnail } from './SampleThumbnail.tsx';

const STYLES: Readonly<Record<PictureStyle, string>> = {
  tiles: 'Channels side by side',
  strongest: 'Strongest channel',
  mean: 'Mean of all channels',
};

/** The sample that is looked at: which one, what it is, what the network makes of it, and with which weights. */
export function SampleBar() {
  const open = useSample((state) => state.open);
  return open ? <Bar /> : null;
}

function Bar() {
  return (
    <section
      aria-label="Sample"
      data-testid="sample-bar"
      className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line bg-surface px-2 py-1 text-xs"
    >
      <ScanEye size={15} className="shrink-0 text-ink-muted" aria-hidden />
      <Chosen />
      <span className="min-w-40 flex-1">
        <Outcome />
      </span>
      <Lesions />
      <IconButton
        label="How signals spread with depth"
        icon={<AudioLines size={14} aria-hidden />}
        className="size-7"
        onClick={() => setVarianceOpen(true)}
        data-testid="variance-open"
      />
      <WeightsMenu />
      <LookMenu />
      <IconButton
        label="Put the samples away"
        icon={<X size={14} aria-hidden />}
        className="size-7"
        onClick={() => setSamplesOpen(false)}
        data-testid="sample-close"
      />
    </section>
  );
}

function Chosen() {
  const session = useSample((state) => state.session);
  const sample = useSample((state) => state.sample);
  const view = useSample((state) => state.view);
  if (session.status !== 'ready') return null;
  return (
    <span className="flex items-center gap-1.5">
      <span className="grid size-8 shrink-0 place-items-center overflow-hidden">
        {view !== null && <SampleThumbnail picture={view.picture} size={32} />}
      </span>
      <span className="tabular-nums" data-testid="sample-label" title={session.data}>
        {view !== null && view.label !== '' && <strong className="mr-1.5 font-semibold">{view.label}</strong>}
        <span className="text-ink-muted">
          sample {sample} of {formatCount(session.samples)}
          {view?.part === 'validation' && ' · validation'}
        </span>
      </span>
      <span className="flex">
        <IconButton
          label="Previous sample"
          shortcut="Alt+,"
          icon={<ChevronLeft size={15} aria-hidden />}
          className="size-7"
          onClick={() => stepSample(-1)}
          data-testid="sample-previous"
        />
        <IconButton
          label="Next sample"
          shortcut="Alt+."
          icon={<ChevronRight size={15} aria-hidden />}
          className="size-7"
          onClick={() => stepSample(1)}
          data-testid="sample-next"
        />
        <IconButton
          label="Any sample"
          shortcut="Alt+R"
          icon={<Dices size={14} aria-hidden />}
          className="size-7"
          onClick={() => showRandomSample()}
          data-testid="sample-random"
        />
        <SamplePicker />
      </span>
    </span>
  );
}

/** What the outputs say, and what they would say without the lesions; or why there is nothing to see. */
function Outcome() {
  const session = useSample((state) => state.session);
  const problem = useSample((state) => state.problem);
  const weights = useSample((state) => state.weights);
  const readings = useSample((state) => state.readings);
  const baseline = useSample((state) => state.baseline);
  const key = useSample(wantedKey);
  const hurt = useSample((state) => state.lesions.length > 0);
  const told = session.status === 'failed' ? session.problem : problem;
  if (session.status === 'failed' || told !== null) {
    return (
      <span className="flex flex-wrap items-center gap-2 text-warning" role="status" data-testid="sample-problem">
        {told?.message} {told?.remedy ?? ''}
        {weights.kind === 'run' && (
          <Button className="h-6 px-2 text-xs" onClick={() => chooseWeights({ kind: 'initial' })}>
            Use initial weights
          </Button>
        )}
      </span>
    );
  }
  if (session.status === 'opening') {
    return (
      <span className="text-ink-muted" role="status">
        Getting the network ready…
      </span>
    );
  }
  const answers = Object.keys(session.choices).length === 0 ? [...readings.keys()] : Object.keys(session.choices);
  const wordsOf = (found: ReadonlyMap<string, PathReading>): string =>
    answers
      .flatMap((path) => {
        const reading = found.get(path);
        if (reading?.key !== key) return [];
        const answer = reading?.values.find((value) => value.reading.answer !== undefined)?.reading.answer;
        return answer === undefined ? [] : [describeAnswer(answer, session.choices[path])];
      })
      .join(' · ');
  const [now, before] = [wordsOf(readings), hurt ? wordsOf(baseline) : ''];
  return (
    <span className="line-clamp-2 tabular-nums" role="status" data-testid="sample-answer">
      {before !== '' && <span className="text-ink-muted">{before} → </span>}
      {now}
    </span>
  );
}

function Lesions() {
  const lesions = useSample((state) => state.lesions);
  return lesions.map(({ path, how }) => (
    <span
      key={path}
      data-testid={`lesion-${path}`}
      className="flex h-6 items-center gap-1 rounded-md bg-warning-soft pl-2 text-warning"
    >
      {path} {how === 'mute' ? 'muted' : 'passed by'}
      <button
        type="button"
        aria-label={`Make ${path} whole again`}
        className="grid size-6 place-items-center rounded-md hover:bg-hover"
        onClick={() => setLesion(path, null)}
      >
        <X size={12} aria-hidden />
      </button>
    </span>
  ));
}

const TRIGGER =
  'inline-flex h-7 max-w-56 items-center gap-1 rounded-md px-2 text-xs text-ink-muted hover:bg-hover hover:text-ink';

function nameOfRun({ name, started }: RunSummary): string {
  return `${name}, ${new Date(started).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })}`;
}

function WeightsMenu() {
  const weights = useSample((state) => state.weights);
  const epoch = useSample((state) => (state.session.status === 'ready' ? state.session.epoch : undefined));
  const network = useDocument((state) => networkFingerprint(state.document));
  const seed = useDocument((state) => state.document.training.seed);
  const runs = useRuns((state) => state.summaries);
  const fitting = runsToLookAt(runs, network);
  const chosen = weights.kind === 'run' ? runs[weights.run] : undefined;
  const label =
    weights.kind === 'initial'
      ? 'Initial weights'
      : `${weights.which === 'best' ? 'Best' : 'Last'} of ${chosen?.name ?? weights.run}`;
  return (
    <Menu
      trigger={
        <button type="button" className={TRIGGER} data-testid="sample-weights" title={label}>
          <span className="truncate">{label}</span>
          {epoch !== undefined && <span className="shrink-0 tabular-nums">· epoch {epoch}</span>}
          <ChevronDown size={12} className="shrink-0" aria-hidden />
        </button>
      }
      align="end"
      items={[
        {
          label: `Initial weights of seed ${seed}`,
          checked: weights.kind === 'initial',
          onSelect: () => chooseWeights({ kind: 'initial' }),
          testId: 'weights-initial',
        },
        ...(fitting.length > 0 ? ['separator' as const] : []),
        ...fitting.slice(0, 8).flatMap((run) =>
          (['best', 'last'] as const).map((which) => ({
            label: `${which === 'best' ? 'Best' : isActive(run.state) ? 'Latest' : 'Last'} of ${nameOfRun(run)}`,
            checked: weights.kind === 'run' && weights.run === run.id && weights.which === which,
            onSelect: () => chooseWeights({ kind: 'run', run: run.id, which }),
            testId: `weights-${which}-${run.id}`,
          })),
        ),
      ]}
    />
  );
}

function LookMenu() {
  const style = useSample((state) => state.style);
  const colours = useSample((state) => state.colours);
  return (
    <Menu
      trigger={
        <button type="button" className={TRIGGER} aria-label="Look of the pictures" data-testid="sample-look">
          <Palette size={14} aria-hidden />
          <ChevronDown size={12} aria-hidden />
        </button>
      }
      align="end"
      items={[
        ...(Object.keys(STYLES) as PictureStyle[]).map((one) => ({
          label: STYLES[one],
          checked: one === style,
          onSelect: () => chooseLook({ style: one }),
          testId: `style-${one}`,
        })),
        'separator' as const,
        ...(Object.keys(colourMaps) as ColourMapName[]).map((one) => ({
          label: colourMaps[one],
          checked: one === colours,
          onSelect: () => chooseLook({ colours: one }),
          testId: `colours-${one}`,
        })),
      ]}
    />
  );
}
