import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { languageFigures } from './languageFigures.ts';
import { drawToken, nextTokenChances, softmax } from './nextToken.ts';
import { createRegressionTally } from './regressionTally.ts';
import { createPixelTally, segmentationReport } from './segmentationReport.ts';

const numbers = z.array(z.number());
const figures = z.array(z.number().nullable());
const golden = z
  .object({
    masks: z.object({
      truth: z.array(numbers),
      told: z.array(numbers),
      confusion: z.array(numbers),
      pixelAccuracy: z.number(),
      iou: figures,
      dice: figures,
      precision: figures,
      recall: figures,
      pixels: numbers,
      meanIou: z.number(),
      meanDice: z.number(),
      iouOfSamples: numbers,
    }),
    values: z.object({
      truth: z.array(numbers),
      predicted: z.array(numbers),
      meanAbsoluteError: numbers,
      rootMeanSquaredError: numbers,
      rSquared: figures,
    }),
    tokens: z.object({
      scores: numbers,
      cases: z.array(
        z.object({
          options: z.object({ temperature: z.number(), topK: z.number(), topP: z.number() }),
          probabilities: numbers,
        }),
      ),
    }),
  })
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, '../../../tests/golden/evaluation.json'), 'utf8')));

/** Double precision on both sides; only the order of sums differs. */
const DIGITS = 11;

function close(found: number | null | undefined, expected: number | null | undefined): void {
  if (expected === null || expected === undefined) expect(found).toBeNull();
  else expect(found).toBeCloseTo(expected, DIGITS);
}

test('masks that are added one at a time have scikit-learn’s figures, together and each', () => {
  const { masks } = golden;
  const tally = createPixelTally(4);
  masks.truth.forEach((truth, sample) => {
    close(tally.add(truth, masks.told[sample] ?? []).meanIou, masks.iouOfSamples[sample]);
  });
  expect(tally.confusion).toEqual(masks.confusion);
  const report = segmentationReport(tally.confusion);
  for (const name of ['iou', 'dice', 'precision', 'recall'] as const) {
    masks[name].forEach((expected, index) => close(report.classes[index]?.[name], expected));
  }
  expect(report.classes.map(({ pixels }) => pixels)).toEqual(masks.pixels);
  close(report.pixelAccuracy, masks.pixelAccuracy);
  close(report.meanIou, masks.meanIou);
  close(report.meanDice, masks.meanDice);
});

test('a class of pixels that there is not is a mistake of the caller', () => {
  expect(() => createPixelTally(2).add([2], [0])).toThrow(RangeError);
  expect(segmentationReport([])).toMatchObject({ pixels: 0, pixelAccuracy: 0, meanIou: 0 });
});

test('values have scikit-learn’s figures, also far from zero and where the truth does not vary', () => {
  const { values } = golden;
  const tally = createRegressionTally(3);
  values.truth.forEach((truth, sample) => tally.add(truth, values.predicted[sample] ?? []));
  tally.figures().forEach((own, output) => {
    close(own.meanAbsoluteError, values.meanAbsoluteError[output]);
    close(own.rootMeanSquaredError, values.rootMeanSquaredError[output]);
    close(own.rSquared, values.rSquared[output]);
  });
});

test('the pixels of images count as one output', () => {
  const tally = createRegressionTally(2, true);
  expect(tally.add([0, 2], [3, 6])).toBeCloseTo(Math.sqrt(12.5), 12);
  expect(tally.figures()).toMatchObject([{ meanAbsoluteError: 3.5, bias: 3.5, rSquared: 1 - 25 / 2 }]);
});

test('a model that finds four tokens of one letter equally likely has a perplexity of four and two bits', () => {
  const found = languageFigures({ tokens: 10, characters: 10, nats: 10 * Math.log(4), hits: 2 });
  expect(found.perplexity).toBeCloseTo(4, 12);
  expect(found.bitsPerToken).toBeCloseTo(2, 12);
  expect(found.tokenAccuracy).toBe(0.2);
  // Tokens of two letters say as much with half the bits a letter.
  expect(languageFigures({ tokens: 5, characters: 10, nats: 5 * Math.log(4), hits: 0 }).bitsPerCharacter).toBeCloseTo(
    1,
  );
  expect(languageFigures({ tokens: 0, characters: 0, nats: 0, hits: 0 }).perplexity).toBe(0);
});

test.each(golden.tokens.cases)('transformers leaves the same tokens for $options', ({ options, probabilities }) => {
  const found = new Array<number>(probabilities.length).fill(0);
  for (const { token, probability } of nextTokenChances(golden.tokens.scores, options)) found[token] = probability;
  probabilities.forEach((expected, token) => close(found[token], expected));
});

const scores = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 40 });
const options = fc.record({
  temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
  topK: fc.nat(50),
  topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
});

test('whatever the scores and options, chances sum to one, fall, and hold the likeliest token', () => {
  fc.assert(
    fc.property(scores, options, (given, how) => {
      const chances = nextTokenChances(given, how);
      expect(chances.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      expect(given[chances[0]?.token ?? -1]).toBe(Math.max(...given));
      if (how.topK > 0) expect(chances.length).toBeLessThanOrEqual(how.topK);
      chances.slice(1).forEach((one, at) => expect(one.probability).toBeLessThanOrEqual(chances[at]?.probability ?? 0));
    }),
    { numRuns: 200 },
  );
});

test('temperature 0 takes the likeliest, and of equal ones the first', () => {
  expect(nextTokenChances([1, 3, 3, 2], { temperature: 0, topK: 2, topP: 0.1 })).toEqual([
    { token: 1, probability: 1 },
  ]);
});

test('draws follow the chances, and are the same for the same seed', () => {
  const chances = nextTokenChances([0, 1, 2, -1], { temperature: 1, topK: 0, topP: 1 });
  const draws = 6000;
  const counts = new Array<number>(4).fill(0);
  for (let place = 0; place < draws; place++) {
    const token = drawToken(chances, 7, place);
    counts[token] = (counts[token] ?? 0) + 1;
  }
  // Pearson's chi-squared with three degrees of freedom: above 16.27 by chance once in a thousand; the seed is fixed.
  const expected = softmax([0, 1, 2, -1]);
  const statistic = counts.reduce((sum, count, token) => {
    const wanted = draws * (expected[token] ?? 0);
    return sum + (count - wanted) ** 2 / wanted;
  }, 0);
  expect(statistic).toBeLessThan(16.27);
  const text = (seed: number): number[] => Array.from({ length: 20 }, (_, place) => drawToken(chances, seed, place));
  expect(text(3)).toEqual(text(3));
  expect(text(3)).not.toEqual(text(4));
});
