import { useEffect, useRef, useState } from 'react';
import type { SkipwireDocument } from '../../../../graph-engine/document/schema.ts';
import type { OnnxDescription } from '../../../../graph-engine/targets/onnx/describeOnnx.ts';
import { contradiction, type OnnxOptions } from '../../../../graph-engine/targets/onnx/onnxOptions.ts';
import type { PreviewReply, PreviewRequest } from './previewMessages.ts';

export interface OnnxPreviewState {
  /** The file of the last answer; kept while another is worked out, so that nothing flickers. */
  readonly description: OnnxDescription | undefined;
  readonly reason: string | undefined;
  readonly stale: boolean;
}

/** What the file will be with these options, worked out in a worker: networks of thousands of nodes take a moment. */
export function useOnnxPreview(document: SkipwireDocument, options: OnnxOptions): OnnxPreviewState {
  const worker = useRef<Worker | undefined>(undefined);
  const [reply, setReply] = useState<PreviewReply>();
  // While the dialog is open only options change.
  const id = JSON.stringify(options);

  useEffect(() => {
    const own = new Worker(new URL('./previewWorker.ts', import.meta.url), { type: 'module' });
    own.addEventListener('message', (event: MessageEvent<PreviewReply>) => {
      setReply(event.data);
    });
    own.addEventListener('error', (event) => {
      setReply({ id: '', reason: `The preview failed: ${event.message}` });
    });
    worker.current = own;
    return () => {
      own.terminate();
    };
  }, []);

  useEffect(() => {
    worker.current?.postMessage({ id, document, options } satisfies PreviewRequest);
  }, [document, options, id]);

  const conflict = contradiction(options);

  const description = reply !== undefined && 'description' in reply ? reply.description : undefined;
  const failed = reply !== undefined && 'reason' in reply ? reply.reason : undefined;
  const reason = conflict === undefined ? failed : `${conflict.message} ${conflict.remedy}`;
  return { description, reason, stale: reply?.id !== id };
}
