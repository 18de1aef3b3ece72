import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { NumberField } from '../ui/NumberField.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { SettingField } from './schemaFields.ts';

export interface SettingControlProps {
  readonly field: SettingField;
  readonly value: unknown;
  readonly disabled: boolean;
  readonly onChange: (value: unknown) => void;
}

/** The control of one setting, with its reason; a choice with settings of its own shows them below. */
export function SettingControl({ field, value, disabled, onChange }: SettingControlProps) {
  const common = { label: field.label, help: field.help, disabled, 'data-testid': field.key };
  const shown = value === undefined ? field.standard : value;
  switch (field.kind) {
    case 'number':
      return <NumberField {...common} value={Number(shown ?? 0)} bounds={field.bounds} onCommit={onChange} />;
    case 'boolean':
      return <Switch {...common} checked={shown === true} onChange={onChange} />;
    case 'text':
      return <TextField {...common} value={typeof shown === 'string' ? shown : ''} onChange={onChange} />;
    case 'choice':
      return (
        <Select
          {...common}
          value={typeof shown === 'string' ? shown : ''}
          options={field.options}
          onChange={onChange}
        />
      );
    case 'union':
      return <UnionControl field={field} value={shown} disabled={disabled} onChange={onChange} />;
    default:
      return assertNever(field);
  }
}

function UnionControl({
  field,
  value,
  disabled,
  onChange,
}: SettingControlProps & { field: SettingField & { kind: 'union' } }) {
  const chosen = field.variants.find((variant) => variant.value === valueIn(value, field.discriminator));
  return (
    <div className="flex flex-col gap-2">
      <Select
        label={field.label}
        value={chosen?.value ?? ''}
        options={field.variants.map(({ value: option, label, help }) => ({ value: option, label, detail: help }))}
        onChange={(next) => onChange(field.variants.find((variant) => variant.value === next)?.initial)}
        help={chosen?.help ?? field.help}
        disabled={disabled}
        data-testid={field.key}
      />
      {chosen !== undefined && chosen.fields.length > 0 && (
        <div className="ml-1 flex flex-col gap-2 border-l border-line pl-3">
          {chosen.fields.map((inner) => (
            <SettingControl
              key={`${chosen.value}.${inner.key}`}
              field={inner}
              value={valueIn(value, inner.key)}
              disabled={disabled}
              onChange={(next) => onChange({ ...Object(value), [inner.key]: next })}
            />
          ))}
        </div>
      )}
    </div>
  );
}

/** A property of something that may be no object. */
export function valueIn(record: unknown, key: string): unknown {
  return typeof record === 'object' && record !== null ? (record as Record<string, unknown>)[key] : undefined;
}
