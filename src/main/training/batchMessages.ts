import type { VariationSeed } from '../../graph-engine/augmentation/variation.ts';
import type { HostProblem } from '../../contract/contract.ts';
import type { ColumnPlan } from '../datasets/columnPlan.ts';

/** Where a thread puts a batch: one piece of memory for each column, with room for the largest batch. */
export type BatchRoom = readonly SharedArrayBuffer[];

/** What a thread that makes batches starts with. */
export interface BatchThreadData {
  readonly plan: ColumnPlan;
}

/** A batch that is wanted. */
export interface BatchOrder {
  readonly id: number;
  readonly samples: Int32Array;
  readonly room: BatchRoom;
  readonly variation?: VariationSeed | undefined;
}

/** What a thread answers. */
export type BatchAnswer =
  | { readonly id: number; readonly ok: true }
  | { readonly id: number; readonly ok: false; readonly problem: HostProblem };
