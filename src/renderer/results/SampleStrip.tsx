import { useEffect, useState } from 'react';
import type { RunId } from '../../contract/run.ts';
import type { SampleView } from '../../contract/samples.ts';
import { useHost } from '../connection/host.ts';
import { SampleThumbnail } from '../samples/SampleThumbnail.tsx';

/** Pictures that are fetched; more cannot be looked at. */
const MOST = 60;

/** A sample with what it is and what the network says. */
export interface ShownSample {
  readonly number: number;
  readonly truth: string;
  readonly told: string;
}

/** Samples with what they are and what the network says, as pictures where the data have any. */
export function SampleStrip({
  run,
  samples,
  label,
}: {
  readonly run: RunId;
  readonly samples: readonly ShownSample[];
  readonly label: string;
}) {
  const shown = samples.slice(0, MOST);
  const views = useSampleViews(
    run,
    shown.map(({ number }) => number),
  );
  return (
    <section className="flex min-w-0 flex-col gap-1.5" aria-label={label} data-testid="sample-strip">
      <h3 className="text-xs font-medium text-ink">{label}</h3>
      {samples.length === 0 && <p className="text-xs text-ink-muted">None.</p>}
      <ul className="flex flex-wrap gap-2">
        {shown.map(({ number, truth, told }) => {
          const view = views.get(number);
          return (
            <li
              key={number}
              className="flex w-20 flex-col gap-1 rounded-md border border-line bg-raised p-1.5 text-2xs"
            >
              <span className="flex h-14 items-center justify-center">
                {view !== undefined && <SampleThumbnail picture={view.picture} size={56} />}
              </span>
              <span className="truncate text-ink" title={truth}>
                {truth}
              </span>
              <span className="truncate text-ink-muted" title={told}>
                → {told}
              </span>
              <span className="text-ink-faint">№ {number}</span>
            </li>
          );
        })}
      </ul>
      {samples.length > MOST && <p className="text-2xs text-ink-muted">and {samples.length - MOST} more</p>}
    </section>
  );
}

/** What samples look like, by number; fetched once for a list of numbers. */
function useSampleViews(run: RunId, numbers: readonly number[]): ReadonlyMap<number, SampleView> {
  const { connection } = useHost();
  const [views, setViews] = useState<ReadonlyMap<number, SampleView>>(new Map());
  const wanted = numbers.join(',');
  useEffect(() => {
    let isCurrent = true;
    async function fetchViews(): Promise<void> {
      if (wanted === '') return;
      const record = await connection.call('run/read', { run });
      if (!record.ok) return;
      const opened = await connection.call('probe/open', {
        document: record.value.document,
        weights: { kind: 'run', run, which: record.value.summary.best === undefined ? 'last' : 'best' },
      });
      if (!opened.ok) return;
      const { session } = opened.value;
      const list = wanted.split(',').map(Number);
      const answer = await connection.call('probe/samples', { session, from: 0, count: MOST, numbers: list });
      if (isCurrent && answer.ok) setViews(new Map(answer.value.samples.map((view) => [view.number, view])));
    }
    void fetchViews();
    return () => {
      isCurrent = false;
    };
  }, [connection, run, wanted]);
  return views;
}
