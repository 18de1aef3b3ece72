import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const LOOKS = {
  success: { Icon: CircleCheck, colours: 'bg-success-soft text-success' },
  warning: { Icon: TriangleAlert, colours: 'bg-warning-soft text-warning' },
  danger: { Icon: CircleAlert, colours: 'bg-danger-soft text-danger' },
} as const;
export type ResultTone = keyof typeof LOOKS;

/** What became of an export, in a sentence. */
export function ResultLine({ tone, children }: { readonly tone: ResultTone; readonly children: ReactNode }) {
  const { Icon, colours } = LOOKS[tone];
  return (
    <p className={`flex gap-2 rounded-md p-3 text-sm ${colours}`}>
      <Icon size={16} className="mt-0.5 shrink-0" aria-hidden />
      <span>{children}</span>
    </p>
  );
}

/** The files that were written, with what there is to say about them. */
export function ResultPaths({ paths, detail }: { readonly paths: readonly string[]; readonly detail?: string }) {
  return (
    <div className="text-sm">
      <div className="font-mono text-xs break-all text-ink select-text" data-testid="export-path">
        {paths.map((path) => (
          <div key={path}>{path}</div>
        ))}
      </div>
      {detail !== undefined && <div className="mt-0.5 text-xs text-ink-muted">{detail}</div>}
    </div>
  );
}
