import { Input } from '@base-ui/react/input';
import { useId, useState, type KeyboardEvent } from 'react';
import { FieldLayout, inputClassName } from './FieldLayout.tsx';
import { formatNumber, parseNumber, stepNumber, type NumberBounds } from './parseNumber.ts';

export interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  /** Called when the field is left or Enter is pressed, with a number within the bounds. */
  readonly onCommit: (value: number) => void;
  readonly bounds?: NumberBounds;
  readonly help?: string;
  readonly disabled?: boolean;
  readonly 'data-testid'?: string;
}

/** A number as text: scientific notation and arrow keys work; Escape brings the old value back. */
export function NumberField({ label, value, onCommit, bounds = {}, help, ...rest }: NumberFieldProps) {
  const id = useId();
  // Null while nobody types: then the value itself is shown.
  const [draft, setDraft] = useState<string | null>(null);
  const parsed = draft === null ? undefined : parseNumber(draft, bounds);
  const error = parsed?.ok === false ? parsed.error : undefined;
  const helpId = `${id}-help`;

  function commit() {
    if (parsed?.ok === true && parsed.value !== value) onCommit(parsed.value);
    setDraft(null);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === 'Enter' && parsed?.ok !== false) commit();
    else if (event.key === 'Escape' && draft !== null) {
      event.stopPropagation();
      setDraft(null);
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      const from = parsed?.ok === true ? parsed.value : value;
      setDraft(formatNumber(stepNumber(from, event.key === 'ArrowUp' ? 1 : -1, bounds)));
    }
  }

  return (
    <FieldLayout label={label} htmlFor={id} helpId={helpId} error={error} {...(help !== undefined && { help })}>
      <Input
        id={id}
        inputMode="decimal"
        value={draft ?? formatNumber(value)}
        onValueChange={setDraft}
        onBlur={commit}
        onKeyDown={onKeyDown}
        aria-invalid={error !== undefined}
        aria-describedby={help !== undefined || error !== undefined ? helpId : undefined}
        className={inputClassName}
        autoComplete="off"
        {...rest}
      />
    </FieldLayout>
  );
}
