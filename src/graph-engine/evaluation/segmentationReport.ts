/** How well one class was found, pixel by pixel. */
export interface MaskClassFigures {
  /** Pixels that are it and are told to be, of those that are either (Jaccard index); `null` where there are neither. */
  readonly iou: number | null;
  /** `2 · overlap / (told + present)`; `null` where there are neither. */
  readonly dice: number | null;
  /** Share of what was called this class that is of it; `null` when nothing was. */
  readonly precision: number | null;
  /** Share of this class that was found; `null` when there is nothing of it. */
  readonly recall: number | null;
  /** Pixels of the class. */
  readonly pixels: number;
}

export interface SegmentationReport {
  readonly pixels: number;
  readonly pixelAccuracy: number;
  readonly classes: readonly MaskClassFigures[];
  /** Mean over the classes that occur, or are told. */
  readonly meanIou: number;
  readonly meanDice: number;
}

/** Figures of masks from their pixel confusion: `confusion[truth][told]` counts pixels. */
export function segmentationReport(confusion: readonly (readonly number[])[]): SegmentationReport {
  const at = (truth: number, told: number): number => confusion[truth]?.[told] ?? 0;
  const numbers = confusion.map((_, index) => index);
  const classes = numbers.map((own) => {
    const overlap = at(own, own);
    const present = sum(numbers.map((told) => at(own, told)));
    const called = sum(numbers.map((truth) => at(truth, own)));
    const union = present + called - overlap;
    return {
      iou: union === 0 ? null : overlap / union,
      dice: union === 0 ? null : (2 * overlap) / (present + called),
      precision: called === 0 ? null : overlap / called,
      recall: present === 0 ? null : overlap / present,
      pixels: present,
    };
  });
  const pixels = sum(classes.map((one) => one.pixels));
  const right = sum(numbers.map((own) => at(own, own)));
  return {
    pixels,
    pixelAccuracy: pixels === 0 ? 0 : right / pixels,
    classes,
    meanIou: meanOfKnown(classes.map(({ iou }) => iou)),
    meanDice: meanOfKnown(classes.map(({ dice }) => dice)),
  };
}

/** Pixel confusion that masks are added to one at a time, so that no two of them need be in memory. */
export interface PixelTally {
  readonly confusion: readonly (readonly number[])[];
  /** Adds a mask; answers how good it is by itself. Throws a `RangeError` for a class that there is not. */
  add(truth: ArrayLike<number>, told: ArrayLike<number>): { readonly meanIou: number; readonly pixelAccuracy: number };
}

/** Starts with no pixels. */
export function createPixelTally(classes: number): PixelTally {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const own = new Float64Array(classes * classes);
  return {
    confusion,
    add(truth, told) {
      own.fill(0);
      for (let pixel = 0; pixel < truth.length; pixel++) {
        const [actual, called] = [truth[pixel] ?? -1, told[pixel] ?? -1];
        if (!(actual >= 0 && actual < classes && called >= 0 && called < classes)) {
          throw new RangeError(`Class ${actual} or ${called} is not below ${classes}`);
        }
        own[actual * classes + called] = (own[actual * classes + called] ?? 0) + 1;
      }
      confusion.forEach((row, actual) => {
        for (let called = 0; called < classes; called++) {
          row[called] = (row[called] ?? 0) + (own[actual * classes + called] ?? 0);
        }
      });
      const rows = Array.from({ length: classes }, (_, row) => [...own.subarray(row * classes, (row + 1) * classes)]);
      const { meanIou, pixelAccuracy } = segmentationReport(rows);
      return { meanIou, pixelAccuracy };
    },
  };
}

function meanOfKnown(figures: readonly (number | null)[]): number {
  const known = figures.flatMap((figure) => (figure === null ? [] : [figure]));
  return known.length === 0 ? 0 : sum(known) / known.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
