import type { DataSetDescription } from '../../contract/contract.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { learningRateAt } from '../../graph-engine/training/learningRate.ts';

/** Steps in one epoch: the training part in batches, the last one possibly smaller. At least one. */
export function stepsPerEpoch(settings: TrainingSettings, samples: number): number {
  return Math.max(1, Math.ceil((samples * (1 - settings.validationShare)) / settings.batchSize));
}

/** The learning rate at `count` evenly spaced steps of the whole run, the first and the last among them. */
export function scheduleCurve(settings: TrainingSettings, samples: number, count: number): number[] {
  const perEpoch = stepsPerEpoch(settings, samples);
  const lastStep = Math.max(0, settings.epochs * perEpoch - 1);
  return Array.from({ length: count }, (_, index) =>
    learningRateAt(settings, Math.round((lastStep * index) / (count - 1)), perEpoch),
  );
}

/** How a data set's images are changed to fit the drawn input, in words; null when they fit or sizes are unknown. */
export function dataFit(
  data: DataSetDescription,
  input: { readonly height: number; readonly width: number; readonly channels: number } | undefined,
): string | null {
  if (input === undefined) return null;
  const changes: string[] = [];
  if (data.height !== input.height || data.width !== input.width) {
    changes.push(`resized from ${data.height}×${data.width} to ${input.height}×${input.width}`);
  }
  if (data.channels !== input.channels) {
    changes.push(
      input.channels > data.channels
        ? `repeated over ${input.channels} channels`
        : `averaged to ${input.channels} ${input.channels === 1 ? 'channel' : 'channels'}`,
    );
  }
  return changes.length === 0 ? null : `Images are ${changes.join(' and ')} to fit your Input.`;
}
