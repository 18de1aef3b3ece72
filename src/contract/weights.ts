import { z } from 'zod';
import { SkipwireDocument } from '../graph-engine/document/schema.ts';
import { call } from './call.ts';
import { WorkspacePath } from './workspacePath.ts';

/** What became of one weight of the network. */
const Row = z.strictObject({
  weight: z.string(),
  kind: z.enum(['matched', 'size', 'missing']),
  /** Where its values lie, or what has other sizes. */
  tensor: z.string().nullable(),
  dims: z.array(z.number()).readonly(),
  /** Sizes of the tensor where they do not fit. */
  received: z.array(z.number()).readonly().nullable(),
});

/** How a file of weights and a network fit. */
export const WeightsMatch = z.strictObject({
  /** Whose names the file has. */
  names: z.string(),
  rows: z.array(Row).readonly(),
  /** Tensors that no weight takes. */
  unused: z.array(z.string()).readonly(),
});
export type WeightsMatch = z.infer<typeof WeightsMatch>;

/** Requests about files of weights of the workspace: `.safetensors` (whole or in shards), `.npz`, or what `torch.save` wrote. */
export const weightsCalls = {
  /** Finds the weights of a network in a file, without taking them. */
  'weights/match': call(z.strictObject({ document: SkipwireDocument, path: WorkspacePath }), WeightsMatch),
  /** Writes those that match as a file that the network begins with. */
  'weights/take': call(
    z.strictObject({ document: SkipwireDocument, path: WorkspacePath }),
    z.strictObject({ weights: z.string(), match: WeightsMatch }),
  ),
} as const;
