import { FileUp, LoaderCircle } from 'lucide-react';
import { useRef } from 'react';
import type { RunId } from '../../contract/run.ts';
import { useHost } from '../connection/host.ts';
import { Button } from '../ui/Button.tsx';
import { predictFiles, useOwnFiles, type AskedFile } from './ownFileStore.ts';
import { PredictionView } from './PredictionView.tsx';
import { Problem } from './Problem.tsx';

export interface OwnFileViewProps {
  readonly run: RunId;
  /** What the network takes, in words. */
  readonly takes: string;
  readonly onWriteOn: (text: string) => void;
}

/** What the network says of files that the user gives. */
export function OwnFileView({ run, takes, onWriteOn }: OwnFileViewProps) {
  const { connection } = useHost();
  const files = useOwnFiles(run);
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3 rounded-lg border border-dashed border-line-strong p-3">
        <Button
          variant={files.length === 0 ? 'primary' : 'secondary'}
          icon={<FileUp size={14} aria-hidden />}
          onClick={() => chooser.current?.click()}
          data-testid="own-file-choose"
        >
          Choose a file…
        </Button>
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-label="Files to predict"
          data-testid="own-file-input"
          onChange={(event) => {
            const chosen = [...(event.target.files ?? [])];
            // The same file can be chosen again after it was changed.
            event.target.value = '';
            if (chosen.length > 0) void predictFiles(connection, run, chosen);
          }}
        />
        <p className="text-sm text-ink-muted">…or drop one on this pane: {takes}.</p>
      </div>
      {files.map((file) => (
        <section key={file.id} aria-label={`Prediction for ${file.name}`} data-testid="own-file">
          <AskedFileView file={file} onWriteOn={onWriteOn} />
        </section>
      ))}
    </div>
  );
}

function AskedFileView({ file, onWriteOn }: { readonly file: AskedFile; readonly onWriteOn: (text: string) => void }) {
  switch (file.status) {
    case 'working':
      return (
        <p role="status" className="flex items-center gap-2 text-sm text-ink-muted">
          <LoaderCircle size={14} className="animate-spin" aria-hidden /> Looking at {file.name}
        </p>
      );
    case 'failed':
      return <Problem problem={file.problem} data-testid="own-file-problem" />;
    case 'ready':
      return <PredictionView prediction={file.prediction} onWriteOn={onWriteOn} />;
  }
}
