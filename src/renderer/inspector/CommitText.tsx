import { useState, type KeyboardEvent } from 'react';
import { classNames } from '../ui/classNames.ts';
import { inputClassName } from '../ui/FieldLayout.tsx';

export interface CommitTextProps {
  readonly label: string;
  readonly value: string;
  /** Called when the field is left or Enter is pressed. */
  readonly onCommit: (value: string) => void;
  /** Why a text cannot be taken. */
  readonly check?: (value: string) => string | undefined;
  readonly placeholder?: string;
  readonly lines?: number;
  readonly className?: string;
  readonly testId?: string;
}

/** Text that comes into the document when the field is left; Escape brings the old one back. */
export function CommitText({
  label,
  value,
  onCommit,
  check,
  placeholder,
  lines = 1,
  className,
  testId,
}: CommitTextProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const error = draft === null ? undefined : check?.(draft);

  function finish(): void {
    if (draft !== null && error === undefined && draft !== value) onCommit(draft);
    setDraft(null);
  }

  const shared = {
    'aria-label': label,
    'aria-invalid': error !== undefined,
    'data-testid': testId,
    value: draft ?? value,
    placeholder,
    spellCheck: false,
    onBlur: finish,
    onChange: (event: { readonly target: { readonly value: string } }) => setDraft(event.target.value),
    onKeyDown(event: KeyboardEvent) {
      if (event.key === 'Escape' && draft !== null) {
        event.stopPropagation();
        setDraft(null);
      } else if (event.key === 'Enter' && (lines === 1 || event.ctrlKey || event.metaKey) && error === undefined) {
        event.preventDefault();
        finish();
      }
    },
  };
  return (
    <div className="min-w-0 flex-1">
      {lines === 1 ? (
        <input {...shared} autoComplete="off" className={classNames(inputClassName, className)} />
      ) : (
        <textarea
          {...shared}
          rows={lines}
          className={classNames(inputClassName, 'h-auto resize-y py-1.5 leading-snug', className)}
        />
      )}
      {error !== undefined && (
        <p role="alert" className="mt-0.5 text-xs text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
