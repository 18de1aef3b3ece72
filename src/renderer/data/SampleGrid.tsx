import { Dices } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { HostProblem } from '../../contract/contract.ts';
import type { DataSample } from '../../contract/data.ts';
import type { Augmentation } from '../../graph-engine/training/augmentation.ts';
import { dataPathOf, type DataReader } from '../../graph-engine/training/dataReader.ts';
import { useHost } from '../connection/host.ts';
import { formatCount } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Select.tsx';
import { paintSample } from './paintSample.ts';

export interface SampleGridProps {
  readonly data: string;
  readonly reader: DataReader;
  readonly classes: readonly string[];
  readonly augmentation: Augmentation | undefined;
  readonly seed: number;
}

const PAGE = 24;
const ALL = '';

interface Page {
  readonly samples: readonly DataSample[];
  readonly total: number;
}

/** Samples as they are read, and as they are varied for training. */
export function SampleGrid({ data, reader, classes, augmentation, seed }: SampleGridProps) {
  const { connection } = useHost();
  const [label, setLabel] = useState(ALL);
  const [from, setFrom] = useState(0);
  const [epoch, setEpoch] = useState(0);
  const [varied, setVaried] = useState(true);
  const [page, setPage] = useState<Page | null>(null);
  const [problem, setProblem] = useState<HostProblem | null>(null);

  useEffect(() => {
    let wanted = true;
    const path = dataPathOf(data) ?? '';
    const order = { path, reader, from, count: PAGE, ...(label !== ALL && { label }) };
    void connection.call('data/samples', order).then((answer) => {
      if (!wanted) return;
      setPage(answer.ok ? answer.value : null);
      setProblem(answer.ok ? null : answer.problem);
    });
    return () => {
      wanted = false;
    };
  }, [connection, data, reader, from, label]);

  const varies = augmentation !== undefined && Object.keys(augmentation).length > 0;
  const shown = varies && varied ? augmentation : undefined;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-end gap-2">
        {classes.length > 1 && (
          <div className="w-44">
            <Select
              label="Class"
              wide
              value={label}
              options={[{ value: ALL, label: 'All classes' }, ...classes.map((name) => ({ value: name, label: name }))]}
              onChange={(next) => {
                setLabel(next);
                setFrom(0);
              }}
              data-testid="sample-class"
            />
          </div>
        )}
        {varies && (
          <>
            <Button size="sm" onClick={() => setVaried(!varied)} data-testid="samples-varied">
              {varied ? 'Show as they are' : 'Show as trained on'}
            </Button>
            <Button
              size="sm"
              icon={<Dices size={13} aria-hidden />}
              onClick={() => setEpoch(epoch + 1)}
              data-testid="next-epoch"
            >
              Next epoch
            </Button>
          </>
        )}
        <span className="ml-auto text-2xs text-ink-muted tabular-nums">
          {page === null
            ? ''
            : `${formatCount(Math.min(page.total, from + 1))}–${formatCount(Math.min(page.total, from + PAGE))} of ${formatCount(page.total)}`}
        </span>
        <Button size="sm" disabled={from === 0} onClick={() => setFrom(Math.max(0, from - PAGE))}>
          Back
        </Button>
        <Button
          size="sm"
          disabled={page === null || from + PAGE >= page.total}
          onClick={() => setFrom(from + PAGE)}
          data-testid="more-samples"
        >
          More
        </Button>
      </div>
      {problem !== null && (
        <p role="alert" className="text-xs text-danger">
          {problem.message} {problem.remedy}
        </p>
      )}
      <ul
        className="grid grid-cols-[repeat(auto-fill,minmax(72px,1fr))] gap-2"
        aria-label="Samples"
        data-testid="sample-grid"
      >
        {page?.samples.map((sample) =>
          sample.image === undefined ? (
            <li key={sample.number} className="col-span-full rounded-md bg-sunken px-2 py-1.5">
              <p className="font-mono text-2xs break-words whitespace-pre-wrap text-ink">{sample.text}</p>
              {sample.label !== '' && <p className="mt-0.5 text-2xs text-ink-muted">{sample.label}</p>}
            </li>
          ) : (
            <li key={sample.number} className="flex min-w-0 flex-col gap-0.5">
              <Picture sample={sample} augmentation={shown} seed={seed} epoch={epoch} />
              <span className="truncate text-center text-2xs text-ink-muted" title={sample.label}>
                {sample.label}
              </span>
            </li>
          ),
        )}
      </ul>
    </div>
  );
}

interface PictureProps {
  readonly sample: DataSample;
  readonly augmentation: Augmentation | undefined;
  readonly seed: number;
  readonly epoch: number;
}

function Picture({ sample, augmentation, seed, epoch }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const painted = paintSample(sample, { augmentation, seed: { seed, epoch } });
    if (painted !== undefined) canvas.current?.getContext('2d')?.putImageData(painted, 0, 0);
  }, [sample, augmentation, seed, epoch]);
  return (
    <canvas
      ref={canvas}
      width={sample.image?.width}
      height={sample.image?.height}
      role="img"
      aria-label={`Sample ${sample.number}${sample.label === '' ? '' : `, ${sample.label}`}`}
      className="aspect-square w-full rounded-md border border-line bg-sunken object-contain [image-rendering:pixelated]"
    />
  );
}
