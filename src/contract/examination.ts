import { z } from 'zod';
import { call } from './call.ts';
import { RunId } from './run.ts';
import { SamplePicture } from './samples.ts';

const probability = z.number().min(0).max(1.000_001);
const choice = z.strictObject({ name: z.string(), probability });

/** A class for every pixel. */
export const MaskPicture = z.strictObject({
  width: z.int(),
  height: z.int(),
  /** Bytes in base64, rows of class numbers. */
  pixels: z.string(),
});
export type MaskPicture = z.infer<typeof MaskPicture>;

/** Where a mask lies on its image, in shares of the image's sides: a network without padding sees the middle only. */
export const MaskCover = z.strictObject({ left: z.number(), top: z.number(), width: z.number(), height: z.number() });
export type MaskCover = z.infer<typeof MaskCover>;

/** A piece of text that a language model was asked for, with the probability it gave to it. */
export const TextPiece = z.strictObject({ text: z.string(), probability });
export type TextPiece = z.infer<typeof TextPiece>;

/** What one output says of a sample beside what is true. */
export const ExaminedSample = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('mask'),
    number: z.int(),
    picture: SamplePicture,
    cover: MaskCover,
    truth: MaskPicture,
    told: MaskPicture,
  }),
  /** Each token of a window with the probability of it, given those before. */
  z.strictObject({ kind: z.literal('tokens'), number: z.int(), pieces: z.array(TextPiece) }),
]);
export type ExaminedSample = z.infer<typeof ExaminedSample>;

/** What one output says of a file of the user's. */
export const PredictedPart = z.discriminatedUnion('kind', [
  /** The likeliest classes first; `independent` ones are questions of their own, whose probabilities need not sum to one. */
  z.strictObject({
    kind: z.literal('class'),
    path: z.string(),
    classes: z.int(),
    independent: z.boolean(),
    top: z.array(choice),
  }),
  z.strictObject({
    kind: z.literal('mask'),
    path: z.string(),
    classes: z.array(z.string()),
    mask: MaskPicture,
    cover: MaskCover,
    /** Share of the pixels that each class has. */
    shares: z.array(z.number()),
  }),
  /** `truth` where the file says it. */
  z.strictObject({
    kind: z.literal('values'),
    path: z.string(),
    values: z.array(z.strictObject({ name: z.string(), value: z.number(), truth: z.number().optional() })),
  }),
  z.strictObject({ kind: z.literal('image'), path: z.string(), picture: SamplePicture }),
  /** `perplexity` of the text itself, where it has two tokens or more. */
  z.strictObject({
    kind: z.literal('tokens'),
    path: z.string(),
    next: z.array(choice),
    perplexity: z.number().optional(),
    tokens: z.int(),
  }),
]);
export type PredictedPart = z.infer<typeof PredictedPart>;

/** What a run's weights say of a file of the user's. */
export const FilePrediction = z.strictObject({
  file: z.string(),
  /** What the file is, in words. */
  received: z.string(),
  /** What was done to it before the network saw it, in order, in words. */
  steps: z.array(z.string()),
  samples: z.array(
    z.strictObject({
      /** Such as `row 3`; empty where there is one only. */
      name: z.string(),
      /** As the network sees it. */
      picture: SamplePicture,
      /** What the file says that it is, where it does. */
      truth: z.string().optional(),
      outputs: z.array(PredictedPart),
    }),
  ),
  /** The text of a text file, and how the network goes on from it. */
  text: z.string().optional(),
  continuation: z.array(TextPiece).optional(),
});
export type FilePrediction = z.infer<typeof FilePrediction>;

/** The largest file that is sent with a request; larger ones can be named on the command line. */
export const MOST_FILE_BYTES = 32 * 1024 * 1024;

/** Bounds of what can be asked of a language model. */
export const GenerationOptions = z.strictObject({
  prompt: z.string().max(200_000),
  /** Tokens to write. */
  length: z.int().min(1).max(10_000).default(200),
  temperature: z.number().min(0).max(10).default(0.8),
  topK: z.int().min(0).max(1_000_000).default(0),
  topP: z.number().gt(0).max(1).default(0.95),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
});
export type GenerationOptions = z.infer<typeof GenerationOptions>;

export const GeneratedText = z.strictObject({
  pieces: z.array(TextPiece),
  /** Tokens that the prompt became, and how many of them the network sees at a time. */
  promptTokens: z.int(),
  context: z.int(),
  /** What the vocabulary does not have, with how often it was in the prompt. */
  unknown: z.array(z.strictObject({ text: z.string(), count: z.int() })),
  /** Whether it was stopped before its end. */
  stopped: z.boolean(),
  notices: z.array(z.string()),
});
export type GeneratedText = z.infer<typeof GeneratedText>;

const generation = z.string().max(100);

/** Text that was written since the last event; at most thirty a second. */
export const GenerationProgress = z.strictObject({ generation, pieces: z.array(TextPiece) });
export type GenerationProgress = z.infer<typeof GenerationProgress>;

/** Requests to the weights of a run: its best ones, or the last while there are no best. */
export const examinationCalls = {
  /** What an output of masks or of next tokens says of samples, beside what is true. */
  'run/examine': call(
    z.strictObject({
      run: RunId,
      output: z.string().max(2000),
      samples: z.array(z.int().nonnegative()).min(1).max(24),
    }),
    z.strictObject({ classes: z.array(z.string()), samples: z.array(ExaminedSample) }),
  ),
  /** What the network says of a file that the user gives. */
  'run/predict-file': call(
    z.strictObject({
      run: RunId,
      name: z.string().min(1).max(500),
      /** The bytes in base64. */
      content: z.string().max(Math.ceil((MOST_FILE_BYTES * 4) / 3) + 4),
    }),
    FilePrediction,
  ),
  /** Writes on from a prompt; what is written comes as `generation` events, and whole as the answer. */
  'run/generate': call(z.strictObject({ generation, run: RunId, ...GenerationOptions.shape }), GeneratedText),
  /** The generation answers with what it has written. */
  'run/generate-stop': call(z.strictObject({ generation }), z.strictObject({})),
} as const;
