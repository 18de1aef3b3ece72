import { useMemo } from 'react';
import { receptiveFields } from '../../graph-engine/infer/receptiveField.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { useHeatMap } from './heatMapStore.ts';
import { isTrainingFigure } from '../statistics/trainingFigures.ts';
import { useTrainingHeat } from '../statistics/useShownStatistics.ts';
import type { HeatMap } from './heatMapTypes.ts';
import { heatMapOf } from './heatValues.ts';

/** The heat map of the shown graph; nothing while it is off or nothing is known. */
export function useShownHeatMap(): HeatMap | undefined {
  const metric = useHeatMap((state) => state.metric);
  const document = useDocument((state) => state.document);
  const { inferred, path } = useShownScope();
  const training = useTrainingHeat(isTrainingFigure(metric) ? metric : null);
  const drawn = useMemo(
    () =>
      metric === null || isTrainingFigure(metric) || inferred === undefined
        ? undefined
        : heatMapOf(metric, inferred, metric === 'receptiveField' ? receptiveFields(document, path) : new Map()),
    [metric, inferred, document, path],
  );
  return drawn ?? training;
}
