import { useEffect, useMemo } from 'react';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { HeatMap } from '../heatmap/heatMapTypes.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { instancePrefix } from '../../graph-engine/lower/instancePath.ts';
import { gradientWires, type WireHeat } from './gradientWires.ts';
import { sampleAt, useStatistics, watchStatistics } from './statisticsStore.ts';
import type { TrainingFigure } from './trainingFigures.ts';
import { trainingHeatOf } from './trainingHeat.ts';

/** Gradients through the shown wires; `null` while they are not looked at. Each wire listens for itself. */
const wireHeatStore = createStore<{ readonly wires: ReadonlyMap<string, WireHeat> | null }>()(() => ({ wires: null }));

/** The gradient through one wire, while gradients are looked at. */
export function useWireHeat(wire: string): WireHeat | undefined {
  return useStore(wireHeatStore, ({ wires }) => wires?.get(wire));
}

/** Keeps the statistics coming while the component is there and `wanted`. */
export function useWatchedStatistics(wanted: boolean): void {
  useEffect(() => (wanted ? watchStatistics() : undefined), [wanted]);
}

/** The shown graph by a figure of training at the step that is looked at; nothing where nothing is known. */
export function useTrainingHeat(figure: TrainingFigure | null): HeatMap | undefined {
  useWatchedStatistics(figure !== null);
  const document = useDocument((state) => state.document);
  const { inferred, path } = useShownScope();
  const statistics = useStatistics((state) => state.statistics);
  const sample = useStatistics(sampleAt);
  return useMemo(
    () =>
      figure === null || inferred === undefined || sample < 0
        ? undefined
        : trainingHeatOf(figure, inferred, instancePrefix(document, path), statistics, sample),
    [figure, inferred, document, path, statistics, sample],
  );
}

/** Gives the shown wires the width of their gradients while `wanted`. */
export function useGradientWires(wanted: boolean): void {
  const document = useDocument((state) => state.document);
  const { graph, inferred, path } = useShownScope();
  const statistics = useStatistics((state) => state.statistics);
  const sample = useStatistics(sampleAt);
  useEffect(() => {
    const known = wanted && inferred !== undefined && sample >= 0;
    const wires = known ? gradientWires(graph, inferred, instancePrefix(document, path), statistics, sample) : null;
    wireHeatStore.setState({ wires });
    return () => wireHeatStore.setState({ wires: null });
  }, [wanted, graph, inferred, document, path, statistics, sample]);
}
