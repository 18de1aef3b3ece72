import { useMemo } from 'react';
import { useDocument } from '../store/documentStore.ts';
import { formatAge } from '../training/format.ts';
import { useNow } from '../training/useNow.ts';
import { Select } from '../ui/Select.tsx';
import { describeSweep } from './describeSweep.ts';
import { SweepForm } from './SweepForm.tsx';
import { showSweep, sweepsOfDocument, useSweeps } from './sweepStore.ts';
import { SweepView } from './SweepView.tsx';

/** The choice that stands for the plan of the next sweep. */
const NEXT = ':next';

/** Many trainings of one network: planned, watched, and compared. */
export function SweepPane() {
  const id = useDocument((state) => state.id);
  const name = useDocument((state) => state.document.name);
  const path = useDocument((state) => state.file?.path ?? null);
  const all = useSweeps((state) => state.sweeps);
  const chosen = useSweeps((state) => state.shown[id]);
  const now = useNow();
  const sweeps = useMemo(() => sweepsOfDocument(all, path, name), [all, path, name]);
  // Before anything was chosen the last one is shown: it may be going on.
  const shown = chosen === null ? undefined : (sweeps.find((sweep) => sweep.id === chosen) ?? sweeps[0]);
  const options = [
    { value: NEXT, label: 'New sweep' },
    ...sweeps.map((sweep) => ({
      value: sweep.id,
      label: `${formatAge(sweep.started, now)} · ${sweep.plan.strategy.kind} over ${sweep.plan.axes.length} ${sweep.plan.axes.length === 1 ? 'axis' : 'axes'}`,
      detail: describeSweep(sweep).label,
    })),
  ];
  return (
    <div className="@container flex h-full flex-col gap-3 overflow-y-auto p-3" data-testid="sweep-pane">
      {sweeps.length > 0 && (
        <div className="w-72 max-w-full">
          <Select
            label="Sweep"
            wide
            value={shown?.id ?? NEXT}
            options={options}
            onChange={(next) => showSweep(id, next === NEXT ? null : next)}
            data-testid="sweep-choice"
          />
        </div>
      )}
      {shown === undefined ? <SweepForm /> : <SweepView key={shown.id} sweep={shown} />}
    </div>
  );
}
