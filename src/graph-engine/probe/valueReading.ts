import { z } from 'zod';

/** How the picture of an image of many channels is made for a card: several channels side by side, or one of all. */
export const PictureStyle = z.enum(['tiles', 'strongest', 'mean']);
export type PictureStyle = z.infer<typeof PictureStyle>;

const numbers = z.array(z.number());

/** Facts about the numbers of one value of one sample, or about one of its channels. Of finite numbers only. */
export const ValueStatistics = z.strictObject({
  count: z.int(),
  minimum: z.number(),
  maximum: z.number(),
  mean: z.number(),
  deviation: z.number(),
  /** Share of exact zeros. */
  zeros: z.number(),
  /** How many are not finite. */
  notFinite: z.int(),
});
export type ValueStatistics = z.infer<typeof ValueStatistics>;

/** Counts in bins of equal width from `from` to `to`. */
export const Histogram = z.strictObject({ from: z.number(), to: z.number(), counts: z.array(z.int()) });
export type Histogram = z.infer<typeof Histogram>;

/**
 * What is drawn of a value. Pixels are bytes in base64: 0 to 254 stand for `low` to `high`, 255 for what is not finite;
 * where there are negative numbers the scale lies around zero. Rows of tiles follow one another, tile after tile.
 */
export const Picture = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tiles'),
    width: z.int(),
    height: z.int(),
    /** Which channels the tiles show; `null` where one stands for all. */
    channels: z.array(z.int()).nullable(),
    /** How many channels there are. */
    outOf: z.int(),
    low: z.number(),
    high: z.number(),
    pixels: z.string(),
  }),
  z.strictObject({
    kind: z.literal('bars'),
    /** One for each number, or the largest magnitude of neighbours where there are too many. */
    values: numbers,
    outOf: z.int(),
    low: z.number(),
    high: z.number(),
  }),
  z.strictObject({ kind: z.literal('tokens'), tokens: z.array(z.int()) }),
]);
export type Picture = z.infer<typeof Picture>;

/** What an output answers, in the terms of its target. */
export const ReadAnswer = z.discriminatedUnion('kind', [
  /** The most likely choices, the first one first. */
  z.strictObject({ kind: z.literal('choices'), indices: z.array(z.int()), shares: numbers }),
  /** A class for every pixel: bytes in base64. */
  z.strictObject({ kind: z.literal('mask'), width: z.int(), height: z.int(), classes: z.string() }),
  /** The most likely token at every position. */
  z.strictObject({ kind: z.literal('tokens'), tokens: z.array(z.int()) }),
  z.strictObject({ kind: z.literal('values'), values: numbers }),
]);
export type ReadAnswer = z.infer<typeof ReadAnswer>;

/** One value of one sample, reduced to what can be looked at. */
export const ValueReading = z.strictObject({
  /** Sizes with the names of their axes, without the batch. */
  axes: z.array(z.strictObject({ name: z.string(), size: z.int() })),
  statistics: ValueStatistics,
  picture: Picture,
  /** Channels or features, and how many of them are zero throughout. */
  channels: z.strictObject({ count: z.int(), dead: z.int() }),
  /** Only when the whole was asked for. */
  histogram: Histogram.optional(),
  /** Only when the whole was asked for: of each channel that has a tile. */
  channelStatistics: z.array(ValueStatistics).optional(),
  answer: ReadAnswer.optional(),
});
export type ValueReading = z.infer<typeof ValueReading>;
