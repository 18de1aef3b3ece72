import type { SkipwireDocument } from '../../../../graph-engine/document/schema.ts';
import { inferDocument, type InferredDocument } from '../../../../graph-engine/infer/inferDocument.ts';
import { describeOnnx } from '../../../../graph-engine/targets/onnx/describeOnnx.ts';
import type { PreviewReply, PreviewRequest } from './previewMessages.ts';

/** The document of the last request: only options change while the dialog is open. */
let last:
  { readonly json: string; readonly document: SkipwireDocument; readonly inferred: InferredDocument } | undefined;

function inferredOf(document: SkipwireDocument) {
  const json = JSON.stringify(document);
  if (last?.json !== json) last = { json, document, inferred: inferDocument(document) };
  return last;
}

function answer({ id, document: asked, options }: PreviewRequest): PreviewReply {
  const { document, inferred } = inferredOf(asked);
  const error = inferred.diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) return { id, reason: `The network has an error: ${error.message}` };
  try {
    return { id, description: describeOnnx(document, inferred, options) };
  } catch (failure) {
    return { id, reason: failure instanceof Error ? failure.message : String(failure) };
  }
}

addEventListener('message', (event: MessageEvent<PreviewRequest>) => postMessage(answer(event.data)));
