import { normal, uniform } from '../../graph-engine/random/distributions.ts';
import { createWordStream, domains } from '../../graph-engine/random/philox.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { HeldDataSource } from './dataSet.ts';

const SAMPLES = 2000;
const NUMBERS = 10;
/** The set is one fixed thing, like a file: only its split depends on the run's seed. */
const SEED = 1991;
/** Mean and deviation of the function over the unit cube, noise included, so that values are about -2 to 2. */
const MEAN = 14.413;
const DEVIATION = 4.979;

const description: DataSetDescription = {
  id: 'friedman',
  title: 'Friedman’s function',
  description:
    '2 000 samples of a known function of ten numbers, five of which do nothing, with noise (Friedman 1991, no. 1). The best possible R² is 0.96.',
  inputs: [
    { kind: 'features', name: 'numbers', names: Array.from({ length: NUMBERS }, (_, index) => `x${index + 1}`) },
  ],
  targets: [{ kind: 'values', name: 'value', names: ['y'] }],
  samples: SAMPLES,
  licence: 'Made by Skipwire; free to use',
};

/** Friedman's first test function for regressions: the same samples on every machine and every day. */
export function friedman(samples: number = SAMPLES): HeldDataSource {
  const own = { ...description, samples };
  return {
    description: own,
    async load() {
      const numbers = new Float32Array(samples * NUMBERS);
      const values = new Float32Array(samples);
      const noise = new Float32Array(1);
      for (let sample = 0; sample < samples; sample++) {
        // One stream a sample: a shorter set is the beginning of a longer one.
        const words = createWordStream([SEED, sample], 0, domains.data);
        const row = numbers.subarray(sample * NUMBERS, (sample + 1) * NUMBERS);
        uniform(words, 0, 1, row);
        normal(words, 1, noise);
        values[sample] = (friedmanFunction(row) + (noise[0] ?? 0) - MEAN) / DEVIATION;
      }
      return { description: own, inputs: [numbers], targets: [values] };
    },
  };
}

/** `10 sin(π x₁ x₂) + 20 (x₃ − ½)² + 10 x₄ + 5 x₅`. */
function friedmanFunction([a = 0, b = 0, c = 0, d = 0, e = 0]: ArrayLike<number> & Iterable<number>): number {
  return 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e;
}
