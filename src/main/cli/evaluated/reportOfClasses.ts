import type { ClassifiedOutput } from '../../../contract/evaluation.ts';
import { classificationReport } from '../../../graph-engine/evaluation/classificationReport.ts';
import type { OutputReport } from '../evaluateCommand.ts';
import { formatRows } from '../formatRows.ts';
import { confusionRows } from './confusionRows.ts';
import { below, largest, percent } from './figuresInWords.ts';

/** What a classifier got right and wrong. */
export function reportOfClasses(output: ClassifiedOutput, part: string, worst: number): OutputReport {
  const { path, classes, samples, truth, predicted, confidence, likelihood } = output;
  const report = classificationReport(classes.length, output);
  const nameOf = (index: number | undefined): string => classes[index ?? -1] ?? String(index);
  const worstSamples = largest(
    likelihood.map((probability) => -probability),
    worst,
  ).map((place) => ({
    sample: samples[place] ?? 0,
    truth: nameOf(truth[place]),
    predicted: nameOf(predicted[place]),
    confidence: confidence[place] ?? 0,
    /** Negative logarithm of the probability of the truth. */
    loss: -Math.log(Math.max(Number.MIN_VALUE, likelihood[place] ?? 0)),
  }));
  const figures = [
    ['class', 'precision', 'recall', 'F1', 'samples'],
    ...report.classes.map(({ precision, recall, f1, support }, index) => [
      nameOf(index),
      percent(precision),
      percent(recall),
      percent(f1),
      String(support),
    ]),
  ];
  return {
    figures: { ...report, worst: worstSamples },
    words: [
      `${path}: ${percent(report.accuracy)} of ${report.samples} samples of the ${part} part are right; mean F1 ${percent(report.macroF1)}`,
      `confidence and accuracy differ by ${percent(report.calibrationError)} (expected calibration error)`,
      '',
      formatRows(figures),
      '',
      formatRows(confusionRows(classes, report.confusion)),
      ...below(
        'worst:',
        worstSamples.map(
          ({ sample, truth: actual, predicted: told, confidence: sure, loss }) =>
            `sample ${sample}: ${actual}, taken for ${told} (${percent(sure)}), loss ${loss.toFixed(2)}`,
        ),
      ),
    ].join('\n'),
  };
}
