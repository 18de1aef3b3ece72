import { describe, expect, test } from 'vitest';
import { choiceTarget } from '../core/objective.ts';
import { features, image, sequence, tokens } from '../core/shape.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { coloursOf } from './colourMap.ts';
import { LEVELS, NOT_FINITE } from './picture.ts';
import { readValue } from './readValue.ts';
import type { ValueReading } from './valueReading.ts';

const card = { detail: 'card', style: 'tiles' } as const;
const whole = { detail: 'whole', style: 'tiles' } as const;

/** The numbers a picture stands for. */
function numbersOf({ picture }: ValueReading): number[] {
  if (picture.kind !== 'tiles') throw new Error(`Not tiles: ${picture.kind}`);
  const { low, high } = picture;
  return [...fromBase64(picture.pixels)].map((byte) =>
    byte === NOT_FINITE ? NaN : low + (byte / LEVELS) * (high - low),
  );
}

describe('an image', () => {
  // Two channels of 2x2, channels last: -1 0 2 4 and zeros.
  const data = Float32Array.of(-1, 0, 0, 0, 2, 0, 4, 0);

  test('has a tile for each channel on one scale around zero', () => {
    const reading = readValue(data, image(2, 2, 2), whole);
    expect(reading.picture).toMatchObject({
      kind: 'tiles',
      width: 2,
      height: 2,
      channels: [0, 1],
      outOf: 2,
      low: -4,
      high: 4,
    });
    const seen = numbersOf(reading);
    // A byte is a 254th of the scale, so a number is at most half of that away.
    [-1, 0, 2, 4, 0, 0, 0, 0].forEach((value, i) =>
      expect(Math.abs((seen[i] ?? NaN) - value)).toBeLessThan(8 / 254 / 2 + 1e-9),
    );
    expect(reading.channels).toEqual({ count: 2, dead: 1 });
    expect(reading.statistics).toMatchObject({
      count: 8,
      minimum: -1,
      maximum: 4,
      mean: 5 / 8,
      zeros: 5 / 8,
      notFinite: 0,
    });
    expect(reading.channelStatistics?.map(({ maximum }) => maximum)).toEqual([4, 0]);
    expect(reading.histogram?.counts.reduce((a, b) => a + b, 0)).toBe(8);
  });

  test('without negative numbers starts at zero', () => {
    expect(readValue(data.map(Math.abs), image(2, 2, 2), card).picture).toMatchObject({ low: 0, high: 4 });
  });

  test('is its strongest channel, or the mean of all', () => {
    const strongest = readValue(data, image(2, 2, 2), { detail: 'card', style: 'strongest' });
    expect(strongest.picture).toMatchObject({ channels: [0], width: 2 });
    const mean = numbersOf(readValue(data, image(2, 2, 2), { detail: 'card', style: 'mean' }));
    [-0.5, 0, 1, 2].forEach((value, i) => expect(mean[i]).toBeCloseTo(value, 1));
  });

  test('that is large is averaged over areas, and many channels are not all on a card', () => {
    const large = readValue(
      Float32Array.from({ length: 96 * 96 * 32 }, (_, i) => i % 32),
      image(96, 96, 32),
      card,
    );
    expect(large.picture).toMatchObject({ width: 24, height: 24, outOf: 32 });
    const seen = numbersOf(large);
    expect(seen).toHaveLength(16 * 24 * 24);
    for (let channel = 0; channel < 16; channel++) expect(seen[channel * 576 + 100]).toBeCloseTo(channel, 0);
  });

  test('shows what is not a number, and counts it', () => {
    const reading = readValue(Float32Array.of(1, NaN, Infinity, 2), image(2, 2, 1), card);
    expect(numbersOf(reading).filter(Number.isNaN)).toHaveLength(2);
    expect(reading.statistics).toMatchObject({ notFinite: 2, mean: 1.5, maximum: 2 });
  });
});

test('a vector is bars, and neighbours share one where there are too many', () => {
  expect(readValue(Float32Array.of(1, -3, 2), features(3), card).picture).toEqual({
    kind: 'bars',
    values: [1, -3, 2],
    outOf: 3,
    low: -3,
    high: 3,
  });
  const long = Float32Array.from({ length: 128 }, (_, i) => (i === 7 ? -9 : 1));
  const { picture } = readValue(long, features(128), card);
  expect(picture.kind === 'bars' && [picture.values.length, picture.values[3]]).toEqual([64, -9]);
});

test('a sequence is one image: positions to the right, features down', () => {
  const reading = readValue(Float32Array.of(1, 2, 3, 4, 5, 6), sequence(3, 2), card);
  expect(reading.picture).toMatchObject({ width: 3, height: 2, outOf: 1 });
  [1, 3, 5, 2, 4, 6].forEach((value, i) => expect(numbersOf(reading)[i]).toBeCloseTo(value, 1));
});

test('the weights of an attention are a matrix for each head: queries down, keys to the right', () => {
  const type = {
    axes: [
      { name: 'channels', size: 2 },
      { name: 'height', size: 1 },
      { name: 'width', size: 2 },
    ],
    dtype: 'float32',
  } as const;
  const reading = readValue(Float32Array.of(0.25, 0.75, 1, 0), type, whole);
  expect(reading.picture).toMatchObject({ width: 2, height: 1, channels: [0, 1] });
  [0.25, 0.75, 1, 0].forEach((value, i) => expect(numbersOf(reading)[i]).toBeCloseTo(value, 2));
  expect(reading.channelStatistics?.[1]).toMatchObject({ maximum: 1, mean: 0.5 });
});

test('tokens stay tokens', () => {
  expect(readValue(Int32Array.of(4, 2), tokens(2, 5), card).picture).toEqual({ kind: 'tokens', tokens: [4, 2] });
});

describe('an output answers in the terms of its target', () => {
  test('classes, the likeliest first', () => {
    const reading = readValue(Float32Array.of(0.1, 0.7, 0.2), features(3), card, choiceTarget('class', [], 3));
    expect(reading.answer).toMatchObject({ kind: 'choices', indices: [1, 2, 0] });
  });

  test('a class for every pixel', () => {
    const reading = readValue(Float32Array.of(0.9, 0.1, 0.2, 0.8), image(1, 2, 2), card, choiceTarget('mask', [], 2));
    expect(reading.answer).toEqual({ kind: 'mask', width: 2, height: 1, classes: toBase64(Uint8Array.of(0, 1)) });
  });

  test('the next token at every position', () => {
    const reading = readValue(Float32Array.of(0, 1, 0, 5, 0, 0), sequence(2, 3), card, choiceTarget('tokens', [], 3));
    expect(reading.answer).toEqual({ kind: 'tokens', tokens: [1, 0] });
  });
});

test('bytes come back from their text, whatever their number', () => {
  for (const length of [0, 1, 2, 3, 4, 255]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 97) & 255);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  }
});

test('a scale around zero has its middle colour at zero', () => {
  expect([...coloursOf('viridis', true).subarray(127 * 3, 128 * 3)]).toEqual([247, 247, 247]);
  expect([...coloursOf('grey', false).subarray(0, 3)]).toEqual([0, 0, 0]);
});
