const WORST = 'var(--color-family-activation)';
const BEST = 'var(--color-family-convolution)';

/** The colour of a trial that is so good, from 0 for the worst to 1: orange to blue, which everybody tells apart. */
export function qualityColour(quality: number): string {
  return `color-mix(in oklab, ${BEST} ${Math.round(100 * quality)}%, ${WORST})`;
}

/** All of them from the worst to the best, as a background. */
export const qualityGradient = `linear-gradient(in oklab to right, ${WORST}, ${BEST})`;
