import { formatLoss, formatPercent } from '../training/format.ts';
import { figureOf, type RunStatistics } from './statisticSeries.ts';

/** What can be shown of a node while and after it trains. */
export type TrainingFigure =
  | 'gradientFlow'
  | 'weightGradient'
  | 'updateRatio'
  | 'weightNorm'
  | 'deadUnits'
  | 'activationMean'
  | 'activationDeviation';

interface FigureDefinition {
  readonly title: string;
  /** One line that says what it tells. */
  readonly help: string;
  /** `logarithmic` for what spans orders of magnitude, `share` from 0 to 1, `signed` around zero. */
  readonly scale: 'logarithmic' | 'share' | 'signed';
  value(statistics: RunStatistics, sample: number, path: string): number | undefined;
}

/** Every figure, in the order in which they are offered. */
export const TRAINING_FIGURES: Readonly<Record<TrainingFigure, FigureDefinition>> = {
  gradientFlow: {
    title: 'Gradient flow',
    help: 'Norm of the gradient for what leaves the node; wires show what flows back through each.',
    scale: 'logarithmic',
    value: (statistics, sample, path) => figureOf(statistics, sample, path, 'gradient'),
  },
  weightGradient: {
    title: 'Weight gradients',
    help: 'Norm of the gradient for the weights; tiny ones do not learn.',
    scale: 'logarithmic',
    value: (statistics, sample, path) => figureOf(statistics, sample, path, 'weightGradient'),
  },
  updateRatio: {
    title: 'Update ratio',
    help: 'How large a step is beside the weights; about 0.001 is usual.',
    scale: 'logarithmic',
    value(statistics, sample, path) {
      const [update, weight] = [
        figureOf(statistics, sample, path, 'update'),
        figureOf(statistics, sample, path, 'weight'),
      ];
      return update === undefined || weight === undefined || weight === 0 ? undefined : update / weight;
    },
  },
  weightNorm: {
    title: 'Weight norms',
    help: 'Norm of the trainable weights.',
    scale: 'logarithmic',
    value: (statistics, sample, path) => figureOf(statistics, sample, path, 'weight'),
  },
  deadUnits: {
    title: 'Dead units',
    help: 'Share of ReLU channels that were positive nowhere in the batch.',
    scale: 'share',
    value: (statistics, sample, path) => figureOf(statistics, sample, path, 'dead'),
  },
  activationMean: {
    title: 'Activation means',
    help: 'Mean of what leaves the node.',
    scale: 'signed',
    value: (statistics, sample, path) => figureOf(statistics, sample, path, 'mean'),
  },
  activationDeviation: {
    title: 'Activation deviations',
    help: 'Standard deviation of what leaves the node.',
    scale: 'logarithmic',
    value: (statistics, sample, path) => figureOf(statistics, sample, path, 'deviation'),
  },
};

/** Whether this names a figure of training. */
export function isTrainingFigure(name: string | null): name is TrainingFigure {
  return name !== null && Object.hasOwn(TRAINING_FIGURES, name);
}

/** A value as it is shown. */
export function formatTrainingFigure(figure: TrainingFigure, value: number): string {
  return TRAINING_FIGURES[figure].scale === 'share' ? formatPercent(value) : formatSmall(value);
}

/** Three digits that tell something, whatever the size. */
export function formatSmall(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return formatLoss(value);
  const size = Math.abs(value);
  if (size < 1e-2 || size >= 1e4) return value.toExponential(1).replace('e-', 'e−').replace('e+', 'e');
  return String(Number(value.toPrecision(3)));
}
