import { z } from 'zod';
import { SkipwireDocument } from '../graph-engine/document/schema.ts';
import { OnnxOptions } from '../graph-engine/targets/onnx/onnxOptions.ts';
import { SourceFramework } from '../graph-engine/targets/python/sourceFramework.ts';
import { call } from './call.ts';
import { RunId } from './run.ts';
import { WorkspacePath } from './workspacePath.ts';

const compared = {
  /** Absolute, over all outputs. */
  maximumDifference: z.number(),
  /** The largest as a share of the size of the answer that it is in. */
  relativeDifference: z.number(),
  samples: z.int(),
  runtime: z.string(),
};

export const Verification = z.discriminatedUnion('status', [
  /** A runtime ran the file and its outputs agree with the engine's. */
  z.strictObject({ status: z.literal('verified'), ...compared }),
  z.strictObject({ status: z.literal('differs'), ...compared }),
  z.strictObject({ status: z.literal('not-verified'), reason: z.string() }),
]);
export type Verification = z.infer<typeof Verification>;

/** How far a file is off, in words: where its answers are large, as a share of them too. */
export function describeDifference({
  maximumDifference,
  relativeDifference,
}: Extract<Verification, { readonly maximumDifference: number }>): string {
  if (maximumDifference === 0) return '0';
  const share = relativeDifference < maximumDifference ? ` (${relativeDifference.toExponential(1)} of its answer)` : '';
  return `${maximumDifference.toExponential(1)}${share}`;
}

/** What the file is otherwise than was asked for, with what would mend it. */
export const ExportNotice = z.strictObject({
  code: z.string(),
  message: z.string(),
  expected: z.string(),
  received: z.string(),
  /** In words. */
  fix: z.string(),
});

/** Whose weights were written: those of a run, of the file that the document begins with, or fresh ones. */
export const WeightsOrigin = z.enum(['trained', 'stored', 'initial']);
export type WeightsOrigin = z.infer<typeof WeightsOrigin>;

/** What is exported: the best weights of `run`, or those that the document begins with when it is `null`. */
export const exportOrder = {
  document: SkipwireDocument,
  run: RunId.nullable(),
  path: WorkspacePath,
  overwrite: z.boolean().default(false),
};

/** Requests that write a network in another program's form. */
export const exportCalls = {
  'export/onnx': call(
    z.strictObject({
      ...exportOrder,
      options: OnnxOptions.prefault({}),
    }),
    z.strictObject({
      path: z.string(),
      /** The file with the weights, where they lie beside the model. */
      dataPath: z.string().nullable(),
      bytes: z.number(),
      opset: z.int(),
      weights: z.enum([...WeightsOrigin.options, 'none']),
      /** Batch normalizations that were folded, and that could not be; `null` where nobody asked. */
      folding: z.strictObject({ folded: z.int(), left: z.int() }).nullable(),
      /** Weights that float16 cannot hold: in how many tensors, how many too large and too small. */
      losses: z.strictObject({ tensors: z.int(), clamped: z.int(), vanished: z.int() }),
      notices: z.array(ExportNotice).readonly(),
      verification: Verification,
    }),
  ),
  /** Source code, its weights as safetensors beside it, and where wanted a script that trains it. */
  'export/source': call(
    z.strictObject({ ...exportOrder, framework: SourceFramework, training: z.boolean().default(false) }),
    z.strictObject({
      path: z.string(),
      weightsPath: z.string(),
      trainingPath: z.string().nullable(),
      dataPath: z.string().nullable(),
      bytes: z.number(),
      weights: WeightsOrigin,
      className: z.string(),
      notices: z.array(z.string()).readonly(),
    }),
  ),
  /** The weights alone, by their names in the network: `.safetensors` or `.npz`. */
  'export/weights': call(
    z.strictObject(exportOrder),
    z.strictObject({ path: z.string(), tensors: z.int(), bytes: z.number(), weights: WeightsOrigin }),
  ),
  /** The script that trains, to be looked at before it is written. */
  'export/training-script': call(
    z.strictObject({ document: SkipwireDocument, framework: SourceFramework, module: z.string().max(200) }),
    z.strictObject({ source: z.string(), notices: z.array(z.string()).readonly() }),
  ),
} as const;
