import { Flame } from 'lucide-react';
import type { AppCommand } from '../app/appCommands.tsx';
import { heatMapStore, showHeatMap } from './heatMapStore.ts';
import { HEAT_METRICS, type HeatMetric } from './heatValues.ts';

/** A command for each figure; the one that is shown is taken off by its own. */
export const heatMapCommands: readonly AppCommand[] = (Object.keys(HEAT_METRICS) as HeatMetric[]).map((metric) => ({
  id: `heat-map:${metric}`,
  label: `Heat map: ${HEAT_METRICS[metric]}`,
  icon: <Flame size={15} aria-hidden />,
  enabled: true,
  run: () => showHeatMap(heatMapStore.getState().metric === metric ? null : metric),
}));
