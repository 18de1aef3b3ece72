import { useMemo, useRef } from 'react';
import { useDocument } from '../store/documentStore.ts';
import { formatAge } from '../training/format.ts';
import { useNow } from '../training/useNow.ts';
import { Select } from '../ui/Select.tsx';
import { describeSweep, shortPath } from './describeSweep.ts';
import { SweepForm } from './SweepForm.tsx';
import { showSweep, sweepsOfDocument, useSweeps } from './sweepStore.ts';
import { SweepView } from './SweepView.tsx';
import { useSize } from './useSize.ts';

/** The choice that stands for the plan of the next sweep. */
const NEXT = ':next';

const NAMES = { grid: 'Grid', random: 'Random', halving: 'Halving' } as const;

/** Many trainings of one network: planned, watched, and compared. */
export function SweepPane() {
  const id = useDocument((state) => state.id);
  const name = useDocument((state) => state.document.name);
  const path = useDocument((state) => state.file?.path ?? null);
  const all = useSweeps((state) => state.sweeps);
  const chosen = useSweeps((state) => state.shown[id]);
  const now = useNow();
  const pane = useRef<HTMLDivElement>(null);
  const { height } = useSize(pane);
  const sweeps = useMemo(() => sweepsOfDocument(all, path, name), [all, path, name]);
  // Before anything was chosen the last one is shown: it may be going on.
  const shown = chosen === null ? undefined : (sweeps.find((sweep) => sweep.id === chosen) ?? sweeps[0]);
  const options = [
    { value: NEXT, label: 'New sweep' },
    ...sweeps.map((sweep) => ({
      value: sweep.id,
      label: `${sweep.title ?? NAMES[sweep.plan.strategy.kind]} · ${formatAge(sweep.started, now)}`,
      detail: `${describeSweep(sweep).label} · ${sweep.plan.axes.map(({ paths: [path = ''] }) => shortPath(path)).join(', ')}`,
    })),
  ];
  const choice = sweeps.length > 0 && (
    <div className="w-64 max-w-full">
      <Select
        label="Sweep"
        value={shown?.id ?? NEXT}
        options={options}
        onChange={(next) => showSweep(id, next === NEXT ? null : next)}
        data-testid="sweep-choice"
      />
    </div>
  );
  return (
    <div ref={pane} className="@container h-full overflow-y-auto p-3" data-testid="sweep-pane">
      {shown === undefined ? (
        <div className="flex flex-col gap-3">
          {choice}
          <SweepForm />
        </div>
      ) : (
        <SweepView key={shown.id} sweep={shown} height={height} choice={choice} />
      )}
    </div>
  );
}
