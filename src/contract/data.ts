import { z } from 'zod';
import { DataSetDescription } from '../graph-engine/training/dataDescription.ts';
import { DataReader } from '../graph-engine/training/dataReader.ts';
import { call } from './call.ts';
import { HostProblem } from './hostProblem.ts';
import { WorkspacePath } from './workspacePath.ts';

const counts = z.strictObject({ train: z.int(), validation: z.int(), test: z.int() });
/** What was understood of files, before every sample is read. */
export const DataInspection = z.strictObject({
  path: z.string(),
  /** How they are read, with what was found filled in. */
  reader: DataReader,
  description: DataSetDescription,
  parts: counts,
  understood: z.array(z.string()),
  warnings: z.array(z.string()),
  /** What must be mended before anything can be learned. */
  problems: z.array(HostProblem),
});
export type DataInspection = z.infer<typeof DataInspection>;

/** A file or a row that cannot be used. */
export const BrokenSample = z.strictObject({ path: z.string(), code: z.string(), why: z.string() });
export type BrokenSample = z.infer<typeof BrokenSample>;

/** Numbers of one channel or column over all samples that were read. */
export const NumberStatistics = z.strictObject({
  name: z.string(),
  mean: z.number(),
  deviation: z.number(),
  minimum: z.number(),
  maximum: z.number(),
});
export type NumberStatistics = z.infer<typeof NumberStatistics>;

/** How many samples each class has, in the order of the classes. */
export const ClassBalance = z.strictObject({
  target: z.string(),
  /** Samples, or pixels of masks. */
  unit: z.enum(['samples', 'pixels']),
  classes: z.array(z.strictObject({ name: z.string(), count: z.number() })),
});
export type ClassBalance = z.infer<typeof ClassBalance>;

/** What is known when every sample has been read. */
export const DataCheck = z.strictObject({
  samples: z.int(),
  /** At most a hundred of them. */
  broken: z.array(BrokenSample),
  brokenCount: z.int(),
  balance: z.array(ClassBalance),
  statistics: z.array(NumberStatistics),
  /** Samples that the statistics were taken from. */
  measured: z.int(),
});
export type DataCheck = z.infer<typeof DataCheck>;

/** A sample to look at: an image as its bytes in base64, or words. */
export const DataSample = z.strictObject({
  number: z.int(),
  label: z.string(),
  image: z.strictObject({ height: z.int(), width: z.int(), channels: z.int(), pixels: z.string() }).optional(),
  /** A class for each pixel, in base64. */
  mask: z.strictObject({ height: z.int(), width: z.int(), classes: z.int(), pixels: z.string() }).optional(),
  text: z.string().optional(),
});
export type DataSample = z.infer<typeof DataSample>;

/** Known sets that can be fetched. */
export const KnownSet = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  /** Of the download. */
  bytes: z.number(),
  licence: z.string(),
  source: z.string(),
});
export type KnownSet = z.infer<typeof KnownSet>;

const reference = { path: WorkspacePath, reader: DataReader.optional() };

/** Requests about the user's own data. */
export const dataCalls = {
  /** Says what files are, and how they would be read. */
  'data/inspect': call(z.strictObject(reference), DataInspection),
  /** Reads every sample; progress comes as `data` events. */
  'data/check': call(z.strictObject(reference), DataCheck),
  /** Samples spread over the data, or those of one class. */
  'data/samples': call(
    z.strictObject({
      ...reference,
      from: z.int().min(0).default(0),
      count: z.int().min(1).max(64),
      label: z.string().optional(),
    }),
    z.strictObject({ samples: z.array(DataSample), total: z.int() }),
  ),
  'data/known': call(z.strictObject({}), z.strictObject({ sets: z.array(KnownSet) })),
  /** Fetches a known set into a folder of the workspace; progress comes as `data` events. */
  'data/download': call(
    z.strictObject({ id: z.string(), folder: WorkspacePath }),
    z.strictObject({ path: WorkspacePath }),
  ),
  'data/download-stop': call(z.strictObject({ id: z.string() }), z.strictObject({})),
  /** Puts a file that was dropped on the editor into the workspace, a piece at a time; the last piece makes it a file. */
  'data/receive': call(
    z.strictObject({
      path: WorkspacePath,
      offset: z.number().int().min(0),
      /** In base64. */
      piece: z.string().max(16_000_000),
      last: z.boolean(),
    }),
    z.strictObject({ path: z.string() }),
  ),
} as const;

/** How far reading or fetching is. */
export const DataProgress = z.strictObject({
  /** Path of the data, or name of the known set. */
  subject: z.string(),
  kind: z.enum(['check', 'download']),
  done: z.number(),
  total: z.number(),
});
export type DataProgress = z.infer<typeof DataProgress>;
