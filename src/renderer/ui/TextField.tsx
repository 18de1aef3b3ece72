import { Input } from '@base-ui/react/input';
import { useId, type Ref } from 'react';
import { FieldLayout, inputClassName } from './FieldLayout.tsx';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: string;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  /** Puts the label above a full-width field. */
  readonly wide?: boolean;
  readonly autoFocus?: boolean;
  /** Shows dots in the place of what is typed. */
  readonly secret?: boolean;
  readonly 'data-testid'?: string;
  readonly ref?: Ref<HTMLInputElement>;
}

/** One line of text. */
export function TextField({
  label,
  value,
  onChange,
  help,
  error,
  wide = false,
  secret = false,
  ...rest
}: TextFieldProps) {
  const id = useId();
  const helpId = `${id}-help`;
  const input = (
    <Input
      id={id}
      type={secret ? 'password' : 'text'}
      value={value}
      onValueChange={onChange}
      aria-invalid={error !== undefined}
      aria-describedby={help !== undefined || error !== undefined ? helpId : undefined}
      className={inputClassName}
      spellCheck={false}
      autoComplete="off"
      // What the dialog begins with is a proposal: typing replaces it.
      onFocus={rest.autoFocus === true ? (event) => event.currentTarget.select() : undefined}
      {...rest}
    />
  );
  if (!wide) {
    return (
      <FieldLayout label={label} htmlFor={id} helpId={helpId} error={error} {...(help !== undefined && { help })}>
        {input}
      </FieldLayout>
    );
  }
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-muted">
        {label}
      </label>
      {input}
      {(error ?? help) !== undefined && (
        <p id={helpId} className={error !== undefined ? 'text-xs text-danger' : 'text-xs text-ink-muted'}>
          {error ?? help}
        </p>
      )}
    </div>
  );
}
