import type { HostProblem } from '../../contract/hostProblem.ts';
import type { ImportStage } from '../../graph-engine/sources/onnx/importOnnx.ts';
import type { WriteImportOrder, WrittenImport } from './importModelFile.ts';

/** What the process that imports is told: once, when it has started. */
export type ImportRequest = WriteImportOrder;

/** What it says. */
export type ImportNews =
  | { readonly kind: 'progress'; readonly stage: ImportStage; readonly share: number }
  /** The document is in its file. */
  | { readonly kind: 'done'; readonly written: Omit<WrittenImport, 'document'> }
  | { readonly kind: 'refused'; readonly problem: HostProblem };
