import { Radio } from 'lucide-react';
import { useStore } from 'zustand';
import { classNames } from '../ui/classNames.ts';
import { runStore } from '../training/runStore.ts';
import { formatCount } from '../training/format.ts';
import { isActive } from '../training/runs.ts';
import { lookAtStep, sampleAt, useStatistics } from './statisticsStore.ts';

/** Goes through the steps of the shown run; at its end it follows the run. */
export function StepSlider() {
  const steps = useStatistics((state) => state.statistics.steps);
  const epochs = useStatistics((state) => state.statistics.epochs);
  const step = useStatistics((state) => state.step);
  const at = useStatistics(sampleAt);
  const going = useStore(runStore, ({ shown, summaries }) => {
    const run = shown === null ? undefined : summaries[shown];
    return run !== undefined && isActive(run.state);
  });
  const shown = steps[at];
  if (shown === undefined) return <span className="px-1 text-2xs text-ink-muted">No run has looked at this yet</span>;
  const words = `step ${formatCount(shown + 1)}, epoch ${(epochs[at] ?? 0).toFixed(1)}`;
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-2xs text-ink-muted tabular-nums">
      <input
        type="range"
        aria-label="Step of the run"
        aria-valuetext={words}
        data-testid="statistics-step"
        min={0}
        max={Math.max(0, steps.length - 1)}
        step={1}
        value={at}
        disabled={steps.length < 2}
        onChange={({ target }) => {
          const chosen = Number(target.value);
          lookAtStep(chosen === steps.length - 1 ? null : (steps[chosen] ?? null));
        }}
        className="h-4 w-28 min-w-12 shrink accent-accent"
      />
      <span className="w-31 shrink-0" data-testid="statistics-place">
        {words}
      </span>
      {going && (
        <button
          type="button"
          aria-pressed={step === null}
          title="Follow the run"
          onClick={() => lookAtStep(step === null ? shown : null)}
          className={classNames(
            'flex h-5 items-center gap-1 rounded-sm px-1 hover:bg-hover hover:text-ink',
            step === null && 'text-accent-ink',
          )}
        >
          <Radio size={12} aria-hidden /> Live
        </button>
      )}
    </span>
  );
}
