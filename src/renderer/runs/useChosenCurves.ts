import { useEffect, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { RunId, RunSummary } from '../../contract/run.ts';
import { headlineOf } from '../../contract/measures.ts';
import { useHost } from '../connection/host.ts';
import { readRun, useRuns } from '../training/runStore.ts';
import { useRunNames } from './factsStore.ts';
import { curveOf, overlayFigures, type OverlayFigure } from './overlay.ts';
import type { DrawnCurve } from './overlaySvg.ts';
import { markAt, type RunMark } from './runMarks.ts';
import { useRunsView } from './runsView.ts';

/** A run that is compared, and how its curve looks. */
export interface ComparedRun {
  readonly summary: RunSummary;
  /** What the user calls it, else the name of its folder. */
  readonly name: string;
  readonly mark: RunMark;
  /** Its folder was changed by somebody: there are no curves to show. */
  readonly isUnreadable: boolean;
}

/** Runs that are compared at once: more curves could not be told apart, and each has to be read. */
export const MOST_COMPARED = 24;

/** The chosen runs that there are, in the order they were chosen, the first of many; what is not known of them is read. */
export function useChosenRuns(): readonly ComparedRun[] {
  const { connection } = useHost();
  const all = useRunsView((view) => view.chosen);
  const chosen = useMemo(() => all.slice(0, MOST_COMPARED), [all]);
  const summaries = useRuns((runs) => runs.summaries);
  const missing = useRuns((runs) =>
    chosen
      .flatMap(({ run }) => (runs.details[run]?.complete === true || !(run in runs.summaries) ? [] : [run]))
      .join('\n'),
  );
  const nameOf = useRunNames();
  const [unreadable, setUnreadable] = useState<ReadonlySet<RunId>>(new Set());
  useEffect(() => {
    for (const run of missing.split('\n').filter(Boolean)) {
      void readRun(connection, run).then((record) => {
        if (record === undefined) setUnreadable((before) => new Set([...before, run]));
      });
    }
  }, [connection, missing]);
  return useMemo(
    () =>
      chosen.flatMap(({ run, slot }) => {
        const summary = summaries[run];
        if (summary === undefined) return [];
        return [{ summary, name: nameOf(run), mark: markAt(slot), isUnreadable: unreadable.has(run) }];
      }),
    [chosen, summaries, nameOf, unreadable],
  );
}

/** Figures to compare by before the user has chosen any. */
function firstFigures(runs: readonly ComparedRun[]): readonly string[] {
  const measures = new Set(runs.map(({ summary }) => headlineOf(summary).key));
  return ['validation loss', ...[...measures].map((key) => `validation ${key}`), 'train loss'];
}

/** All figures of these runs, and those that are shown. */
export function useFigures(runs: readonly ComparedRun[]): {
  readonly all: readonly OverlayFigure[];
  readonly shown: readonly OverlayFigure[];
} {
  const wanted = useRunsView((view) => view.figures);
  return useMemo(() => {
    const all = overlayFigures(runs.map(({ summary }) => summary));
    const keys = wanted ?? firstFigures(runs);
    return { all, shown: all.filter((figure) => keys.includes(figure.key)) };
  }, [runs, wanted]);
}

/** The curves of one figure, of every run that is compared. */
export function useCurves(figure: OverlayFigure, runs: readonly ComparedRun[]): readonly DrawnCurve[] {
  const { axis, smoothing, logarithmic } = useRunsView(
    useShallow((view) => ({ axis: view.axis, smoothing: view.smoothing, logarithmic: view.logarithmic })),
  );
  const known = useRuns(useShallow((state) => runs.map(({ summary }) => state.details[summary.id]?.metrics)));
  const isLogarithmic = logarithmic && figure.unit !== 'share';
  return useMemo(
    () =>
      runs.map(({ name, mark }, index): DrawnCurve => {
        const look = { axis, smoothing, logarithmic: isLogarithmic };
        return { name, mark, curve: curveOf(known[index] ?? [], figure, look) };
      }),
    [figure, runs, axis, smoothing, isLogarithmic, known],
  );
}
