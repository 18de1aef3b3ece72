import { Select as BaseSelect } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { useId } from 'react';
import { classNames } from './classNames.ts';
import { FieldLayout, inputClassName } from './FieldLayout.tsx';

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A second line in the list. */
  readonly detail?: string;
}

export interface SelectProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
  readonly help?: string;
  readonly disabled?: boolean;
  /** Puts the label above a full-width control. */
  readonly wide?: boolean;
  readonly 'data-testid'?: string;
}

/** Choice of one among a few. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, value, options, onChange, help, disabled = false, wide = false, 'data-testid': testId } = props;
  const id = useId();
  const control = (
    <BaseSelect.Root
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
      disabled={disabled}
    >
      <BaseSelect.Trigger
        id={id}
        aria-labelledby={`${id}-label`}
        data-testid={testId}
        className={classNames(
          inputClassName,
          'flex items-center justify-between gap-2 text-left data-popup-open:border-focus',
        )}
      >
        <BaseSelect.Value className="truncate" />
        <BaseSelect.Icon className="shrink-0 text-ink-muted">
          <ChevronsUpDown size={13} aria-hidden />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none select-none">
          <BaseSelect.Popup className="max-h-[var(--available-height)] max-w-80 min-w-[var(--anchor-width)] overflow-auto rounded-lg bg-raised p-1 text-ink shadow-popup outline-none">
            <BaseSelect.List>
              {options.map((option) => (
                <BaseSelect.Item
                  key={option.value}
                  value={option.value}
                  className="grid min-h-7 grid-cols-[1fr_1rem] items-center gap-x-3 rounded-sm px-2 py-1 text-sm outline-none select-none data-highlighted:bg-hover"
                >
                  <BaseSelect.ItemText>{option.label}</BaseSelect.ItemText>
                  <BaseSelect.ItemIndicator className="text-accent-ink">
                    <Check size={14} aria-hidden />
                  </BaseSelect.ItemIndicator>
                  {option.detail !== undefined && (
                    <span className="col-span-2 text-xs text-ink-muted">{option.detail}</span>
                  )}
                </BaseSelect.Item>
              ))}
            </BaseSelect.List>
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
  if (!wide) {
    return (
      <FieldLayout label={label} htmlFor={id} labelId={`${id}-label`} {...(help !== undefined && { help })}>
        {control}
      </FieldLayout>
    );
  }
  return (
    <div className="flex flex-col gap-1">
      <label id={`${id}-label`} htmlFor={id} className="text-xs font-medium text-ink-muted">
        {label}
      </label>
      {control}
      {help !== undefined && <p className="text-xs text-ink-muted">{help}</p>}
    </div>
  );
}
