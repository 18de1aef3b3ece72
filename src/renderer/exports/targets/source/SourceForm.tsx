import { Copy } from 'lucide-react';
import { useState } from 'react';
import type { SourceFramework } from '../../../../graph-engine/targets/python/sourceFramework.ts';
import { nameOf } from '../../../files/fileNames.ts';
import { formatBytes } from '../../../training/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { showToast } from '../../../ui/Toast.tsx';
import type { TargetFormProps } from '../exportTarget.ts';
import { useSourceChoices } from './sourceChoices.ts';
import { useSourcePreview, type SourceKind } from './useSourcePreview.ts';

export interface SourceFormProps extends TargetFormProps {
  readonly framework: SourceFramework;
}

const shownOptions = [
  { value: 'network', label: 'The network' },
  { value: 'training', label: 'The training script' },
] as const satisfies readonly { readonly value: SourceKind; readonly label: string }[];

/** Choices and a preview of source code: the network, and the script that trains it. */
export function SourceForm({ document, framework, path }: SourceFormProps) {
  const { training } = useSourceChoices();
  const [shown, setShown] = useState<SourceKind>('network');
  const module = nameOf(path).replace(/\.py$/i, '');
  const preview = useSourcePreview({ document, framework, kind: training ? shown : 'network', module });
  return (
    <div className="flex flex-col gap-3">
      <Switch
        label="With a training script"
        help="Trains as Skipwire does: the same data and split, the same settings, from the same weights."
        checked={training}
        onChange={(next) => {
          useSourceChoices.setState({ training: next });
          setShown(next ? 'training' : 'network');
        }}
        data-testid="source-training"
      />
      {training && (
        <Select label="Preview" value={shown} options={shownOptions} onChange={setShown} data-testid="source-shown" />
      )}
      {preview !== null && 'reason' in preview ? (
        <p role="alert" className="rounded-md bg-danger-soft p-3 text-sm text-danger">
          {preview.reason}
        </p>
      ) : (
        <SourceText source={preview?.source ?? ''} notices={preview?.notices ?? []} />
      )}
    </div>
  );
}

function SourceText({ source, notices }: { readonly source: string; readonly notices: readonly string[] }) {
  const size =
    source === '' ? 'Writing…' : `${source.split('\n').length - 1} lines, ${formatBytes(new Blob([source]).size)}`;
  return (
    <figure className="flex flex-col gap-1.5">
      <figcaption className="flex items-center gap-2 text-xs text-ink-muted">
        <span>{size}</span>
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
      {notices.length > 0 && (
        <ul className="list-disc pl-4 text-xs text-ink-muted" data-testid="source-notices">
          {notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
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
