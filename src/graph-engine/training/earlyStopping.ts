import type { TrainingSettings } from '../document/trainingSettings.ts';

/** How long a run has gone without a better result: plain numbers, so that a checkpoint can keep them. */
export interface Patience {
  readonly best: number | null;
  readonly waited: number;
}

export const freshPatience: Patience = { best: null, waited: 0 };

/** After the measurement of an epoch; smaller figures are better. */
export function nextPatience(
  state: Patience,
  { earlyStopping }: Pick<TrainingSettings, 'earlyStopping'>,
  figure: number,
): Patience {
  const gain = earlyStopping?.kind === 'patience' ? earlyStopping.minimumGain : 0;
  const improves = state.best === null || figure < state.best - gain;
  return improves ? { best: figure, waited: 0 } : { ...state, waited: state.waited + 1 };
}

/** Whether the run ends here. */
export function isPatienceOver(state: Patience, { earlyStopping }: Pick<TrainingSettings, 'earlyStopping'>): boolean {
  return earlyStopping?.kind === 'patience' && state.waited >= earlyStopping.epochs;
}
