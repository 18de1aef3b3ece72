import { useState } from 'react';
import type { DataReader, ReaderOf, TableColumn } from '../../graph-engine/training/dataReader.ts';
import { NumberField } from '../ui/NumberField.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';

export interface ReaderFormProps {
  readonly reader: DataReader;
  readonly onChange: (reader: DataReader) => void;
}

const choices = <Value extends string>(labels: Readonly<Record<Value, string>>) =>
  (Object.entries(labels) as [Value, string][]).map(([value, label]) => ({ value, label }));

const fits = choices({ cover: 'Cut what stands over', contain: 'Add borders', stretch: 'Stretch' });
const colours = choices({ auto: 'As most are', grey: 'Grey', colour: 'Colour' });
const delimiters = choices({ ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Bar' });
const decimals = choices({ '.': 'Point', ',': 'Comma' });
const gaps = choices({ fill: 'Fill with the mean', 'leave-out': 'Leave the row out', stop: 'Report the row' });
const uses = choices({ feature: 'Feature', target: 'Target', ignore: 'Not used' });
const types = choices({ number: 'Number', category: 'Category' });
const tokens = choices({ characters: 'Characters', words: 'Words', 'byte-pairs': 'Byte pairs' });
const layouts = choices({ 'channels-last': 'Last', 'channels-first': 'First' });
const learns = choices({ auto: 'As they look', class: 'Classes', values: 'Values', mask: 'Masks' });
const labels = choices({ fine: 'All 100 classes', coarse: '20 groups of classes' });

/** How files are read: what was found, and the user's to change. */
export function ReaderForm({ reader, onChange }: ReaderFormProps) {
  switch (reader.kind) {
    case 'image-folder':
    case 'image-masks':
      return <ImageFields reader={reader} onChange={onChange} />;
    case 'table':
      return <TableFields reader={reader} onChange={onChange} />;
    case 'text':
      return (
        <div className="flex flex-col gap-2">
          <Select
            label="Tokens"
            value={reader.tokens}
            options={tokens}
            onChange={(next) => onChange({ ...reader, tokens: next })}
            data-testid="reader-tokens"
          />
          <NumberField
            label="Most tokens"
            value={reader.vocabulary}
            bounds={{ minimum: 2, maximum: 65_536, integer: true }}
            help="What is more seldom becomes one unknown token."
            onCommit={(vocabulary) => onChange({ ...reader, vocabulary })}
            data-testid="reader-vocabulary"
          />
        </div>
      );
    case 'cifar':
      return (
        <Select
          label="Labels"
          value={reader.labels}
          options={labels}
          help="CIFAR-10 has one kind only."
          onChange={(next) => onChange({ ...reader, labels: next })}
        />
      );
    case 'arrays':
      return (
        <div className="flex flex-col gap-2">
          <CommitField
            label="Array of inputs"
            value={reader.inputs}
            onCommit={(inputs) => onChange({ ...reader, inputs })}
          />
          <CommitField
            label="Array of targets"
            value={reader.targets}
            onCommit={(targets) => onChange({ ...reader, targets })}
          />
          <Select
            label="Channels"
            value={reader.layout}
            options={layouts}
            onChange={(layout) => onChange({ ...reader, layout })}
          />
          <Select
            label="Targets are"
            value={reader.learn}
            options={learns}
            onChange={(learn) => onChange({ ...reader, learn })}
          />
        </div>
      );
    case 'idx':
      return (
        <p className="text-xs text-ink-muted">
          IDX files say everything themselves. A line for each class in classes.txt beside them names the classes.
        </p>
      );
  }
}

interface CommitFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onCommit: (value: string) => void;
}

/** A name that is taken when the field is left: every letter would read the files anew. */
function CommitField({ label, value, onCommit }: CommitFieldProps) {
  const [draft, setDraft] = useState(value);
  const commit = (): void => {
    if (draft !== value) onCommit(draft);
  };
  return (
    <form
      onBlur={commit}
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <TextField label={label} value={draft} onChange={setDraft} />
    </form>
  );
}

type ImageReader = ReaderOf<'image-folder'> | ReaderOf<'image-masks'>;

function ImageFields({
  reader,
  onChange,
}: {
  readonly reader: ImageReader;
  readonly onChange: ReaderFormProps['onChange'];
}) {
  const size = reader.size ?? { height: 32, width: 32 };
  const bounds = { minimum: 1, maximum: 4096, integer: true };
  return (
    <div className="flex flex-col gap-2">
      <NumberField
        label="Height"
        value={size.height}
        bounds={bounds}
        onCommit={(height) => onChange({ ...reader, size: { ...size, height } })}
        data-testid="reader-height"
      />
      <NumberField
        label="Width"
        value={size.width}
        bounds={bounds}
        onCommit={(width) => onChange({ ...reader, size: { ...size, width } })}
        data-testid="reader-width"
      />
      <Select
        label="Other sizes"
        value={reader.fit}
        options={fits}
        onChange={(fit) => onChange({ ...reader, fit })}
        data-testid="reader-fit"
      />
      <Select
        label="Colours"
        value={reader.colour}
        options={colours}
        onChange={(colour) => onChange({ ...reader, colour })}
      />
      <Switch
        label="Leave out what cannot be read"
        checked={reader.leaveOut}
        onChange={(leaveOut) => onChange({ ...reader, leaveOut })}
      />
    </div>
  );
}

interface TableFieldsProps {
  readonly reader: ReaderOf<'table'>;
  readonly onChange: ReaderFormProps['onChange'];
}

function TableFields({ reader, onChange }: TableFieldsProps) {
  const change = (index: number, changes: Partial<TableColumn>): void =>
    onChange({
      ...reader,
      columns: reader.columns.map((column, at) => (at === index ? { ...column, ...changes } : column)),
    });
  // Other columns come with another way of cutting lines: they are found anew.
  const recut = (changes: Partial<ReaderOf<'table'>>): void => onChange({ ...reader, ...changes, columns: [] });
  return (
    <div className="flex flex-col gap-2">
      <Select
        label="Between cells"
        value={reader.delimiter}
        options={delimiters}
        onChange={(delimiter) => recut({ delimiter })}
      />
      <Select
        label="Before fractions"
        value={reader.decimal}
        options={decimals}
        onChange={(decimal) => recut({ decimal })}
      />
      <Switch label="First line names the columns" checked={reader.header} onChange={(header) => recut({ header })} />
      <Select
        label="Cells without a value"
        value={reader.missing}
        options={gaps}
        onChange={(missing) => onChange({ ...reader, missing })}
      />
      <Switch
        label="Leave out rows that cannot be read"
        checked={reader.leaveOut}
        onChange={(leaveOut) => onChange({ ...reader, leaveOut })}
      />
      <div className="max-h-72 overflow-y-auto">
        <table className="w-full text-xs" data-testid="reader-columns">
          <thead>
            <tr className="text-left text-ink-muted">
              <th scope="col" className="py-1 font-medium">
                Column
              </th>
              <th scope="col" className="w-28 py-1 font-medium">
                Use
              </th>
              <th scope="col" className="w-28 py-1 font-medium">
                Type
              </th>
            </tr>
          </thead>
          <tbody>
            {reader.columns.map(({ name, use, type }, index) => (
              <tr key={name} className="border-t border-line">
                <th scope="row" className="max-w-48 truncate py-0.5 pr-2 text-left font-normal text-ink" title={name}>
                  {name}
                </th>
                <td className="py-0.5 pr-2">
                  <NativeSelect
                    label={`Use of ${name}`}
                    value={use}
                    options={uses}
                    onChange={(next) => change(index, { use: next })}
                  />
                </td>
                <td className="py-0.5">
                  <NativeSelect
                    label={`Type of ${name}`}
                    value={type}
                    options={types}
                    onChange={(next) => change(index, { type: next })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

interface NativeSelectProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

/** A table may have hundreds of columns: the browser's own control costs nothing. */
function NativeSelect<Value extends string>({ label, value, options, onChange }: NativeSelectProps<Value>) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => {
        const next = options.find((option) => option.value === event.target.value);
        if (next !== undefined) onChange(next.value);
      }}
      className="h-6 w-full rounded-sm border border-line bg-surface px-1 text-xs text-ink"
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
