/** Steps between two samples where a document says nothing: 1 to 3 % of the time of a run (`npm run bench -- --statistics`). */
export const DEFAULT_STATISTICS_EVERY = 20;

/** So many samples come at the first distance; from then on the distance doubles whenever the run has doubled. */
const SAMPLES_BEFORE_DOUBLING = 400;
/** Distributions take more room, and are looked at side by side. */
const HISTOGRAMS_BEFORE_DOUBLING = 50;

/** Whether statistics are taken at a step, counted from 0. It depends on the step alone, so a run that is resumed samples as one that is not. */
export function isSampledStep(step: number, every: number): boolean {
  return isDue(step, every, SAMPLES_BEFORE_DOUBLING);
}

/** Whether distributions are kept of a step whose statistics are taken. */
export function isHistogramStep(step: number, every: number): boolean {
  return isSampledStep(step, every) && isDue(step, every, HISTOGRAMS_BEFORE_DOUBLING);
}

function isDue(step: number, every: number, before: number): boolean {
  if (every <= 0) return false;
  const doublings = Math.max(0, Math.ceil(Math.log2((step + 1) / (before * every))));
  return step % (every * 2 ** doublings) === 0;
}
