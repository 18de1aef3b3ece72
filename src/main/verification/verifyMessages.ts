import { z } from 'zod';
import { Thinning } from './thinning.ts';

const numbers = z.custom<Float32Array | Int32Array>(
  (value) => value instanceof Float32Array || value instanceof Int32Array,
);

/** A float32 or int32 tensor on its way between processes, in the layout of the ONNX file. */
export const Tensor = z.strictObject({ dims: z.array(z.int().nonnegative()), data: numbers });
export type Tensor = z.infer<typeof Tensor>;

/** What the verifying process is asked once, right after it started. */
export const VerifyRequest = z.strictObject({
  /** Absolute path of the `.onnx` file; external data is found beside it. */
  file: z.string(),
  /** One entry for each run: the graph's inputs by name. */
  batches: z.array(z.record(z.string(), Tensor)),
  /** Whether the file takes and gives float16 where the tensors here are float32. */
  half: z.boolean().optional(),
  /** Names of the graph outputs to fetch. */
  outputs: z.array(z.string()),
  /** Outputs of which only some numbers are wanted, by name. */
  thinnings: z.record(z.string(), Thinning).optional(),
});
export type VerifyRequest = z.infer<typeof VerifyRequest>;

/** What the verifying process answers, once, before it exits. */
export const VerifyReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('done'),
    /** Name and version, such as `onnxruntime 1.30.0`. */
    runtime: z.string(),
    batches: z.array(z.record(z.string(), Tensor)),
  }),
  /** `load`: the runtime itself could not be loaded; `open`: it refused the file; `run`: it failed on an input. */
  z.strictObject({ kind: z.literal('failed'), stage: z.enum(['load', 'open', 'run']), message: z.string() }),
]);
export type VerifyReply = z.infer<typeof VerifyReply>;

/** What the process that checks folders for TensorFlow and TensorFlow.js is asked once, right after it started. */
export const ServedRequest = z.strictObject({
  kind: z.enum(['saved-model', 'graph-model', 'layers-model']),
  /** Absolute path. */
  folder: z.string(),
  /** Of TensorFlow.js: those in plain JavaScript, which browsers have too, or TensorFlow's own, which are fast. */
  kernels: z.enum(['plain', 'native']),
  /** Names of the inputs, in the order of the model. */
  inputs: z.array(z.string()),
  /** Names of the outputs to fetch. */
  outputs: z.array(z.string()),
  /** Outputs of which only some numbers are wanted, by name. */
  thinnings: z.record(z.string(), Thinning).optional(),
  /** One entry for each run: inputs by name. */
  batches: z.array(z.record(z.string(), Tensor)),
});
export type ServedRequest = z.infer<typeof ServedRequest>;
