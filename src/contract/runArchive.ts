import { z } from 'zod';
import { TrainingSettings } from '../graph-engine/document/trainingSettings.ts';
import { call } from './call.ts';
import { RunId, RunSummary } from './run.ts';
import { WorkspacePath } from './workspacePath.ts';

const nothing = z.strictObject({});

/** A word that a run is found by. */
export const RunTag = z.string().trim().min(1).max(40);

/** What the user has written on a run. */
export const RunRemarks = z.strictObject({
  tags: z.array(RunTag).max(40),
  note: z.string().max(4000),
  /** What the user calls it; nothing where it goes by the name of its folder. */
  title: z.string().trim().max(120).optional(),
});
export type RunRemarks = z.infer<typeof RunRemarks>;
export const NO_REMARKS: RunRemarks = { tags: [], note: '' };

/** What is known of a run beside its summary, and does not change while it is trained. */
export const RunFacts = z.strictObject({
  run: RunId,
  remarks: RunRemarks,
  /** Those it is trained with; missing where the document cannot be read. */
  settings: TrainingSettings.optional(),
  /** What trained it, such as `TensorFlow 2.21`; missing until it begins. */
  engine: z.string().optional(),
  /** On what, such as the processor and how many threads. */
  device: z.string().optional(),
  /** Of all its files on the disk, when it was looked. */
  bytes: z.number().optional(),
});
export type RunFacts = z.infer<typeof RunFacts>;

/** Name of a thing in the trash. */
export const TrashEntry = z
  .string()
  .max(140)
  .regex(/^\d{1,16}-[A-Za-z0-9][A-Za-z0-9._-]*$/);

/** A run that was deleted and can be brought back. */
export const TrashedRun = z.strictObject({
  entry: TrashEntry,
  run: RunId,
  name: z.string(),
  /** Milliseconds since 1970. */
  deleted: z.number(),
  /** Of all its files. */
  bytes: z.number(),
});
export type TrashedRun = z.infer<typeof TrashedRun>;

const runs = z.array(RunId).min(1).max(100_000);

/** Requests about runs that were trained: what is written on them, the trash, and taking their figures away. */
export const archiveCalls = {
  /** Of all runs, or of those named. */
  'run/facts': call(
    z.strictObject({ runs: z.array(RunId).max(1000).optional() }),
    z.strictObject({ facts: z.array(RunFacts) }),
  ),
  /** Writes tags or a note on a run; what is left out stays. */
  'run/remark': call(
    z.strictObject({
      run: RunId,
      tags: RunRemarks.shape.tags.optional(),
      note: RunRemarks.shape.note.optional(),
      title: RunRemarks.shape.title,
    }),
    RunRemarks,
  ),
  /** Moves a run at rest to the trash. */
  'run/delete': call(z.strictObject({ run: RunId }), z.strictObject({ entry: TrashEntry })),
  'run/trash': call(nothing, z.strictObject({ runs: z.array(TrashedRun) })),
  'run/restore': call(z.strictObject({ entry: TrashEntry }), z.strictObject({ run: RunId })),
  /** Removes for good what is in the trash. */
  'run/empty-trash': call(nothing, nothing),
  /** Writes the metrics of runs as one table: a line for each report. */
  'run/export-csv': call(
    z.strictObject({ runs, path: WorkspacePath, overwrite: z.boolean().default(false) }),
    z.strictObject({ path: z.string(), bytes: z.number(), lines: z.int() }),
  ),
  /** Writes event files of runs below a folder, as TensorBoard reads them; those of the same runs are replaced. */
  'run/export-tensorboard': call(
    z.strictObject({ runs, folder: WorkspacePath, statistics: z.boolean().default(true) }),
    z.strictObject({ folder: z.string(), files: z.array(z.string()), bytes: z.number() }),
  ),
} as const;

/** What happened to runs by somebody's wish, for every window that shows them. */
export const ArchiveEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('remarked'), run: RunId, remarks: RunRemarks }),
  z.strictObject({ kind: z.literal('deleted'), run: RunId }),
  z.strictObject({ kind: z.literal('restored'), summary: RunSummary }),
  z.strictObject({ kind: z.literal('sweep-deleted'), sweep: RunId }),
]);
export type ArchiveEvent = z.infer<typeof ArchiveEvent>;
