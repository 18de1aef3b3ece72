import { useId, useState } from 'react';
import { inputClassName } from '../ui/FieldLayout.tsx';
import { formatNumber, parseNumber, type NumberBounds } from '../ui/parseNumber.ts';
import { classNames } from '../ui/classNames.ts';

interface CompactFieldProps {
  readonly label: string;
  readonly className?: string;
  readonly 'data-testid'?: string;
}

export interface CompactNumberProps extends CompactFieldProps {
  readonly value: number | undefined;
  readonly bounds?: NumberBounds;
  readonly onCommit: (value: number) => void;
  /** Called when the field is emptied, where it may be empty. */
  readonly onClear?: () => void;
  readonly placeholder?: string;
}

/** A number with its name above it, for places where several stand in a row. */
export function CompactNumber({ label, value, bounds, onCommit, onClear, className, ...rest }: CompactNumberProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const cleared = draft?.trim() === '' && onClear !== undefined;
  const parsed = draft === null || cleared ? undefined : parseNumber(draft, bounds);
  const commit = (): void => {
    if (cleared) onClear();
    else if (parsed?.ok === true && parsed.value !== value) onCommit(parsed.value);
    setDraft(null);
  };
  return (
    <TextBox
      label={label}
      className={className}
      text={draft ?? (value === undefined ? '' : formatNumber(value))}
      error={parsed?.ok === false ? parsed.error : undefined}
      onText={setDraft}
      onCommit={commit}
      onCancel={draft === null ? undefined : () => setDraft(null)}
      {...rest}
    />
  );
}

export interface CompactTextProps extends CompactFieldProps {
  readonly value: string;
  /** Why the text cannot be taken; undefined when it can. */
  readonly whyNot: (text: string) => string | undefined;
  readonly onCommit: (text: string) => void;
}

/** Text with its name above it; it is taken when the field is left or Enter is pressed. */
export function CompactText({ label, value, whyNot, onCommit, className, ...rest }: CompactTextProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const error = draft === null ? undefined : whyNot(draft);
  const commit = (): void => {
    if (draft !== null && error === undefined && draft !== value) onCommit(draft);
    setDraft(null);
  };
  return (
    <TextBox
      label={label}
      className={className}
      text={draft ?? value}
      error={error}
      onText={setDraft}
      onCommit={commit}
      onCancel={draft === null ? undefined : () => setDraft(null)}
      {...rest}
    />
  );
}

interface TextBoxProps extends Omit<CompactFieldProps, 'className'> {
  readonly className: string | undefined;
  readonly text: string;
  readonly error: string | undefined;
  readonly placeholder?: string | undefined;
  readonly onText: (text: string) => void;
  readonly onCommit: () => void;
  readonly onCancel: (() => void) | undefined;
}

function TextBox({ label, className, text, error, onText, onCommit, onCancel, ...rest }: TextBoxProps) {
  const id = useId();
  return (
    <div className={classNames('flex flex-col gap-0.5', className)}>
      <label htmlFor={id} className="text-2xs text-ink-muted">
        {label}
      </label>
      <input
        id={id}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onBlur={onCommit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onCommit();
          else if (event.key === 'Escape' && onCancel !== undefined) {
            event.stopPropagation();
            onCancel();
          }
        }}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        className={inputClassName}
        spellCheck={false}
        autoComplete="off"
        {...rest}
      />
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-2xs text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
