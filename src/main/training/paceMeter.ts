/** How fast a run goes, smoothed, and how long it will still take. */
export interface PaceMeter {
  /** Notes a training step of `samples` that took `seconds`. */
  step(samples: number, seconds: number): void;
  /** Notes an evaluation at the end of an epoch. */
  evaluation(seconds: number): void;
  samplesPerSecond(): number;
  /** Seconds for the samples and evaluations that are left. */
  remaining(samplesLeft: number, evaluationsLeft: number): number;
}

/** Seconds over which an old measurement fades to 1/e. */
const MEMORY = 2;

/** Starts without an opinion; the first step, which is slow, fades as quickly as it is long. */
export function createPaceMeter(): PaceMeter {
  // Both fade alike, so their ratio is a weighted mean that is unbiased from the first step on.
  let samplesSeen = 0;
  let secondsSeen = 0;
  let evaluationSeconds = 0;
  return {
    step(samples, seconds) {
      const keep = Math.exp(-seconds / MEMORY);
      samplesSeen = samplesSeen * keep + samples;
      secondsSeen = secondsSeen * keep + seconds;
    },
    evaluation(seconds) {
      evaluationSeconds = seconds;
    },
    samplesPerSecond: () => (secondsSeen > 0 ? samplesSeen / secondsSeen : 0),
    remaining: (samplesLeft, evaluationsLeft) =>
      (samplesSeen > 0 ? (samplesLeft * secondsSeen) / samplesSeen : 0) + evaluationsLeft * evaluationSeconds,
  };
}
