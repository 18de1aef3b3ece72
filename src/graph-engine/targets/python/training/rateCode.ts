import { assertNever } from '../../../core/diagnostic.ts';
import type { TrainingSettings } from '../../../document/trainingSettings.ts';

/** The body of `learning_rate(step, steps_per_epoch, drops)`: the rate of each step, from 0, as it was drawn. */
export function rateCode({ schedule }: Pick<TrainingSettings, 'schedule'>): string {
  const warmup = 'warmupSteps' in schedule ? (schedule.warmupSteps ?? 0) : 0;
  const body = ((): readonly string[] => {
    switch (schedule.kind) {
      case 'constant':
        return ['rate = LEARNING_RATE'];
      case 'cosine':
        return [
          warmup === 0
            ? 'passed = min(1, step / max(1, EPOCHS * steps_per_epoch))'
            : `passed = min(1, max(0, step - ${warmup}) / max(1, EPOCHS * steps_per_epoch - ${warmup}))`,
          'rate = LEARNING_RATE * (1 + math.cos(math.pi * passed)) / 2',
        ];
      case 'step':
        return [`rate = LEARNING_RATE * ${schedule.factor} ** (step // steps_per_epoch // ${schedule.everyEpochs})`];
      case 'exponential':
        return [`rate = LEARNING_RATE * ${schedule.factor} ** (step // steps_per_epoch)`];
      case 'plateau':
        return [`rate = max(min(LEARNING_RATE, ${schedule.lowestRate}), LEARNING_RATE * ${schedule.factor}**drops)`];
      case 'one-cycle':
        return [
          `first, last = LEARNING_RATE / ${schedule.startDivisor}, EPOCHS * steps_per_epoch - 1`,
          `top = ${schedule.riseShare} * (last + 1) - 1`,
          'if step <= top:',
          '    return between(first, LEARNING_RATE, 1 if top <= 0 else step / top)',
          'passed = 1 if last <= top else min(1, (step - top) / (last - top))',
          `rate = between(LEARNING_RATE, first / ${schedule.endDivisor}, passed)`,
        ];
      default:
        return assertNever(schedule);
    }
  })();
  const warm =
    warmup === 0
      ? []
      : schedule.kind === 'cosine'
        ? [`    if step < ${warmup}:`, `        return LEARNING_RATE * (step + 1) / ${warmup}`]
        : [];
  const risen = warmup > 0 && schedule.kind !== 'cosine' ? ` * min(1, (step + 1) / ${warmup})` : '';
  return [
    ...(schedule.kind === 'one-cycle'
      ? [
          'def between(start, end, passed):',
          '    """Along half a cosine."""',
          '    return end + (start - end) * (1 + math.cos(math.pi * passed)) / 2',
          '',
          '',
        ]
      : []),
    'def learning_rate(step, steps_per_epoch, drops=0):',
    `    """The rate of a step, counted from 0: ${titles[schedule.kind]}${warmup > 0 ? `, after ${warmup} steps of warm-up` : ''}."""`,
    ...warm,
    ...body.map((line) => `    ${line}`),
    `    return rate${risen}`,
  ].join('\n');
}

const titles: Readonly<Record<TrainingSettings['schedule']['kind'], string>> = {
  constant: 'the same throughout',
  cosine: 'half a cosine down to nothing',
  step: 'a drop every few epochs',
  exponential: 'a little less each epoch',
  plateau: 'a drop whenever the validation gets no better',
  'one-cycle': 'up to the full rate and far below it',
};
