import type { ReactNode } from 'react';

export interface FieldLayoutProps {
  readonly label: string;
  /** Id of the control the label belongs to. */
  readonly htmlFor: string;
  readonly labelId?: string;
  readonly help?: string;
  readonly helpId?: string;
  readonly error?: string | undefined;
  readonly children: ReactNode;
}

/** A label beside its control, with a line of help or an error under both. */
export function FieldLayout({ label, htmlFor, labelId, help, helpId, error, children }: FieldLayoutProps) {
  return (
    <div className="flex flex-col gap-0.5">
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,11rem)] items-center gap-3 @max-[17rem]:grid-cols-1 @max-[17rem]:gap-0.5">
        <label htmlFor={htmlFor} id={labelId} className="truncate text-sm text-ink">
          {label}
        </label>
        {children}
      </div>
      {error !== undefined ? (
        <p id={helpId} role="alert" className="text-xs text-danger">
          {error}
        </p>
      ) : (
        help !== undefined && (
          <p id={helpId} className="text-xs text-ink-muted">
            {help}
          </p>
        )
      )}
    </div>
  );
}

/** The look shared by every control one types into. */
export const inputClassName =
  'h-7 w-full min-w-0 rounded-md border border-line bg-surface px-2 text-sm text-ink tabular-nums placeholder:text-ink-faint hover:not-disabled:border-line-strong focus:border-focus focus:outline-2 focus:-outline-offset-1 focus:outline-focus aria-invalid:border-danger disabled:bg-sunken disabled:text-ink-muted';
