import { ArrowUpFromLine, ChevronsUpDown, FunctionSquare, RotateCcw } from 'lucide-react';
import { useId, useState, type ComponentProps, type KeyboardEvent } from 'react';
import type { ParameterValue } from '../../graph-engine/document/schema.ts';
import { classNames } from '../ui/classNames.ts';
import { inputClassName } from '../ui/FieldLayout.tsx';
import { stepNumber } from '../ui/parseNumber.ts';
import type { FormField } from './formFields.ts';
import { formatField, isExpression, parseField } from './parseField.ts';

export interface ParameterFieldProps {
  readonly field: FormField;
  /** What the document has; `undefined` for the default. */
  readonly given: ParameterValue | undefined;
  /** What an expression comes to, where that is known. */
  readonly resolved: unknown;
  /** What inference says about the value. */
  readonly problem?: string | undefined;
  /** Whether there are names an expression could use. */
  readonly expressions: boolean;
  readonly onCommit: (value: ParameterValue | undefined) => void;
  /** Makes it a parameter of the block the node is in; where there is one. */
  readonly onPromote?: () => void;
}

/** One parameter: a number, a pair, a switch or a choice, or an expression in any of their places. */
export function ParameterField(props: ParameterFieldProps) {
  const { field, given, resolved, problem, expressions, onCommit } = props;
  const id = useId();
  const [writing, setWriting] = useState(false);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const value = given ?? field.initial;
  const plain = field.kind === 'boolean' || field.kind === 'choice' || field.kind === 'padding';
  const asText = !plain || isExpression(value) || writing;
  const error = typed ?? problem;
  const helpId = `${id}-help`;
  const described = error !== undefined || field.help !== '' ? helpId : undefined;
  const commit = (next: ParameterValue | undefined): void => {
    setWriting(false);
    onCommit(JSON.stringify(next) === JSON.stringify(field.initial) ? undefined : next);
  };
  const control = { id, field, value, onCommit: commit, describedBy: described };
  return (
    <div className="group/field flex flex-col gap-0.5 py-1" data-parameter={field.name}>
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,9.5rem)] items-center gap-2 @max-[17rem]:grid-cols-1 @max-[17rem]:gap-0.5">
        <div className="flex min-w-0 items-center gap-1">
          <label htmlFor={id} className="truncate text-sm text-ink">
            {field.label}
          </label>
          {given !== undefined && (
            <SmallButton
              label={`${field.label} back to ${formatField(field, field.initial)}`}
              onClick={() => commit(undefined)}
            >
              <RotateCcw size={11} aria-hidden />
            </SmallButton>
          )}
          {props.onPromote !== undefined && !isExpression(value) && (
            <SmallButton label={`Promote ${field.label} to the block`} onClick={props.onPromote}>
              <ArrowUpFromLine size={11} aria-hidden />
            </SmallButton>
          )}
          {plain && expressions && !asText && (
            <SmallButton label={`${field.label} as an expression`} onClick={() => setWriting(true)}>
              <FunctionSquare size={12} aria-hidden />
            </SmallButton>
          )}
        </div>
        {asText ? (
          <TextControl
            {...control}
            invalid={error !== undefined}
            onError={setTyped}
            onLeave={() => setWriting(false)}
            starting={writing}
          />
        ) : field.kind === 'boolean' ? (
          <BooleanControl {...control} />
        ) : field.kind === 'choice' ? (
          <ChoiceControl {...control} choices={field.choices} />
        ) : (
          <PaddingControl
            {...control}
            named={field.named}
            sides={field.sides}
            onError={setTyped}
            invalid={error !== undefined}
          />
        )}
      </div>
      {isExpression(value) && resolved !== undefined && error === undefined && (
        <p className="text-right text-2xs text-ink-muted tabular-nums">comes to {formatField(field, resolved)}</p>
      )}
      {error !== undefined ? (
        <p id={helpId} role="alert" className="text-xs text-danger">
          {error}
        </p>
      ) : (
        field.help !== '' && (
          <p id={helpId} className="text-2xs text-ink-muted">
            {field.help}
          </p>
        )
      )}
    </div>
  );
}

function SmallButton({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="inline-flex size-5 shrink-0 items-center justify-center rounded-xs text-ink-faint opacity-0 group-hover/field:opacity-100 hover:bg-hover hover:text-ink focus-visible:opacity-100"
    >
      {children}
    </button>
  );
}

interface ControlProps {
  readonly id: string;
  readonly field: FormField;
  readonly value: unknown;
  readonly describedBy: string | undefined;
  readonly onCommit: (value: ParameterValue) => void;
}

interface TextControlProps extends ControlProps {
  readonly invalid: boolean;
  /** Tells what is wrong with the text; nothing of it is in the document. */
  readonly onError: (error: string | undefined) => void;
  readonly onLeave: () => void;
  /** The field was just turned into an expression. */
  readonly starting: boolean;
}

function TextControl({
  id,
  field,
  value,
  describedBy,
  onCommit,
  invalid,
  onError,
  onLeave,
  starting,
}: TextControlProps) {
  const shown = starting && !isExpression(value) ? '= ' : formatField(field, value);
  // Null while nobody types: then the value itself is shown.
  const [draft, setDraft] = useState<string | null>(null);

  function change(text: string): void {
    setDraft(text);
    const parsed = parseField(field, text);
    onError(parsed.ok ? undefined : parsed.error);
  }

  function leave(): void {
    setDraft(null);
    onError(undefined);
    onLeave();
  }

  function finish(): void {
    if (draft !== null) {
      const parsed = parseField(field, draft);
      if (parsed.ok && JSON.stringify(parsed.value) !== JSON.stringify(value)) onCommit(parsed.value);
    }
    leave();
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key === 'Enter') {
      if (draft === null || parseField(field, draft).ok) finish();
    } else if (event.key === 'Escape') {
      if (draft !== null || starting) event.stopPropagation();
      leave();
    } else if (
      (event.key === 'ArrowUp' || event.key === 'ArrowDown') &&
      (field.kind === 'number' || field.kind === 'pair')
    ) {
      const parsed = parseField(field, draft ?? shown);
      const direction = event.key === 'ArrowUp' ? 1 : -1;
      const step = (one: unknown): unknown =>
        typeof one === 'number' ? stepNumber(one, direction, field.bounds) : one;
      if (!parsed.ok) return;
      event.preventDefault();
      const next = Array.isArray(parsed.value) ? (parsed.value.map(step) as number[]) : (step(parsed.value) as number);
      setDraft(null);
      onError(undefined);
      onCommit(next);
    }
  }

  return (
    <input
      id={id}
      data-testid={`field-${field.name}`}
      className={classNames(inputClassName, isExpression(draft ?? shown) && 'font-mono text-xs')}
      value={draft ?? shown}
      autoFocus={starting}
      onChange={(event) => change(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={finish}
      onKeyDown={onKeyDown}
      aria-invalid={invalid}
      aria-describedby={describedBy}
      spellCheck={false}
      autoComplete="off"
    />
  );
}

function BooleanControl({ id, field, value, describedBy, onCommit }: ControlProps) {
  const on = value === true;
  return (
    <button
      type="button"
      role="switch"
      id={id}
      aria-checked={on}
      aria-describedby={describedBy}
      data-testid={`field-${field.name}`}
      onClick={() => onCommit(!on)}
      className={classNames(
        'ml-auto flex h-[18px] w-8 rounded-full p-0.5 transition-colors duration-100',
        on ? 'bg-accent' : 'bg-line-strong',
      )}
    >
      <span
        className={classNames(
          'size-3.5 rounded-full bg-white shadow-card transition-transform duration-100',
          on && 'translate-x-3.5',
        )}
      />
    </button>
  );
}

/** The system's own list, in the editor's dress. */
function Choice(props: Omit<ComponentProps<'select'>, 'className'>) {
  return (
    <span className="relative min-w-0 flex-1">
      <select {...props} className={`${inputClassName} appearance-none pr-6`} />
      <ChevronsUpDown
        size={13}
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 text-ink-muted"
      />
    </span>
  );
}

function ChoiceControl({
  id,
  field,
  value,
  describedBy,
  onCommit,
  choices,
}: ControlProps & { readonly choices: readonly string[] }) {
  return (
    <Choice
      id={id}
      value={String(value)}
      aria-describedby={describedBy}
      data-testid={`field-${field.name}`}
      onChange={(event) => onCommit(event.target.value)}
    >
      {choices.map((choice) => (
        <option key={choice}>{choice}</option>
      ))}
    </Choice>
  );
}

interface PaddingControlProps extends ControlProps {
  readonly named: readonly string[];
  readonly sides: 1 | 2;
  readonly invalid: boolean;
  readonly onError: (error: string | undefined) => void;
}

/** A padding by its name, or how many pixels or positions go on each side. */
function PaddingControl({ named, sides, onError, invalid, ...control }: PaddingControlProps) {
  const { id, value, describedBy, onCommit } = control;
  const name = typeof value === 'string' && named.includes(value) ? value : undefined;
  const explicit = name === undefined;
  return (
    <div className="flex gap-1">
      <Choice
        id={id}
        value={name ?? 'explicit'}
        aria-describedby={describedBy}
        data-testid={explicit ? 'field-padding-kind' : 'field-padding'}
        onChange={(event) =>
          onCommit(event.target.value === 'explicit' ? (sides === 1 ? 1 : [1, 1]) : event.target.value)
        }
      >
        {[...named, 'explicit'].map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </Choice>
      {explicit && (
        <TextControl
          {...control}
          id={`${id}-pixels`}
          invalid={invalid}
          onError={onError}
          onLeave={() => undefined}
          starting={false}
        />
      )}
    </div>
  );
}
