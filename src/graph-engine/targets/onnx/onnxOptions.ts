import { z } from 'zod';
import { DEFAULT_OPSET, NEWEST_OPSET, OLDEST_OPSET } from './opsets.ts';

/** How a network is written as ONNX. Each choice says in a line why one would make it. */
export const OnnxOptions = z.strictObject({
  opset: z
    .int()
    .min(OLDEST_OPSET)
    .max(NEWEST_OPSET)
    .default(DEFAULT_OPSET)
    .describe('Version of the operator set: older for older runtimes, newer for fewer and larger operators.'),
  weights: z
    .enum(['inside', 'inputs'])
    .default('inside')
    .describe(
      '"inputs" leaves the weights out: they become inputs of the model, and the file holds the structure alone.',
    ),
  precision: z
    .enum(['float32', 'float16'])
    .default('float32')
    .describe('"float16" halves the file and is what accelerators like; it keeps three digits.'),
  ends: z
    .enum(['float32', 'float16'])
    .default('float32')
    .describe('Of inputs and outputs in float16: "float32" lets the caller stay as it is.'),
  batch: z
    .int()
    .min(1)
    .max(65_536)
    .nullable()
    .default(null)
    .describe('A fixed number of examples, for compilers that want to know every size; empty leaves it open.'),
  layout: z
    .enum(['channels-first', 'channels-last'])
    .default('channels-first')
    .describe(
      'Order of the axes of images that go in and come out: NCHW as PyTorch has it, NHWC as files and cameras do.',
    ),
  answers: z
    .enum(['all', 'scores', 'probabilities'])
    .default('all')
    .describe('Which outputs there are: scores before softmax or sigmoid, probabilities after it, or both.'),
  normalize: z
    .boolean()
    .default(false)
    .describe('Puts the normalization of the run inside, so that the model takes inputs as they are read.'),
  foldNormalization: z
    .boolean()
    .default(false)
    .describe('Multiplies batch normalizations into the weights before them: fewer operators, the same answers.'),
  external: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'Whether weights lie in a file beside the model: "auto" from 64 MB on. A file of its own cannot exceed 2 GB.',
    ),
});
export type OnnxOptions = z.infer<typeof OnnxOptions>;

/** The options that nobody chose. */
export const DEFAULT_ONNX_OPTIONS: OnnxOptions = OnnxOptions.parse({});

/** Options that contradict one another, in words; `undefined` when they go together. */
export function contradiction(options: OnnxOptions): { readonly message: string; readonly remedy: string } | undefined {
  if (options.weights === 'inputs' && options.foldNormalization) {
    return {
      message: 'Batch normalizations cannot be folded into weights that are not in the file.',
      remedy: 'Keep the weights inside, or leave the normalizations as they are.',
    };
  }
  if (options.weights === 'inputs' && options.external === 'always') {
    return {
      message: 'There are no weights to put beside a model that takes them as inputs.',
      remedy: 'Keep the weights inside, or let the file decide.',
    };
  }
  return undefined;
}
