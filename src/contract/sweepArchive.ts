import { z } from 'zod';
import { call } from './call.ts';
import { TrashEntry } from './runArchive.ts';
import { SweepId, SweepTitle } from './sweeps.ts';

/** A sweep that was deleted and can be brought back. */
export const TrashedSweep = z.strictObject({
  entry: TrashEntry,
  sweep: SweepId,
  name: z.string(),
  /** Milliseconds since 1970. */
  deleted: z.number(),
  /** Of all its files, its runs not counted. */
  bytes: z.number(),
});
export type TrashedSweep = z.infer<typeof TrashedSweep>;

const nothing = z.strictObject({});

/** Requests about sweeps that are over: what they are called, what they take on the disk, the trash. */
export const sweepArchiveCalls = {
  /** Gives a sweep at rest a title; an empty one takes it away. */
  'sweep/title': call(z.strictObject({ sweep: SweepId, title: SweepTitle }), nothing),
  'sweep/size': call(
    z.strictObject({ sweep: SweepId }),
    z.strictObject({ bytes: z.number(), runs: z.int(), bytesOfRuns: z.number() }),
  ),
  /** Moves a sweep at rest to the trash, and with `runs` its runs to theirs. */
  'sweep/delete': call(
    z.strictObject({ sweep: SweepId, runs: z.boolean() }),
    z.strictObject({ entry: TrashEntry, runs: z.array(TrashEntry) }),
  ),
  'sweep/trash': call(nothing, z.strictObject({ sweeps: z.array(TrashedSweep) })),
  'sweep/restore': call(z.strictObject({ entry: TrashEntry }), z.strictObject({ sweep: SweepId })),
  /** Removes for good what is in the trash of the sweeps. */
  'sweep/empty-trash': call(nothing, nothing),
} as const;
