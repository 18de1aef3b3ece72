import type { DataSetDescription } from '../../contract/contract.ts';
import { Select } from '../ui/Select.tsx';
import { formatCount } from './format.ts';
import { dataFit } from './scheduleCurve.ts';

export interface DataSetSelectProps {
  readonly value: string;
  readonly dataSets: readonly DataSetDescription[];
  readonly input: { readonly height: number; readonly width: number; readonly channels: number } | undefined;
  readonly disabled: boolean;
  readonly onChange: (id: string) => void;
}

/** The data set to learn from, with what one should know about it. */
export function DataSetSelect({ value, dataSets, input, disabled, onChange }: DataSetSelectProps) {
  const chosen = dataSets.find((one) => one.id === value);
  const options = dataSets.map((one) => ({ value: one.id, label: one.title, detail: summary(one) }));
  // A set this host does not have stays chosen and visible: choosing another is the user's act.
  if (chosen === undefined) options.unshift({ value, label: value, detail: 'Not known to this host.' });
  const fit = chosen === undefined ? null : dataFit(chosen, input);
  return (
    <div className="flex flex-col gap-1.5">
      <Select
        label="Data set"
        value={value}
        options={options}
        onChange={onChange}
        disabled={disabled}
        data-testid="data-set"
      />
      {chosen !== undefined && <p className="text-xs text-ink-muted">{chosen.description}</p>}
      {chosen === undefined && dataSets.length > 0 && (
        <p className="text-xs text-warning">This host has no data set called “{value}”.</p>
      )}
      {fit !== null && <p className="text-xs text-ink-muted">{fit}</p>}
    </div>
  );
}

function summary({ samples, height, width, channels, classes }: DataSetDescription): string {
  return `${formatCount(samples)} images, ${height}×${width}×${channels}, ${classes.length} classes`;
}
