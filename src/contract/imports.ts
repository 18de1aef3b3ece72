import { z } from 'zod';
import { keptReasons } from '../graph-engine/sources/drawing/importReport.ts';
import { call } from './call.ts';
import { WorkspacePath } from './workspacePath.ts';

/** What came of an import. */
export const ImportReport = z.strictObject({
  producer: z.string(),
  /** Of ONNX; `null` for a model of layers. */
  opset: z.int().nullable(),
  /** Operators or layers of the file. */
  nodes: z.int(),
  /** Nodes of the drawing, blocks expanded. */
  drawn: z.int(),
  parameters: z.number(),
  /** Operators that are kept as they were. */
  kept: z
    .array(z.strictObject({ operator: z.string(), domain: z.string(), reason: z.enum(keptReasons), count: z.int() }))
    .readonly(),
  blocks: z.int(),
  notes: z.array(z.string()).readonly(),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** How far an import is. */
export const ModelImportProgress = z.strictObject({
  /** Path of the model. */
  path: z.string(),
  stage: z.enum(['reading', 'shapes', 'drawing', 'writing']),
  /** Of the stage. */
  share: z.number().min(0).max(1),
});
export type ModelImportProgress = z.infer<typeof ModelImportProgress>;

/** Requests that bring a network of another program in. */
export const importCalls = {
  /** Imports a model of the workspace, ONNX or Keras, as a document beside it, with its weights; nothing that is there is replaced. */
  'import/model': call(
    z.strictObject({ path: WorkspacePath }),
    z.strictObject({ path: z.string(), weightsPath: z.string().nullable(), report: ImportReport }),
  ),
  /** Calls an import off, by the path of its model; it is answered with a problem, and nothing of it stays. */
  'import/cancel': call(z.strictObject({ path: WorkspacePath }), z.strictObject({ running: z.boolean() })),
} as const;
