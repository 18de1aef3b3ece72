import { flattenSettings, settingInWords } from '../graph-engine/diff/compareSettings.ts';
import { measuresOf, trainingFigure, validationFigure } from './measures.ts';
import type { MeasureDescription, RunSummary } from './run.ts';
import type { RunFacts } from './runArchive.ts';

/** A run in a table of runs; its facts may be on their way. */
export interface RunRow {
  readonly summary: RunSummary;
  readonly facts: RunFacts | undefined;
}

/** What stands in one column of a table of runs. */
export interface RunColumn {
  /** Such as `name`, `validationLoss`, `best accuracy`, `setting optimizer kind`. */
  readonly key: string;
  readonly title: string;
  /** How its values are written: seconds, milliseconds since 1970, a share from 0 to 1, bytes. */
  readonly kind: 'text' | 'number' | 'share' | 'duration' | 'time' | 'bytes';
  /** What it is one of, for a list to choose from. */
  readonly group: 'run' | 'result' | 'setting';
  /** Nothing where the run has none. */
  readonly value: (row: RunRow) => string | number | undefined;
}

const text = (key: string, title: string, value: RunColumn['value'], kind: RunColumn['kind'] = 'text'): RunColumn => ({
  key,
  title,
  kind,
  group: 'run',
  value,
});
const result = (
  key: string,
  title: string,
  value: RunColumn['value'],
  kind: RunColumn['kind'] = 'number',
): RunColumn => ({ key, title, kind, group: 'result', value });

const FIXED: readonly RunColumn[] = [
  text('run', 'Run', ({ summary }) => summary.id),
  text('title', 'Title', ({ facts }) => facts?.remarks.title),
  text('state', 'State', ({ summary }) => summary.state.status),
  text('name', 'Network', ({ summary }) => summary.name),
  text('document', 'Document', ({ summary }) => summary.documentPath),
  text('data', 'Data', ({ summary }) => summary.data),
  text('started', 'Started', ({ summary }) => summary.started, 'time'),
  text('tags', 'Tags', ({ facts }) => facts?.remarks.tags.join(', ') || undefined),
  text('note', 'Note', ({ facts }) => facts?.remarks.note || undefined),
  text('parent', 'Continues', ({ summary }) => summary.parent?.run),
  text('sweep', 'Sweep', ({ summary }) => summary.sweep?.sweep),
  text('trial', 'Trial', ({ summary }) => summary.sweep && summary.sweep.trial + 1),
  text('bytes', 'Size on disk', ({ facts }) => facts?.bytes, 'bytes'),
  text('engine', 'Engine', ({ facts }) => facts?.engine),
  text('device', 'Device', ({ facts }) => facts?.device),
  result('epochs', 'Epochs', ({ summary }) => summary.lastEpoch?.epoch ?? 0),
  result('step', 'Steps', ({ summary }) => summary.lastEpoch?.step),
  result('duration', 'Duration', ({ summary }) => summary.lastEpoch?.elapsed, 'duration'),
  result('bestEpoch', 'Best epoch', ({ summary }) => summary.best?.epoch),
  result('bestLoss', 'Validation loss (best)', ({ summary }) => summary.best?.validationLoss),
  result('lastLoss', 'Validation loss (last)', ({ summary }) => summary.lastEpoch?.validationLoss),
  result('trainLoss', 'Training loss (last)', ({ summary }) => summary.lastEpoch?.trainLoss),
];

function measureColumns({ key, title, unit }: MeasureDescription): readonly RunColumn[] {
  return [
    result(`best ${key}`, `${title} (best)`, ({ summary: { best } }) => best && validationFigure(best, key), unit),
    result(
      `last ${key}`,
      `${title} (last)`,
      ({ summary: { lastEpoch } }) => lastEpoch && validationFigure(lastEpoch, key),
      unit,
    ),
    result(
      `train ${key}`,
      `Training ${title.toLowerCase()} (last)`,
      ({ summary: { lastEpoch } }) => lastEpoch && trainingFigure(lastEpoch, key),
      unit,
    ),
  ];
}

function settingColumn(setting: string): RunColumn {
  return {
    key: `setting ${setting}`,
    title: settingInWords(setting).replace(/^./, (first) => first.toUpperCase()),
    kind: 'text',
    group: 'setting',
    value: ({ facts }) => {
      const value = facts?.settings === undefined ? undefined : flatOf(facts.settings).get(setting);
      if (value === undefined || value === '') return value;
      const number = Number(value);
      return Number.isFinite(number) ? number : value;
    },
  };
}

const flat = new WeakMap<object, ReadonlyMap<string, string>>();

function flatOf(settings: object): ReadonlyMap<string, string> {
  const known = flat.get(settings) ?? flattenSettings(settings);
  flat.set(settings, known);
  return known;
}

/** Every column there is for these runs: what all have, what they measure, and their settings. */
export function columnsOf(rows: readonly RunRow[]): readonly RunColumn[] {
  const measures = new Map<string, MeasureDescription>();
  const settings = new Set<string>();
  for (const { summary, facts } of rows) {
    for (const measure of measuresOf(summary)) if (!measures.has(measure.key)) measures.set(measure.key, measure);
    if (facts?.settings !== undefined) for (const setting of flatOf(facts.settings).keys()) settings.add(setting);
  }
  return [...FIXED, ...[...measures.values()].flatMap(measureColumns), ...[...settings].map(settingColumn)];
}

/** What is looked for among runs. Everything that is given must hold; of several tags one that has all of them. */
export interface RunFilter {
  /** Words that occur somewhere in what is written on the run or about it. */
  readonly words?: string;
  readonly tags?: readonly string[];
  readonly states?: readonly string[];
}

/** The runs that something was asked of. */
export function filterRows(rows: readonly RunRow[], { words = '', tags = [], states = [] }: RunFilter): RunRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ summary, facts }) => {
    if (states.length > 0 && !states.includes(summary.state.status)) return false;
    const own = facts?.remarks.tags ?? [];
    if (!tags.every((tag) => own.includes(tag))) return false;
    if (wanted.length === 0) return true;
    const all = [
      summary.id,
      summary.name,
      summary.documentPath,
      summary.data,
      ...own,
      facts?.remarks.note,
      facts?.remarks.title,
    ]
      .join('\n')
      .toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

/** Rows in the order of a column; those that have nothing there come last, whichever way it goes. */
export function sortRows(rows: readonly RunRow[], column: RunColumn, descending: boolean): RunRow[] {
  const keyed = rows.map((row) => ({ row, value: column.value(row) }));
  const sign = descending ? -1 : 1;
  return keyed.toSorted((a, b) => compare(a.value, b.value, sign)).map(({ row }) => row);
}

function compare(one: string | number | undefined, other: string | number | undefined, sign: number): number {
  const [none, less] = [isNothing(one), isNothing(other)];
  if (none || less) return Number(none) - Number(less);
  if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
  return sign * String(one).localeCompare(String(other), 'en', { numeric: true });
}

function isNothing(value: string | number | undefined): boolean {
  return value === undefined || (typeof value === 'number' && Number.isNaN(value));
}
