/** What a classifier said of each of some samples; classes are numbers from 0. */
export interface Classified {
  readonly truth: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** Probability of the predicted class. */
  readonly confidence: ArrayLike<number>;
}

export interface ClassFigures {
  /** Share of what was called this class that is of it; `null` when nothing was. */
  readonly precision: number | null;
  /** Share of this class that was found; `null` when there is nothing of it. */
  readonly recall: number | null;
  /** `2 · hits / (called + present)`; `null` when there is neither. */
  readonly f1: number | null;
  /** Samples of the class. */
  readonly support: number;
}

/** Samples of like confidence: how sure the network was of them, and how often it was right. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

export interface ClassificationReport {
  readonly samples: number;
  readonly accuracy: number;
  /** `confusion[truth][predicted]`: samples. */
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly ClassFigures[];
  /** Mean over the classes that occur, or are called. */
  readonly macroF1: number;
  readonly calibration: readonly CalibrationBin[];
  /** Expected calibration error (Guo et al. 2017, arXiv 1706.04599, equation 3): mean gap, weighted by the bins' counts. */
  readonly calibrationError: number;
}

const BINS = 15;

/** Figures of a classifier with `classes` classes over samples of which the truth is known. */
export function classificationReport(
  classes: number,
  { truth, predicted, confidence }: Classified,
): ClassificationReport {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const samples = truth.length;
  let hits = 0;
  for (let i = 0; i < samples; i++) {
    const [actual, called] = [truth[i] ?? -1, predicted[i] ?? -1];
    const row = confusion[actual];
    if (row?.[called] === undefined) throw new RangeError(`Class ${actual} or ${called} is not below ${classes}`);
    row[called]++;
    if (actual === called) hits++;
  }
  const figures = confusion.map((row, index) => classFigures(confusion, row, index));
  const occurring = figures.flatMap(({ f1 }) => (f1 === null ? [] : [f1]));
  const calibration = calibrationBins(truth, predicted, confidence);
  return {
    samples,
    accuracy: samples === 0 ? 0 : hits / samples,
    confusion,
    classes: figures,
    macroF1: occurring.length === 0 ? 0 : sum(occurring) / occurring.length,
    calibration,
    calibrationError: sum(
      calibration.map(({ count, confidence: sure, accuracy }) =>
        sure === null || accuracy === null ? 0 : (count / samples) * Math.abs(sure - accuracy),
      ),
    ),
  };
}

function classFigures(confusion: readonly (readonly number[])[], row: readonly number[], index: number): ClassFigures {
  const hits = row[index] ?? 0;
  const support = sum(row);
  const called = sum(confusion.map((other) => other[index] ?? 0));
  return {
    precision: called === 0 ? null : hits / called,
    recall: support === 0 ? null : hits / support,
    f1: called + support === 0 ? null : (2 * hits) / (called + support),
    support,
  };
}

/** Bins of equal width; a confidence on a border belongs to the bin below it. */
function calibrationBins(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  confidence: ArrayLike<number>,
): readonly CalibrationBin[] {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, sure: 0, hits: 0 }));
  for (let i = 0; i < truth.length; i++) {
    const sure = confidence[i] ?? 0;
    const bin = bins[Math.min(BINS - 1, Math.max(0, Math.ceil(sure * BINS) - 1))];
    if (bin === undefined) continue;
    bin.count++;
    bin.sure += sure;
    if (truth[i] === predicted[i]) bin.hits++;
  }
  return bins.map(({ count, sure, hits }, index) => ({
    from: index / BINS,
    to: (index + 1) / BINS,
    count,
    confidence: count === 0 ? null : sure / count,
    accuracy: count === 0 ? null : hits / count,
  }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
