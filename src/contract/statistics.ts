import { z } from 'zod';
import { HISTOGRAM_KINDS, type StatisticFigure } from '../graph-engine/statistics/columns.ts';
import { call } from './call.ts';
import { RunId } from './run.ts';

const FIGURES = [
  'mean',
  'deviation',
  'dead',
  'gradient',
  'inputGradient',
  'weight',
  'weightGradient',
  'update',
] as const satisfies readonly StatisticFigure[];

/** Samples of the statistics of a run's nodes. */
export const StatisticSeries = z.strictObject({
  /** What the numbers of a sample are, when all was asked for; nothing where only what came since was. */
  columns: z.array(z.strictObject({ path: z.string(), figure: z.enum(FIGURES), port: z.string().optional() })),
  /** Rising, from 0. */
  steps: z.array(z.number()),
  /** Epochs passed at each step. */
  epochs: z.array(z.number()),
  /** The samples one after the other: little-endian 32-bit floats in base64. */
  values: z.string(),
});
export type StatisticSeries = z.infer<typeof StatisticSeries>;

/** How the values of one tensor were spread at some steps. */
export const HistogramSeries = z.strictObject({
  steps: z.array(z.number()),
  histograms: z.array(z.strictObject({ minimum: z.number(), maximum: z.number(), counts: z.array(z.int()) })),
});
export type HistogramSeries = z.infer<typeof HistogramSeries>;

/** Requests about what happened inside a network while it trained. */
export const statisticsCalls = {
  /** Samples after a step, or all with `null`; of many, `most` of them evenly. */
  'run/statistics': call(
    z.strictObject({ run: RunId, after: z.number().nullable(), most: z.int().min(1).max(2000).default(400) }),
    StatisticSeries,
  ),
  /** The distribution of one tensor of a node over the run. */
  'run/histograms': call(
    z.strictObject({
      run: RunId,
      path: z.string().max(2000),
      kind: z.enum(HISTOGRAM_KINDS),
      most: z.int().min(1).max(500).default(120),
    }),
    HistogramSeries,
  ),
} as const;
