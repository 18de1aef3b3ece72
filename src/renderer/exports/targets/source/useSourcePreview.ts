import { useEffect, useState } from 'react';
import type { HostConnection } from '../../../../contract/contract.ts';
import type { SkipwireDocument } from '../../../../graph-engine/document/schema.ts';
import { inferDocument } from '../../../../graph-engine/infer/inferDocument.ts';
import type { SourceFramework } from '../../../../graph-engine/targets/python/sourceFramework.ts';
import { useHost } from '../../../connection/host.ts';

/** What is shown before it is written. */
export type SourceKind = 'network' | 'training';

/** The source as it will be written with what it does otherwise, or why it cannot be. */
export type SourcePreview =
  { readonly source: string; readonly notices: readonly string[] } | { readonly reason: string };

export interface WantedSource {
  readonly document: SkipwireDocument;
  readonly framework: SourceFramework;
  readonly kind: SourceKind;
  readonly module: string;
}

/** The source that would be written; `null` while it is. */
export function useSourcePreview({ document, framework, kind, module }: WantedSource): SourcePreview | null {
  const { connection } = useHost();
  const [preview, setPreview] = useState<SourcePreview | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const write = kind === 'network' ? networkSource : trainingSource;
    void write({ document, framework, kind, module }, connection).then((next) => {
      if (isCurrent) setPreview(next);
    });
    return () => {
      isCurrent = false;
    };
  }, [connection, document, framework, kind, module]);
  return preview;
}

async function networkSource({ document, framework }: WantedSource): Promise<SourcePreview> {
  const inferred = inferDocument(document);
  const error = inferred.diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) return { reason: `The network has an error: ${error.message}` };
  // Only who looks at source loads what writes it.
  const { sourceTargets } = await import('../../../../graph-engine/targets/sourceTargets.ts');
  try {
    return { source: sourceTargets[framework].write(document, inferred).source, notices: [] };
  } catch (failure) {
    return { reason: failure instanceof Error ? failure.message : String(failure) };
  }
}

/** The host looks at the data that the script reads. */
async function trainingSource(
  { document, framework, module }: WantedSource,
  connection: HostConnection,
): Promise<SourcePreview> {
  const answer = await connection.call('export/training-script', { document, framework, module });
  if (answer.ok) return answer.value;
  const { message, remedy = '' } = answer.problem;
  return { reason: `${message} ${remedy}` };
}
