import { z } from 'zod';
import { call } from './call.ts';
import { exportOrder, Verification, WeightsOrigin } from './exports.ts';
import { WorkspacePath } from './workspacePath.ts';

/** How a network is written for another program to serve. */
export const ServingChoices = z.strictObject({
  answers: z.enum(['all', 'scores', 'probabilities']).default('all'),
  batch: z.int().min(1).max(65_536).nullable().default(null),
  normalize: z.boolean().default(false),
});
export type ServingChoices = z.infer<typeof ServingChoices>;

export const Served = z.strictObject({
  /** The folder. */
  path: z.string(),
  /** Files in it, below it. */
  files: z.array(z.string()),
  bytes: z.number(),
  weights: WeightsOrigin,
  inputs: z.array(z.strictObject({ name: z.string(), dims: z.array(z.number()) })),
  outputs: z.array(z.strictObject({ name: z.string(), dims: z.array(z.number()) })),
  verification: Verification,
});
export type Served = z.infer<typeof Served>;

const order = {
  ...exportOrder,
  options: ServingChoices.prefault({}),
};

/** Requests that write a folder which TensorFlow or TensorFlow.js serves. */
export const servingExportCalls = {
  'export/saved-model': call(z.strictObject(order), Served),
  'export/graph-model': call(z.strictObject(order), Served),
  'export/layers-model': call(z.strictObject(order), Served),
  /** Calls off the export to this path: its own request then answers `export/cancelled`. */
  'export/cancel': call(z.strictObject({ path: WorkspacePath }), z.strictObject({ running: z.boolean() })),
} as const;
