import { z } from 'zod';

/** A column of a table and how its cells become numbers. */
const PreparedColumn = z.object({
  name: z.string(),
  use: z.enum(['feature', 'target']),
  /** What an unknown cell becomes; `null` where a row without it cannot be used. */
  fill: z.number().nullable(),
  /** Names in the order of their numbers; `null` for a column of numbers. */
  categories: z.array(z.string()).nullable(),
});
export type PreparedColumn = z.infer<typeof PreparedColumn>;

/**
 * How a file that the user gives later becomes a sample like those of a data set: what reading the set has found out, and
 * its description does not say. It is kept with a run, so that it can be asked when the data are gone.
 */
export const FilePreparation = z.discriminatedUnion('kind', [
  /** Images are brought to the size and colours of the description, as bytes divided by 255. */
  z.object({ kind: z.literal('image'), fit: z.enum(['cover', 'contain', 'stretch']) }),
  z.object({ kind: z.literal('table'), decimal: z.enum(['.', ',']), columns: z.array(PreparedColumn) }),
  /** `merges` of byte pairs, in the order in which they were learned. */
  z.object({
    kind: z.literal('text'),
    tokens: z.enum(['characters', 'words', 'byte-pairs']),
    merges: z.array(z.tuple([z.string(), z.string()])),
  }),
  z.object({
    kind: z.literal('arrays'),
    layout: z.enum(['channels-last', 'channels-first']),
    /** What the numbers of inputs were divided by. */
    divisor: z.number(),
  }),
]);
export type FilePreparation = z.infer<typeof FilePreparation>;
/** Of one kind of data. */
export type PreparationOf<Kind extends FilePreparation['kind']> = Extract<FilePreparation, { kind: Kind }>;
