import { z } from 'zod';
import { call } from './call.ts';
import { RunId } from './run.ts';

/** Samples beyond this are not looked at: no table of them could be, and what is left is spread evenly over all. */
export const MOST_EVALUATED_SAMPLES = 200_000;
const column = z.array(z.number()).max(MOST_EVALUATED_SAMPLES);
const names = z.array(z.string());

/** What one classifying output said of each sample; the columns have the same order. */
export const ClassifiedOutput = z.strictObject({
  kind: z.literal('class'),
  /** Path of the output. */
  path: z.string(),
  classes: names,
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

/** What one output of masks said: all pixels together, and how good each sample's mask is. */
export const SegmentedOutput = z.strictObject({
  kind: z.literal('mask'),
  path: z.string(),
  classes: names,
  /** `confusion[truth][told]`: pixels. */
  confusion: z.array(z.array(z.number())),
  samples: column,
  /** Mean over the classes that are in the sample's mask or told to be. */
  meanIou: column,
  pixelAccuracy: column,
});
export type SegmentedOutput = z.infer<typeof SegmentedOutput>;

/** What one output of numbers said. */
export const RegressedOutput = z.strictObject({
  kind: z.literal('values'),
  path: z.string(),
  /** One for each output; a single one where all numbers of a sample count alike, as pixels do. */
  names,
  figures: z.array(
    z.strictObject({
      meanAbsoluteError: z.number(),
      rootMeanSquaredError: z.number(),
      bias: z.number(),
      rSquared: z.number().nullable(),
    }),
  ),
  samples: column,
  /** Root mean squared error of each sample. */
  errors: column,
  /** True and predicted numbers of some samples, spread evenly over all, for each output; none where they are pooled. */
  points: z.strictObject({ samples: column, truth: z.array(column), predicted: z.array(column) }),
});
export type RegressedOutput = z.infer<typeof RegressedOutput>;

/** What one output of next tokens said: sums over all tokens, and the loss of each window of the text. */
export const LanguageOutput = z.strictObject({
  kind: z.literal('tokens'),
  path: z.string(),
  tokens: z.number(),
  characters: z.number(),
  nats: z.number(),
  hits: z.number(),
  /** Tokens of a window. */
  context: z.int(),
  samples: column,
  /** Nats a token. */
  losses: column,
});
export type LanguageOutput = z.infer<typeof LanguageOutput>;

export const EvaluatedOutput = z.discriminatedUnion('kind', [
  ClassifiedOutput,
  SegmentedOutput,
  RegressedOutput,
  LanguageOutput,
]);
export type EvaluatedOutput = z.infer<typeof EvaluatedOutput>;

export const Evaluation = z.strictObject({ outputs: z.array(EvaluatedOutput), notices: z.array(z.string()) });
export type Evaluation = z.infer<typeof Evaluation>;

/** Which samples a network is tested on. */
export const SetPart = z.enum(['validation', 'train', 'test']);
export type SetPart = z.infer<typeof SetPart>;

/** How far an evaluation is. */
export const EvaluationProgress = z.strictObject({
  run: RunId,
  part: SetPart,
  done: z.int(),
  total: z.int(),
});
export type EvaluationProgress = z.infer<typeof EvaluationProgress>;

const evaluated = z.strictObject({ run: RunId, part: SetPart });

/** Requests about what a trained network gets right and wrong. */
export const evaluationCalls = {
  /**
   * Sends a part of the data the run was trained with through its best weights (the last ones while there are no best);
   * progress comes as `evaluation` events.
   */
  'run/evaluate': call(evaluated, Evaluation),
  /** The evaluation answers that it was stopped. */
  'run/evaluate-stop': call(evaluated, z.strictObject({})),
} as const;
