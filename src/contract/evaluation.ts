import { z } from 'zod';
import { call } from './call.ts';
import { RunId } from './run.ts';

/** Samples beyond this are not sent: no table of them could be looked at. */
const MOST_SAMPLES = 200_000;
const column = z.array(z.number()).max(MOST_SAMPLES);

/** What one classifying output said of each sample; the columns have the same order. */
export const ClassifiedOutput = z.strictObject({
  /** Path of the output. */
  path: z.string(),
  classes: z.array(z.string()),
  /** Numbers of the samples in the data set. */
  samples: column,
  truth: column,
  predicted: column,
  /** Probability of the predicted class. */
  confidence: column,
  /** Probability of the true class. */
  likelihood: column,
});
export type ClassifiedOutput = z.infer<typeof ClassifiedOutput>;

/** Requests about what a trained network gets right and wrong. */
export const evaluationCalls = {
  /** Classifies a part of the data the run was trained with, with its best weights (the last ones while there are no best). */
  'run/classify': call(
    z.strictObject({ run: RunId, part: z.enum(['validation', 'train', 'test']) }),
    z.strictObject({ outputs: z.array(ClassifiedOutput) }),
  ),
} as const;
