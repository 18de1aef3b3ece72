import { Popover } from '@base-ui/react/popover';
import { LayoutGrid } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { SampleView } from '../../contract/samples.ts';
import { useHost } from '../connection/host.ts';
import { formatCount } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { sampleStore, showSample, useSample } from './sampleStore.ts';
import { SampleThumbnail } from './SampleThumbnail.tsx';

const PAGE = 60;
const SEARCH_REST = 200;

/** The samples of the data set as a grid, to search and to press. */
export function SamplePicker() {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label="All samples"
        title="All samples"
        data-testid="sample-grid-open"
        className="inline-flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
      >
        <LayoutGrid size={14} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" className="z-40 outline-none">
          <Popover.Popup
            data-modal
            data-testid="sample-grid"
            aria-label="Samples"
            className="flex max-h-[60vh] w-[420px] max-w-[94vw] flex-col gap-2 rounded-lg bg-raised p-3 text-ink shadow-popup outline-none"
          >
            <SampleGrid onChoose={() => setOpen(false)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface Found {
  readonly samples: readonly SampleView[];
  readonly total: number;
}

function SampleGrid({ onChoose }: { readonly onChoose: () => void }) {
  const { connection } = useHost();
  const session = useSample((state) => (state.session.status === 'ready' ? state.session.session : null));
  const current = useSample((state) => state.sample);
  const [search, setSearch] = useState('');
  const [found, setFound] = useState<Found | null>(null);

  useEffect(() => {
    if (session === null) return undefined;
    let wanted = true;
    const timer = setTimeout(
      () => {
        void connection.call('probe/samples', { session, from: 0, count: PAGE, search }).then((answer) => {
          if (wanted && answer.ok) setFound(answer.value);
        });
      },
      search === '' ? 0 : SEARCH_REST,
    );
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [connection, session, search]);

  async function more(): Promise<void> {
    const state = sampleStore.getState();
    if (found === null || state.session.status !== 'ready') return;
    const from = found.samples.length;
    const answer = await connection.call('probe/samples', {
      session: state.session.session,
      from,
      count: PAGE,
      search,
    });
    if (answer.ok) setFound({ samples: [...found.samples, ...answer.value.samples], total: answer.value.total });
  }

  return (
    <>
      <input
        autoFocus
        type="search"
        value={search}
        aria-label="Search samples by label or number"
        placeholder="Label or number"
        data-testid="sample-search"
        onChange={(event) => setSearch(event.target.value)}
        className="h-8 shrink-0 rounded-md border border-line-strong bg-surface px-2 text-sm outline-none focus:border-focus"
      />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="grid grid-cols-[repeat(auto-fill,minmax(56px,1fr))] gap-1.5" role="list">
          {found?.samples.map((sample) => (
            <button
              key={sample.number}
              type="button"
              data-testid={`sample-${sample.number}`}
              aria-label={`Sample ${sample.number}${sample.label === '' ? '' : `, ${sample.label}`}, ${sample.part}`}
              aria-current={sample.number === current}
              onClick={() => {
                showSample(sample.number);
                onChoose();
              }}
              className={classNames(
                'flex flex-col items-center gap-0.5 rounded-md p-1 hover:bg-hover',
                sample.number === current && 'bg-accent-soft',
              )}
            >
              <SampleThumbnail picture={sample.picture} size={44} />
              <span className="w-full truncate text-center text-2xs text-ink-muted">
                {sample.label === '' ? sample.number : sample.label}
              </span>
            </button>
          ))}
        </div>
        {found !== null && found.samples.length < found.total && (
          <Button variant="ghost" className="mt-2 w-full" onClick={() => void more()} data-testid="sample-more">
            More
          </Button>
        )}
      </div>
      <p className="text-2xs text-ink-muted" role="status" data-testid="sample-count">
        {found === null ? 'Reading the samples…' : `${formatCount(found.total)} samples`}
      </p>
    </>
  );
}
