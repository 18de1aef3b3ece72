import type { SegmentedOutput } from '../../../contract/evaluation.ts';
import { segmentationReport } from '../../../graph-engine/evaluation/segmentationReport.ts';
import type { OutputReport } from '../evaluateCommand.ts';
import { formatRows } from '../formatRows.ts';
import { confusionRows } from './confusionRows.ts';
import { below, largest, percent } from './figuresInWords.ts';

/** How well masks lie on what is true. */
export function reportOfMasks(output: SegmentedOutput, part: string, worst: number): OutputReport {
  const { path, classes, confusion, samples, meanIou, pixelAccuracy } = output;
  const report = segmentationReport(confusion);
  const worstSamples = largest(
    meanIou.map((iou) => -iou),
    worst,
  ).map((place) => ({
    sample: samples[place] ?? 0,
    meanIou: meanIou[place] ?? 0,
    pixelAccuracy: pixelAccuracy[place] ?? 0,
  }));
  const figures = [
    ['class', 'IoU', 'dice', 'precision', 'recall', 'pixels'],
    ...report.classes.map(({ iou, dice, precision, recall, pixels }, index) => [
      classes[index] ?? String(index),
      percent(iou),
      percent(dice),
      percent(precision),
      percent(recall),
      String(pixels),
    ]),
  ];
  return {
    figures: { samples: samples.length, ...report, confusion, worst: worstSamples },
    words: [
      `${path}: mean IoU ${percent(report.meanIou)}, mean dice ${percent(report.meanDice)}, ${percent(report.pixelAccuracy)} of all pixels right, over ${samples.length} samples of the ${part} part`,
      '',
      formatRows(figures),
      '',
      formatRows(confusionRows(classes, confusion)),
      ...below(
        'worst:',
        worstSamples.map(
          ({ sample, meanIou: iou, pixelAccuracy: right }) =>
            `sample ${sample}: mean IoU ${percent(iou)}, ${percent(right)} of its pixels right`,
        ),
      ),
    ].join('\n'),
  };
}
