import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { dataSettings, TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { NumberField } from '../ui/NumberField.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';
import { fieldsOf, type SettingField } from './schemaFields.ts';

export interface TrainingFormProps {
  readonly settings: TrainingSettings;
  readonly disabled: boolean;
  /** Called with the settings that change, parsed. */
  readonly onChange: (changes: Partial<TrainingSettings>) => void;
}

/** What concerns the data is chosen apart, from what the host has. */
const fields = fieldsOf(TrainingSettings.omit(dataSettings));
const partialSettings = TrainingSettings.partial();

/** Training settings as a form generated from their schema. */
export function TrainingForm({ settings, disabled, onChange }: TrainingFormProps) {
  return (
    <div className="flex flex-col gap-3">
      {fields.map((field) => (
        <Field
          key={field.key}
          field={field}
          value={valueIn(settings, field.key)}
          disabled={disabled}
          onChange={(value) => {
            // Partial defaults would change settings nobody touched: only the one field is taken.
            const parsed = partialSettings.parse({ [field.key]: value });
            onChange({ [field.key]: valueIn(parsed, field.key) });
          }}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  readonly field: SettingField;
  readonly value: unknown;
  readonly disabled: boolean;
  readonly onChange: (value: unknown) => void;
}

function Field({ field, value, disabled, onChange }: FieldProps) {
  const common = { label: field.label, help: field.help, disabled, 'data-testid': field.key };
  switch (field.kind) {
    case 'number':
      return <NumberField {...common} value={Number(value)} bounds={field.bounds} onCommit={onChange} />;
    case 'boolean':
      return <Switch {...common} checked={value === true} onChange={onChange} />;
    case 'text':
      return <TextField {...common} value={String(value)} onChange={onChange} />;
    case 'choice': {
      // A choice that may be left out has its default first.
      const options = field.options.map((option) => ({ value: option, label: option }));
      return (
        <Select
          {...common}
          value={typeof value === 'string' ? value : (field.options[0] ?? '')}
          options={options}
          onChange={onChange}
        />
      );
    }
    case 'union':
      return <UnionField field={field} value={value} disabled={disabled} onChange={onChange} />;
    default:
      return assertNever(field);
  }
}

function UnionField({ field, value, disabled, onChange }: FieldProps & { field: SettingField & { kind: 'union' } }) {
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
            <Field
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

function valueIn(record: unknown, key: string): unknown {
  return typeof record === 'object' && record !== null ? (record as Record<string, unknown>)[key] : undefined;
}
