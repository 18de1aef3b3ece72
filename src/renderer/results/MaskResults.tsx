import { useMemo, useState } from 'react';
import type { SegmentedOutput } from '../../contract/evaluation.ts';
import type { ExaminedSample } from '../../contract/examination.ts';
import type { RunId } from '../../contract/run.ts';
import { segmentationReport } from '../../graph-engine/evaluation/segmentationReport.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { Choices } from './Choices.tsx';
import { ConfusionMatrix } from './ConfusionMatrix.tsx';
import { FigureTable, percent } from './FigureTable.tsx';
import { MaskImage } from './MaskImage.tsx';
import { MaskLegend, toggled } from './MaskLegend.tsx';
import { OpacitySlider } from './OpacitySlider.tsx';
import { layers, type Layer, type ShownMask } from './paintMask.ts';
import { Problem } from './Problem.tsx';
import { useExamined } from './TextResults.tsx';

const VIEWS = ['Masks', 'Classes', 'Pixels'] as const;
type View = (typeof VIEWS)[number];

/** How well masks lie on what is true. */
export function MaskResults({ run, output }: { readonly run: RunId; readonly output: SegmentedOutput }) {
  const report = useMemo(() => segmentationReport(output.confusion), [output]);
  const [view, setView] = useState<View>('Masks');
  const { classes } = output;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4">
        <p className="text-sm text-ink" data-testid="results-summary">
          Mean IoU <strong>{percent(report.meanIou)}</strong> · dice {percent(report.meanDice)} ·{' '}
          {percent(report.pixelAccuracy)} of all pixels right · {output.samples.length} samples
        </p>
        <Choices label="What is shown" names={VIEWS} chosen={view} onChoose={setView} testId="results-view" />
      </div>
      {view === 'Masks' && <MaskGrid run={run} output={output} iou={report.classes.map(({ iou }) => percent(iou))} />}
      {view === 'Classes' && (
        <FigureTable
          titles={['Class', 'IoU', 'Dice', 'Precision', 'Recall', 'Pixels']}
          rows={report.classes.map(({ iou, dice, precision, recall, pixels }, index) => ({
            name: classes[index] ?? String(index),
            figures: [...[iou, dice, precision, recall].map(percent), String(pixels)],
          }))}
          data-testid="mask-table"
        />
      )}
      {view === 'Pixels' && (
        <ConfusionMatrix
          classes={classes}
          confusion={output.confusion}
          unit="per cent of the pixels of a row"
          write={(_, share) => (share < 0.0005 ? '<0.1' : (share * 100).toFixed(1))}
        />
      )}
    </>
  );
}

const PAGE = 12;
const SMALL = 104;
const LARGE = 184;
const ORDERS = ['Worst first', 'Best first'] as const;
type Order = (typeof ORDERS)[number];

interface MaskGridProps {
  readonly run: RunId;
  readonly output: SegmentedOutput;
  /** Overlap of each class, in words. */
  readonly iou: readonly string[];
}

function MaskGrid({ run, output, iou }: MaskGridProps) {
  const [layer, setLayer] = useState<Layer>('Prediction');
  const [opacity, setOpacity] = useState(0.6);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set([0]));
  const [order, setOrder] = useState<Order>('Worst first');
  const [from, setFrom] = useState(0);
  const [chosen, setChosen] = useState<number | null>(null);
  const ordered = useMemo(() => {
    const sign = order === 'Worst first' ? 1 : -1;
    return [...output.meanIou.keys()].sort((a, b) => sign * ((output.meanIou[a] ?? 0) - (output.meanIou[b] ?? 0)));
  }, [output, order]);
  const page = ordered.slice(from, from + PAGE);
  const numbers = page.map((place) => output.samples[place] ?? 0);
  const { samples, problem } = useExamined(run, output.path, numbers);
  const detail = samples.get(chosen ?? -1);
  const how = { opacity, hidden };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choices label="Mask over the image" names={layers} chosen={layer} onChoose={setLayer} testId="mask-layer" />
        <OpacitySlider value={opacity} onChange={setOpacity} />
        <Choices
          label="Order"
          names={ORDERS}
          chosen={order}
          onChoose={(next) => {
            setOrder(next);
            setFrom(0);
          }}
          testId="mask-order"
        />
        <span className="ml-auto flex items-center gap-2 text-2xs text-ink-muted tabular-nums">
          {from + 1}–{Math.min(ordered.length, from + PAGE)} of {ordered.length}
          <Button size="sm" disabled={from === 0} onClick={() => setFrom(Math.max(0, from - PAGE))}>
            Back
          </Button>
          <Button
            size="sm"
            disabled={from + PAGE >= ordered.length}
            onClick={() => setFrom(from + PAGE)}
            data-testid="more-masks"
          >
            More
          </Button>
        </span>
      </div>
      <MaskLegend
        classes={output.classes}
        figures={iou}
        hidden={hidden}
        onToggle={(label) => setHidden(toggled(hidden, label))}
      />
      {problem !== null && <Problem problem={problem} />}
      {detail?.kind === 'mask' && <MaskDetail sample={detail} how={how} />}
      <ul className="flex flex-wrap gap-2" aria-label="Samples with their masks" data-testid="mask-grid">
        {page.map((place) => {
          const number = output.samples[place] ?? 0;
          const sample = samples.get(number);
          const figure = percent(output.meanIou[place] ?? null);
          return (
            <li key={number}>
              <button
                type="button"
                aria-pressed={chosen === number}
                onClick={() => setChosen(chosen === number ? null : number)}
                className={classNames(
                  'flex w-32 flex-col items-center gap-1 rounded-md border border-line bg-raised p-1.5 text-2xs text-ink-muted hover:bg-hover',
                  chosen === number && 'outline-2 outline-focus',
                )}
              >
                <span className="flex items-center justify-center" style={{ width: SMALL, height: SMALL }}>
                  {sample?.kind === 'mask' && sample.picture.kind === 'image' && (
                    <MaskImage
                      picture={sample.picture}
                      shown={maskOf(sample, layer, how)}
                      size={SMALL}
                      label={`${layer} of sample ${number}`}
                    />
                  )}
                </span>
                <span className="tabular-nums">
                  № {number} · IoU {figure}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

type MaskSample = Extract<ExaminedSample, { kind: 'mask' }>;
type How = Pick<ShownMask, 'opacity' | 'hidden'>;

function maskOf({ told, truth, cover }: MaskSample, layer: Layer, how: How): ShownMask {
  const mask = layer === 'Truth' ? truth : told;
  return { ...how, cover, mask, ...(layer === 'Errors' && { differsFrom: truth }) };
}

/** One sample by itself: the image, and every mask over it. */
function MaskDetail({ sample, how }: { readonly sample: MaskSample; readonly how: How }) {
  const { picture, number } = sample;
  if (picture.kind !== 'image') return null;
  return (
    <section aria-label={`Sample ${number}`} className="flex flex-wrap gap-3" data-testid="mask-detail">
      <figure className="flex flex-col gap-1">
        <MaskImage picture={picture} shown={undefined} size={LARGE} label={`Sample ${number}`} />
        <figcaption className="text-2xs text-ink-muted">Image № {number}</figcaption>
      </figure>
      {layers.map((layer) => (
        <figure key={layer} className="flex flex-col gap-1">
          <MaskImage
            picture={picture}
            shown={maskOf(sample, layer, how)}
            size={LARGE}
            label={`${layer} of sample ${number}`}
          />
          <figcaption className="text-2xs text-ink-muted">{layer}</figcaption>
        </figure>
      ))}
    </section>
  );
}
