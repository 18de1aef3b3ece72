import type { TrainingSettings } from '../document/trainingSettings.ts';

/** Where a run stands that lowers its rate when it gets no better: plain numbers, so that a checkpoint can keep them. */
export interface Plateau {
  readonly best: number | null;
  /** Epochs since then that were not better. */
  readonly waited: number;
  /** How often the rate was lowered. */
  readonly drops: number;
}

export const noPlateau: Plateau = { best: null, waited: 0, drops: 0 };

/** What counts as better, as a share of the best. */
const THRESHOLD = 1e-4;

/**
 * After the measurement of an epoch (smaller figures are better), by the rule of PyTorch's `ReduceLROnPlateau` with its usual
 * threshold.
 */
export function nextPlateau(state: Plateau, schedule: TrainingSettings['schedule'], figure: number): Plateau {
  if (schedule.kind !== 'plateau') return state;
  const improves = state.best === null || figure < state.best - THRESHOLD * Math.abs(state.best);
  if (improves) return { ...state, best: figure, waited: 0 };
  const waited = state.waited + 1;
  return waited > schedule.patience ? { ...state, waited: 0, drops: state.drops + 1 } : { ...state, waited };
}
