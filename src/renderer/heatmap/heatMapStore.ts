import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { HeatMetric } from './heatValues.ts';

export interface HeatMapState {
  /** What the cards are tinted by; `null` while there is no heat map. */
  readonly metric: HeatMetric | null;
}

export const heatMapStore = createStore<HeatMapState>()(() => ({ metric: null }));

/** Reads the state of the heat map in a component. */
export function useHeatMap<T>(selector: (state: HeatMapState) => T): T {
  return useStore(heatMapStore, selector);
}

/** Tints the canvas by a figure; `null` takes the tint off. */
export function showHeatMap(metric: HeatMetric | null): void {
  heatMapStore.setState({ metric });
}
