import { useMemo } from 'react';
import { receptiveFields } from '../../graph-engine/infer/receptiveField.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { useHeatMap } from './heatMapStore.ts';
import { heatMapOf, type HeatMap } from './heatValues.ts';

/** The heat map of the shown graph; nothing while it is off or nothing is known. */
export function useShownHeatMap(): HeatMap | undefined {
  const metric = useHeatMap((state) => state.metric);
  const document = useDocument((state) => state.document);
  const { inferred, path } = useShownScope();
  return useMemo(
    () =>
      metric === null || inferred === undefined
        ? undefined
        : heatMapOf(metric, inferred, metric === 'receptiveField' ? receptiveFields(document, path) : new Map()),
    [metric, inferred, document, path],
  );
}
