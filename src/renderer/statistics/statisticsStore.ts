import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { RunId } from '../../contract/run.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { isActive } from '../training/runs.ts';
import { runStore } from '../training/runStore.ts';
import { joinStatistics, NO_STATISTICS, type RunStatistics } from './statisticSeries.ts';

export interface StatisticsState {
  /** The run they are of; `null` while none is shown. */
  readonly run: RunId | null;
  readonly statistics: RunStatistics;
  /** Step that is looked at; `null` follows the run. */
  readonly step: number | null;
}

const NOTHING: StatisticsState = { run: null, statistics: NO_STATISTICS, step: null };

export const statisticsStore = createStore<StatisticsState>()(() => NOTHING);

/** Reads the statistics of the shown run in a component. */
export function useStatistics<T>(selector: (state: StatisticsState) => T): T {
  return useStore(statisticsStore, selector);
}

/** The number of the sample that is looked at; -1 while there are none. */
export function sampleAt({ statistics: { steps }, step }: StatisticsState): number {
  if (step === null) return steps.length - 1;
  const later = steps.findIndex((one) => one > step);
  return later === -1 ? steps.length - 1 : Math.max(0, later - 1);
}

/** Looks at a step of the run, or follows it with `null`. */
export function lookAtStep(step: number | null): void {
  statisticsStore.setState({ step });
}

/** Milliseconds between two looks at what a run has sampled meanwhile. */
const LOOK_EVERY = 400;

let watchers = 0;
let wake: () => void = () => undefined;

/** Keeps the statistics up to date for as long as someone looks at them; returns how to stop. */
export function watchStatistics(): () => void {
  watchers++;
  wake();
  let watching = true;
  return () => {
    if (watching) watchers--;
    watching = false;
  };
}

/** Reads statistics of whatever run is shown, while someone looks at them: all at first, then what has come since. */
export function followStatistics(connection: ManagedConnection): void {
  let reading = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function read(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const { shown, summaries } = runStore.getState();
    if (statisticsStore.getState().run !== shown) statisticsStore.setState({ ...NOTHING, run: shown });
    if (shown === null || watchers === 0 || reading) return;
    const going = summaries[shown] !== undefined && isActive(summaries[shown].state);
    const { statistics } = statisticsStore.getState();
    const after = statistics.columns.length === 0 ? null : (statistics.steps.at(-1) ?? null);
    reading = true;
    const answer = await connection.call('run/statistics', { run: shown, after });
    reading = false;
    const now = statisticsStore.getState();
    if (answer.ok && now.run === shown) {
      const joined = joinStatistics(now.statistics, answer.value);
      if (joined !== now.statistics) statisticsStore.setState({ statistics: joined });
    }
    if (going || runStore.getState().shown !== shown) timer = setTimeout(() => void read(), LOOK_EVERY);
  }

  wake = () => void read();
  runStore.subscribe((runs, before) => {
    const changed = runs.shown !== before.shown;
    const state = (all: typeof runs): string | undefined =>
      all.shown === null ? undefined : all.summaries[all.shown]?.state.status;
    if (changed || state(runs) !== state(before)) void read();
  });
  connection.onState((state) => {
    if (state === 'open') void read();
  });
}
