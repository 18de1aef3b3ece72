import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { RunId } from '../../contract/run.ts';
import { keep, readKept } from '../store/kept.ts';
import type { CurveRange } from '../training/curveView.ts';

const STORAGE_KEY = 'skipwire.runs-view';

/** What stays from one day to the next. */
const KeptView = z.object({
  /** Keys of the columns that are shown; `null` are those that say most. */
  columns: z.array(z.string()).nullable(),
  sort: z.object({ column: z.string(), descending: z.boolean() }),
  group: z.enum(['nothing', 'family', 'network', 'document', 'data', 'state', 'sweep']),
  /** Keys of the figures whose curves are laid over each other; `null` are those that say most. */
  figures: z.array(z.string()).nullable(),
  axis: z.enum(['epoch', 'step', 'time']),
  smoothing: z.number().min(0).max(1),
  logarithmic: z.boolean(),
});
type KeptView = z.infer<typeof KeptView>;

/** A run that is chosen for comparison; its place says how its curve looks, and stays while others come and go. */
export interface ChosenRun {
  readonly run: RunId;
  readonly slot: number;
}

export type ComparePanel = 'curves' | 'settings' | 'network';

/** How runs are looked at. */
export interface RunsView extends KeptView {
  readonly words: string;
  readonly tags: readonly string[];
  readonly states: readonly string[];
  /** Whether only runs of the shown document are listed. */
  readonly ofDocument: boolean;
  readonly chosen: readonly ChosenRun[];
  readonly closedGroups: ReadonlySet<string>;
  readonly panel: ComparePanel;
  /** What a narrow pane shows. */
  readonly side: 'table' | 'comparison';
  /** The part of the axis that is shown; `null` is all of it. */
  readonly zoom: CurveRange | null;
}

const FIRST: KeptView = {
  columns: null,
  sort: { column: 'started', descending: true },
  group: 'nothing',
  figures: null,
  axis: 'epoch',
  smoothing: 0.6,
  logarithmic: false,
};

function readView(): KeptView {
  try {
    const parsed = KeptView.safeParse(JSON.parse(readKept(STORAGE_KEY) ?? '{}'));
    return parsed.success ? parsed.data : FIRST;
  } catch {
    return FIRST;
  }
}

export const runsView = createStore<RunsView>()(() => ({
  ...readView(),
  words: '',
  tags: [],
  states: [],
  ofDocument: false,
  chosen: [],
  closedGroups: new Set(),
  panel: 'curves',
  side: 'table',
  zoom: null,
}));

runsView.subscribe((state) => {
  const kept: KeptView = {
    columns: state.columns,
    sort: state.sort,
    group: state.group,
    figures: state.figures,
    axis: state.axis,
    smoothing: state.smoothing,
    logarithmic: state.logarithmic,
  };
  const text = JSON.stringify(kept);
  if (text !== readKept(STORAGE_KEY)) keep(STORAGE_KEY, text);
});

/** Reads how runs are looked at in a component. */
export function useRunsView<T>(selector: (view: RunsView) => T): T {
  return useStore(runsView, selector);
}

/** Chooses these runs and no others; those that were chosen keep their looks. */
export function chooseRuns(runs: readonly RunId[]): void {
  runsView.setState(({ chosen }) => {
    const kept = chosen.filter(({ run }) => runs.includes(run));
    const taken = new Set(kept.map(({ slot }) => slot));
    const next = [...kept];
    for (const run of runs) {
      if (next.some((one) => one.run === run)) continue;
      let slot = 0;
      while (taken.has(slot)) slot++;
      taken.add(slot);
      next.push({ run, slot });
    }
    return { chosen: next };
  });
}

/** Chooses a run as well, or no more. */
export function toggleRun(run: RunId): void {
  const ids = runsView.getState().chosen.map((one) => one.run);
  chooseRuns(ids.includes(run) ? ids.filter((id) => id !== run) : [...ids, run]);
}

/** A run that is gone is chosen no more. */
export function forgetRun(run: RunId): void {
  runsView.setState(({ chosen }) => ({ chosen: chosen.filter((one) => one.run !== run) }));
}

/** Sorts by a column: first the way one mostly wants it, then the other way. */
export function sortBy(column: string, descendingFirst: boolean): void {
  runsView.setState(({ sort }) => ({
    sort: { column, descending: sort.column === column ? !sort.descending : descendingFirst },
  }));
}

/** Opens or closes a group. */
export function toggleGroup(key: string): void {
  runsView.setState(({ closedGroups }) => {
    const next = new Set(closedGroups);
    if (!next.delete(key)) next.add(key);
    return { closedGroups: next };
  });
}
