import { Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { formatBytes } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { showToast } from '../ui/Toast.tsx';

/** The source as it will be written, or why it cannot be. */
type Preview = { readonly source: string } | { readonly reason: string };

async function previewOf(document: SkipwireDocument): Promise<Preview> {
  const inferred = inferDocument(document);
  const error = inferred.diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) return { reason: `The network has an error: ${error.message}` };
  // Only who looks at source loads what writes it.
  const { exportPytorch } = await import('../../graph-engine/targets/pytorch/exportPytorch.ts');
  try {
    return exportPytorch(document, inferred);
  } catch (failure) {
    return { reason: failure instanceof Error ? failure.message : String(failure) };
  }
}

/** Shows the PyTorch source of a document before it is written. */
export function SourcePreview({ document }: { readonly document: SkipwireDocument }) {
  const [preview, setPreview] = useState<Preview | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void previewOf(document).then((next) => {
      if (isCurrent) setPreview(next);
    });
    return () => {
      isCurrent = false;
    };
  }, [document]);

  if (preview !== null && 'reason' in preview) {
    return (
      <p role="alert" className="rounded-md bg-danger-soft p-3 text-sm text-danger">
        {preview.reason}
      </p>
    );
  }
  const source = preview?.source ?? '';
  return (
    <figure className="flex flex-col gap-1.5">
      <figcaption className="flex items-center gap-2 text-xs text-ink-muted">
        <span>
          {source === ''
            ? 'Writing…'
            : `${source.split('\n').length - 1} lines, ${formatBytes(new Blob([source]).size)}`}
        </span>
        <Button
          className="ml-auto"
          variant="ghost"
          icon={<Copy size={13} aria-hidden />}
          disabled={source === ''}
          onClick={() => void copy(source)}
        >
          Copy
        </Button>
      </figcaption>
      <pre
        tabIndex={0}
        aria-label="Source code"
        data-testid="code-preview"
        className="h-72 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-xs leading-relaxed text-ink select-text"
      >
        {source}
      </pre>
    </figure>
  );
}

async function copy(source: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(source);
    showToast({ tone: 'success', title: 'The source is in the clipboard' });
  } catch {
    showToast({ tone: 'danger', title: 'Not copied', description: 'The browser does not allow it here.' });
  }
}
