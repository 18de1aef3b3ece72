import { z } from 'zod';
import { SkipwireDocument } from '../graph-engine/document/schema.ts';
import { PictureStyle, ValueReading } from '../graph-engine/probe/valueReading.ts';
import { call } from './call.ts';
import { RunId } from './run.ts';

/** Which weights a sample goes through: the initial ones of the document's seed, or those a run has saved. */
export const ProbeWeights = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('initial') }),
  z.strictObject({ kind: z.literal('run'), run: RunId, which: z.enum(['best', 'last']) }),
]);
export type ProbeWeights = z.infer<typeof ProbeWeights>;

/** A node that is changed for one look. */
export const ProbeLesion = z.strictObject({ path: z.string().max(2000), how: z.enum(['bypass', 'mute']) });
export type ProbeLesion = z.infer<typeof ProbeLesion>;

/** What a sample looks like in a list. Pixels are bytes in base64, rows of one or three channels. */
export const SamplePicture = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('image'),
    width: z.int(),
    height: z.int(),
    channels: z.union([z.literal(1), z.literal(3)]),
    pixels: z.string(),
  }),
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  z.strictObject({ kind: z.literal('numbers'), values: z.array(z.number()) }),
]);
export type SamplePicture = z.infer<typeof SamplePicture>;

export const SampleView = z.strictObject({
  /** Its place in the data set, from 0. */
  number: z.int(),
  part: z.enum(['train', 'validation']),
  /** What it ought to come out as, in words; empty where nothing short can be said. */
  label: z.string(),
  picture: SamplePicture,
});
export type SampleView = z.infer<typeof SampleView>;

/** What each output's choices are called, by its path: classes, tokens of a vocabulary, names of values. */
const ChoiceNames = z.record(z.string(), z.array(z.string()));

const session = z.string().max(200);
const sample = z.int().nonnegative();

/** Requests about real samples on their way through a network. */
export const sampleCalls = {
  /** Gets a network and weights ready to be looked at. A session is forgotten after others; it can be opened again. */
  'probe/open': call(
    z.strictObject({ document: SkipwireDocument, weights: ProbeWeights }),
    z.strictObject({
      session,
      data: z.string(),
      samples: z.int(),
      choices: ChoiceNames,
      notices: z.array(z.string()),
      /** When the weights were saved, in epochs; absent for initial ones. */
      epoch: z.number().optional(),
    }),
  ),
  /** Samples from `from` on: all of them, or those whose label or number has the words that are searched for, or those named. */
  'probe/samples': call(
    z.strictObject({
      session,
      from: sample,
      count: z.int().min(1).max(200),
      search: z.string().max(100).default(''),
      numbers: z.array(sample).max(200).optional(),
    }),
    z.strictObject({ samples: z.array(SampleView), total: z.int() }),
  ),
  /**
   * The values of one sample at paths such as `stage2[3].add`, reduced to what can be looked at. A later request with the
   * same `view` takes the place of earlier ones, which then answer with what they have got.
   */
  'probe/read': call(
    z.strictObject({
      session,
      sample,
      view: z.string().max(100),
      lesions: z.array(ProbeLesion).max(100).default([]),
      style: PictureStyle.default('tiles'),
      detail: z.enum(['card', 'whole']).default('card'),
      paths: z.array(z.string().max(2000)).max(500),
    }),
    z.strictObject({
      values: z.array(z.strictObject({ path: z.string(), port: z.string(), reading: ValueReading })),
      /** Whether a later request took the place of this one. */
      superseded: z.boolean(),
    }),
  ),
} as const;
