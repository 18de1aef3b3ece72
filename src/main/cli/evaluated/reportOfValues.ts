import type { RegressedOutput } from '../../../contract/evaluation.ts';
import type { OutputReport } from '../evaluateCommand.ts';
import { formatRows } from '../formatRows.ts';
import { below, digits, largest } from './figuresInWords.ts';

/** How near values came. */
export function reportOfValues(output: RegressedOutput, part: string, worst: number): OutputReport {
  const { path, names, figures, samples, errors } = output;
  const worstSamples = largest(errors, worst).map((place) => ({
    sample: samples[place] ?? 0,
    rootMeanSquaredError: errors[place] ?? 0,
  }));
  const rows = [
    ['value', 'MAE', 'RMSE', 'bias', 'R²'],
    ...figures.map(({ meanAbsoluteError, rootMeanSquaredError, bias, rSquared }, index) => [
      names[index] ?? '',
      digits(meanAbsoluteError),
      digits(rootMeanSquaredError),
      digits(bias),
      digits(rSquared),
    ]),
  ];
  return {
    figures: {
      samples: samples.length,
      values: figures.map((own, index) => ({ name: names[index], ...own })),
      worst: worstSamples,
    },
    words: [
      `${path}: ${samples.length} samples of the ${part} part`,
      '',
      formatRows(rows),
      ...below(
        'worst:',
        worstSamples.map(
          ({ sample, rootMeanSquaredError }) => `sample ${sample}: off by ${digits(rootMeanSquaredError)}`,
        ),
      ),
    ].join('\n'),
  };
}
