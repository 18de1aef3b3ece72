import type { SkipwireDocument } from '../../../../graph-engine/document/schema.ts';
import type { OnnxDescription } from '../../../../graph-engine/targets/onnx/describeOnnx.ts';
import type { OnnxOptions } from '../../../../graph-engine/targets/onnx/onnxOptions.ts';

/** What the preview's worker is asked. */
export interface PreviewRequest {
  readonly id: string;
  readonly document: SkipwireDocument;
  readonly options: OnnxOptions;
}

/** What it answers: the file as it will be, or why there will be none. */
export type PreviewReply = { readonly id: string } & (
  { readonly description: OnnxDescription } | { readonly reason: string }
);
