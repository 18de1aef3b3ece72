import type { HistogramSeries } from '../../contract/statistics.ts';

/** What is painted: values from bottom to top, steps from left to right. */
export interface HistogramPicture {
  readonly minimum: number;
  readonly maximum: number;
  /** For each step, from the bottom up, the share of the values in a row, from 0 to 1 of the fullest row of the step. */
  readonly columns: readonly Float32Array[];
}

const ROWS = 64;

/** Distributions with ranges of their own, on one axis. Values in a bin count as spread evenly over it. */
export function histogramPicture({ histograms }: HistogramSeries): HistogramPicture | undefined {
  const minimum = Math.min(...histograms.map((one) => one.minimum));
  const maximum = Math.max(...histograms.map((one) => one.maximum));
  if (!Number.isFinite(minimum) || !Number.isFinite(maximum)) return undefined;
  // One value everywhere still needs an axis.
  const [low, high] = maximum > minimum ? [minimum, maximum] : [minimum - 1, maximum + 1];
  const rowsPerUnit = ROWS / (high - low);
  const columns = histograms.map((histogram) => {
    const rows = new Float32Array(ROWS);
    const width = (histogram.maximum - histogram.minimum) / histogram.counts.length;
    histogram.counts.forEach((count, bin) => {
      if (count === 0) return;
      const from = (histogram.minimum + bin * width - low) * rowsPerUnit;
      spread(rows, count, from, from + width * rowsPerUnit);
    });
    const fullest = rows.reduce((most, count) => Math.max(most, count), 0);
    return fullest === 0 ? rows : rows.map((count) => count / fullest);
  });
  return { minimum: low, maximum: high, columns };
}

function spread(rows: Float32Array, count: number, from: number, to: number): void {
  const first = Math.min(rows.length - 1, Math.max(0, Math.floor(from)));
  const last = Math.min(rows.length - 1, Math.max(first, Math.ceil(to) - 1));
  if (first === last) {
    rows[first] = (rows[first] ?? 0) + count;
    return;
  }
  for (let row = first; row <= last; row++) {
    const overlap = Math.min(to, row + 1) - Math.max(from, row);
    rows[row] = (rows[row] ?? 0) + (count * Math.max(0, overlap)) / (to - from);
  }
}

/** Paints a picture into a canvas of its own size. */
export function paintHistograms(canvas: HTMLCanvasElement, picture: HistogramPicture): void {
  const { columns } = picture;
  canvas.width = Math.max(1, columns.length);
  canvas.height = ROWS;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const style = getComputedStyle(canvas);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.getPropertyValue('--color-accent').trim();
  columns.forEach((rows, x) => {
    rows.forEach((share, row) => {
      if (share === 0) return;
      // The tails of a distribution matter as much as its middle: the root lifts them.
      context.globalAlpha = 0.08 + 0.92 * Math.sqrt(share);
      context.fillRect(x, ROWS - 1 - row, 1, 1);
    });
  });
}
