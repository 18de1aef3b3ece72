import { Flame } from 'lucide-react';
import type { AppCommand } from '../app/appCommands.tsx';
import { heatMapStore, showHeatMap } from './heatMapStore.ts';
import { HEAT_METRICS, heatTitle } from './heatValues.ts';

/** A command for each figure; the one that is shown is taken off by its own. */
export const heatMapCommands: readonly AppCommand[] = HEAT_METRICS.map((metric) => ({
  id: `heat-map:${metric}`,
  label: `Heat map: ${heatTitle(metric)}`,
  icon: <Flame size={15} aria-hidden />,
  enabled: true,
  run: () => showHeatMap(heatMapStore.getState().metric === metric ? null : metric),
}));
