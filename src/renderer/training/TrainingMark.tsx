import { isActive } from './runs.ts';
import { useRuns } from './runStore.ts';

/** A dot while any run is under way. */
export function TrainingMark() {
  const active = useRuns((runs) => Object.values(runs.summaries).some((run) => isActive(run.state)));
  if (!active) return null;
  return <span className="size-1.5 rounded-full bg-accent" role="img" aria-label="under way" />;
}
