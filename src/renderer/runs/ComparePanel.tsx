import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { RunRow } from '../../contract/runTable.ts';
import { classNames } from '../ui/classNames.ts';
import { CurvesPanel } from './CurvesPanel.tsx';
import { factsStore } from './factsStore.ts';
import { NetworkPanel } from './NetworkPanel.tsx';
import { runsView, useRunsView, type ComparePanel as Panel } from './runsView.ts';
import { SettingsPanel } from './SettingsPanel.tsx';
import { MOST_COMPARED, type ComparedRun } from './useChosenCurves.ts';

const PANELS: readonly (readonly [Panel, string])[] = [
  ['curves', 'Curves'],
  ['settings', 'Settings'],
  ['network', 'Network'],
];

/** The chosen runs beside each other: their curves, their settings, their networks. */
export function ComparePanel({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const panel = useRunsView((view) => view.panel);
  const chosen = useRunsView((view) => view.chosen.length);
  const facts = useStore(factsStore, (state) => state.facts);
  const rows = useMemo(() => runs.map(({ summary }): RunRow => ({ summary, facts: facts[summary.id] })), [runs, facts]);
  if (runs.length === 0) {
    return (
      <p className="max-w-prose p-4 text-sm text-ink-muted">
        Choose runs in the table, by a press or by their boxes: their curves are laid over each other here, with what
        differs in their settings and networks.
      </p>
    );
  }
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div role="group" aria-label="What is compared" className="flex shrink-0 gap-1 border-b border-line px-2 py-1">
        {PANELS.map(([value, label]) => (
          <button
            key={value}
            type="button"
            aria-pressed={panel === value}
            onClick={() => runsView.setState({ panel: value })}
            data-testid={`compare-panel-${value}`}
            className={classNames(
              'rounded-md px-2 py-1 text-xs',
              panel === value ? 'bg-accent-soft font-medium text-accent-ink' : 'text-ink-muted hover:bg-hover',
            )}
          >
            {label}
          </button>
        ))}
      </div>
      {chosen > MOST_COMPARED && (
        <p role="status" className="shrink-0 bg-warning-soft px-3 py-1 text-xs text-warning">
          The first {MOST_COMPARED} of {chosen} chosen runs are compared.
        </p>
      )}
      <div className="min-h-0 flex-1 overflow-auto" tabIndex={-1}>
        {panel === 'curves' && <CurvesPanel runs={runs} />}
        {panel === 'settings' && <SettingsPanel runs={runs} rows={rows} />}
        {panel === 'network' && <NetworkPanel runs={runs} />}
      </div>
    </div>
  );
}
