import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { NetworkEnds } from '../../graph-engine/training/matchData.ts';
import { Select } from '../ui/Select.tsx';
import { dataPathOf } from '../../graph-engine/training/dataReader.ts';
import { dataFit, summarizeData } from './dataFit.ts';

export interface DataSetSelectProps {
  readonly value: string;
  readonly dataSets: readonly DataSetDescription[];
  readonly network: NetworkEnds;
  readonly disabled: boolean;
  /** The chosen one is being looked at. */
  readonly reading?: boolean;
  readonly onChange: (id: string) => void;
}

/** The data set to learn from: those that fit the network first, and with each what one should know about it. */
export function DataSetSelect({ value, dataSets, network, disabled, reading = false, onChange }: DataSetSelectProps) {
  const chosen = dataSets.find((one) => one.id === value);
  const choices = dataSets.map((data) => ({ data, fit: dataFit(data, network) }));
  const options = choices
    .toSorted((one, other) => Number(other.fit.fits) - Number(one.fit.fits))
    .map(({ data, fit }) => ({
      value: data.id,
      label: data.title,
      detail: fit.fits ? summarizeData(data) : `Does not fit · ${summarizeData(data)}`,
    }));
  // A set this host does not have stays chosen and visible: choosing another is the user's act.
  if (chosen === undefined)
    options.unshift({ value, label: value, detail: reading ? 'Being looked at…' : 'Not known to this host.' });
  const fit = choices.find(({ data }) => data === chosen)?.fit;
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
      {chosen === undefined && dataSets.length > 0 && !reading && dataPathOf(value) === undefined && (
        <p className="text-xs text-warning">This host has no data set called “{value}”.</p>
      )}
      {fit?.fits === true && fit.note !== null && <p className="text-xs text-ink-muted">{fit.note}</p>}
      {fit?.fits === false && (
        <p className="text-xs text-warning" data-testid="data-misfit">
          {fit.reason} {fit.remedy}
        </p>
      )}
    </div>
  );
}
