import { useEffect } from 'react';
import { useDocument } from '../store/documentStore.ts';
import { windowTitle } from '../training/describeRun.ts';
import { isActive, lastStep } from '../training/runs.ts';
import { useRuns } from '../training/runStore.ts';

/** Keeps the title of the tab or window: progress while training, else the document. */
export function WindowTitle() {
  const name = useDocument((state) => state.document.name);
  const dirty = useDocument((state) => state.dirty);
  const run = useRuns((runs) => Object.values(runs.summaries).find((one) => isActive(one.state)));
  const step = useRuns((runs) => (run === undefined ? undefined : lastStep(runs.details[run.id]?.metrics ?? [])));
  const title = windowTitle(name, dirty, run, step);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return null;
}
