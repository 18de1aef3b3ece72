import { z } from 'zod';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { learningRateAt } from '../../graph-engine/training/learningRate.ts';
import { nextPlateau, noPlateau, type Plateau } from '../../graph-engine/training/plateau.ts';
import type { Judge } from './judge.ts';
import type { TrainingPart } from './trainingPart.ts';

const State = z.strictObject({ best: z.number().nullable(), waited: z.number(), drops: z.number() });

/** Lowers the learning rate when the validation gets no better, where the schedule says so. */
export function plateauPart(settings: TrainingSettings, judge: Judge): TrainingPart {
  let plateau: Plateau = noPlateau;
  return {
    name: 'plateau',
    state: () => ({ ...plateau }),
    restore: (state) => (plateau = State.parse(state)),
    learningRate: (rate, { step, stepsPerEpoch }) =>
      plateau.drops === 0 ? rate : learningRateAt(settings, step, stepsPerEpoch, plateau.drops),
    afterEvaluation({ validation }) {
      plateau = nextPlateau(plateau, settings.schedule, judge(validation));
      return 'go-on';
    },
  };
}
