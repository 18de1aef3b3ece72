import { z } from 'zod';

const name = z.string().min(1);
const names = z.array(z.string());

/** One thing that every sample has to feed a network's input with. */
export const DataInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('image'), name, height: z.int(), width: z.int(), channels: z.int() }),
  /** One long text, which is cut into windows as long as the network's input. */
  z.strictObject({ kind: z.literal('text'), name, length: z.int(), vocabulary: names }),
  z.strictObject({ kind: z.literal('features'), name, names }),
]);
export type DataInput = z.infer<typeof DataInput>;

/** One thing that every sample has to teach a network's output with. */
export const DataTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('class'), name, classes: names }),
  /** A class for every pixel of the image. */
  z.strictObject({ kind: z.literal('mask'), name, height: z.int(), width: z.int(), classes: names }),
  /** The text that goes on after each position of a window. */
  z.strictObject({ kind: z.literal('next-token'), name, vocabulary: names }),
  z.strictObject({ kind: z.literal('values'), name, names }),
  z.strictObject({ kind: z.literal('probabilities'), name, choices: names }),
]);
export type DataTarget = z.infer<typeof DataTarget>;

/** What a data set is, without its samples. */
export const DataSetDescription = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  inputs: z.array(DataInput),
  targets: z.array(DataTarget),
  /** Of a text, how many it has depends on the network: see `sampleCount`. */
  samples: z.int(),
  licence: z.string(),
});
export type DataSetDescription = z.infer<typeof DataSetDescription>;
