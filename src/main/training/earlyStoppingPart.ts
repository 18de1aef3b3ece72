import { z } from 'zod';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import {
  freshPatience,
  isPatienceOver,
  nextPatience,
  type Patience,
} from '../../graph-engine/training/earlyStopping.ts';
import type { Judge } from './judge.ts';
import type { TrainingPart } from './trainingPart.ts';

const State = z.strictObject({ best: z.number().nullable(), waited: z.number() });

/** Ends a training that gets no better, where the settings say so. */
export function earlyStoppingPart(
  settings: TrainingSettings,
  judge: Judge,
  notice: (text: string) => void,
): TrainingPart {
  let patience: Patience = freshPatience;
  return {
    name: 'early-stopping',
    state: () => ({ ...patience }),
    restore: (state) => (patience = State.parse(state)),
    afterEvaluation({ validation, epoch }) {
      patience = nextPatience(patience, settings, judge(validation));
      if (!isPatienceOver(patience, settings)) return 'go-on';
      const by = settings.judgedBy === 'measure' ? 'measure' : 'loss';
      notice(
        `Stopped early after epoch ${Math.ceil(epoch)}: the validation ${by} had got no better for ${patience.waited} epochs. The best weights are kept.`,
      );
      return 'end';
    },
  };
}
