import { ChevronRight, RotateCcw, Search } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { settingGroups, type SettingGroup } from '../../graph-engine/document/settingMeta.ts';
import { dataSettings, TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { trainingPresets } from '../../graph-engine/training/presets.ts';
import { classNames } from '../ui/classNames.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Select } from '../ui/Select.tsx';
import { fieldsOf, isChanged, isFound, type SettingField } from './schemaFields.ts';
import { SettingControl, valueIn } from './SettingControl.tsx';

export interface TrainingFormProps {
  readonly settings: TrainingSettings;
  readonly disabled: boolean;
  /** Called with the settings that change, parsed; one that is set to nothing gets its standard. */
  readonly onChange: (changes: Partial<TrainingSettings>) => void;
  /** Shown in the section of the learning rate. */
  readonly schedule?: ReactNode;
}

/** What concerns the data is chosen apart, from what the host has. */
const fields = fieldsOf(TrainingSettings.omit(dataSettings));
const partialSettings = TrainingSettings.partial();

const TITLES: Readonly<Record<SettingGroup, string>> = {
  basics: 'Basics',
  rate: 'Learning rate',
  gradients: 'Gradients',
  generalization: 'Generalization',
  measuring: 'Measuring and stopping',
  machine: 'Precision and memory',
};

/**
 * Training settings as a form generated from their schema: the basics first, the rest in sections that open. What differs from
 * its standard is marked and can be put back; a search finds settings by name, reason and other words for them.
 */
export function TrainingForm({ settings, disabled, onChange, schedule }: TrainingFormProps) {
  const [query, setQuery] = useState('');
  const found = query.trim() === '' ? undefined : fields.filter((field) => isFound(field, query.trim()));
  const change = (field: SettingField, value: unknown): void => {
    if (value === undefined) {
      onChange({ [field.key]: field.optional ? undefined : field.standard });
      return;
    }
    // Partial defaults would change settings nobody touched: only the one field is taken.
    const parsed = partialSettings.safeParse({ [field.key]: value });
    if (parsed.success) onChange({ [field.key]: valueIn(parsed.data, field.key) });
  };
  const rows = (shown: readonly SettingField[]) =>
    shown.map((field) => (
      <SettingRow
        key={field.key}
        field={field}
        value={valueIn(settings, field.key)}
        disabled={disabled}
        onChange={(value) => change(field, value)}
      />
    ));
  return (
    <div className="flex flex-col gap-3" data-testid="training-form">
      <SearchField value={query} onChange={setQuery} />
      {found !== undefined ? (
        <>
          {rows(found)}
          {found.length === 0 && <p className="text-xs text-ink-muted">No setting is called “{query}”.</p>}
        </>
      ) : (
        settingGroups.map((group) => {
          const members = fields.filter((field) => field.group === group);
          if (group === 'basics') {
            return (
              <div key={group} className="flex flex-col gap-3">
                <Presets onChange={onChange} />
                {rows(members)}
              </div>
            );
          }
          const changed = members.filter((field) => isChanged(field, valueIn(settings, field.key)));
          return (
            <SettingSection key={group} group={group} changed={changed.map(({ label }) => label)}>
              {rows(members)}
              {group === 'rate' && schedule}
            </SettingSection>
          );
        })
      )}
    </div>
  );
}

function SearchField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  return (
    <label className="flex h-7 items-center gap-2 rounded-md border border-line bg-surface px-2 focus-within:border-focus">
      <Search size={13} aria-hidden className="shrink-0 text-ink-muted" />
      <input
        type="search"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || value === '') return;
          event.stopPropagation();
          onChange('');
        }}
        placeholder="Find a setting"
        aria-label="Find a setting"
        data-testid="setting-search"
        className="min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-ink-faint"
      />
    </label>
  );
}

function Presets({ onChange }: { readonly onChange: TrainingFormProps['onChange'] }) {
  const options = trainingPresets.map(({ id, title, source }) => ({ value: id, label: title, detail: source }));
  return (
    <Select
      label="Preset"
      value=""
      options={[{ value: '', label: 'Choose a recipe…' }, ...options]}
      onChange={(id) => {
        const preset = trainingPresets.find((one) => one.id === id);
        if (preset !== undefined) onChange(preset.changes);
      }}
      help="Fills in settings that were published together; one undo takes them back."
      data-testid="preset"
    />
  );
}

/** A section that opens; closed, it says what in it differs from the standard. */
function SettingSection({
  group,
  changed,
  children,
}: {
  readonly group: SettingGroup;
  readonly changed: readonly string[];
  readonly children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="border-t border-line pt-2">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        data-testid={`settings-${group}`}
        className="flex w-full items-center gap-1.5 rounded-sm py-0.5 text-left text-sm font-medium hover:bg-hover"
      >
        <ChevronRight
          size={14}
          aria-hidden
          className={classNames('shrink-0 text-ink-muted transition-transform', open && 'rotate-90')}
        />
        <span>{TITLES[group]}</span>
        {changed.length > 0 && (
          <span className="ml-auto truncate pl-2 text-2xs font-normal text-accent">{changed.join(', ')}</span>
        )}
      </button>
      <div id={id} hidden={!open} className="mt-2 flex-col gap-3 not-[[hidden]]:flex">
        {open && children}
      </div>
    </div>
  );
}

function SettingRow({
  field,
  value,
  disabled,
  onChange,
}: {
  readonly field: SettingField;
  readonly value: unknown;
  readonly disabled: boolean;
  readonly onChange: (value: unknown) => void;
}) {
  const changed = isChanged(field, value);
  return (
    <div
      className={classNames(
        'relative',
        changed &&
          'before:absolute before:inset-y-0 before:-left-2.5 before:w-0.5 before:rounded-full before:bg-accent',
      )}
    >
      <SettingControl field={field} value={value} disabled={disabled} onChange={onChange} />
      {changed && (
        <IconButton
          label={`Put “${field.label}” back to its standard`}
          icon={<RotateCcw size={11} aria-hidden />}
          disabled={disabled}
          onClick={() => onChange(undefined)}
          className="absolute top-1 -right-4 size-6!"
          data-testid={`reset-${field.key}`}
        />
      )}
    </div>
  );
}
