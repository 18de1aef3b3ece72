import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { RunId } from '../../contract/run.ts';
import type { HistogramSeries } from '../../contract/statistics.ts';
import { HISTOGRAM_KINDS, type HistogramKind } from '../../graph-engine/statistics/columns.ts';
import { useHost } from '../connection/host.ts';
import { formatCount } from '../training/format.ts';
import { themeStore } from '../theme/themeStore.ts';
import { Select } from '../ui/Select.tsx';
import { histogramPicture, paintHistograms } from './paintHistograms.ts';
import { formatSmall } from './trainingFigures.ts';

const KINDS: Readonly<Record<HistogramKind, string>> = {
  activation: 'Activations',
  gradient: 'Gradients of activations',
  weight: 'Weights',
  weightGradient: 'Gradients of weights',
};

export interface HistogramsOverTimeProps {
  readonly run: RunId;
  /** Of an op. */
  readonly path: string;
  readonly hasWeights: boolean;
  /** Grows while the run goes on. */
  readonly samples: number;
}

/** How the values of a node were spread, step by step: the darker, the more values. */
export function HistogramsOverTime({ run, path, hasWeights, samples }: HistogramsOverTimeProps) {
  const { connection } = useHost();
  const [chosen, setChosen] = useState<HistogramKind>(hasWeights ? 'weight' : 'activation');
  const kind = hasWeights || !chosen.startsWith('weight') ? chosen : 'activation';
  const series = useHistograms(connection, run, path, kind, samples);
  const picture = useMemo(() => (series === undefined ? undefined : histogramPicture(series)), [series]);
  const theme = useStore(themeStore, (state) => state.theme);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);

  useEffect(() => {
    if (canvas.current !== null && picture !== undefined) paintHistograms(canvas.current, picture);
  }, [picture, theme]);

  const offered = HISTOGRAM_KINDS.filter((one) => hasWeights || !one.startsWith('weight'));
  const at = hovered ?? (series?.steps.length ?? 0) - 1;
  const [step, histogram] = [series?.steps[at], series?.histograms[at]];
  return (
    <div className="mt-3 flex flex-col gap-1.5">
      <Select
        label="Distribution"
        value={kind}
        options={offered.map((one) => ({ value: one, label: KINDS[one] }))}
        onChange={(value) => setChosen(value)}
        data-testid="histogram-kind"
      />
      {picture === undefined ? (
        <p className="text-2xs text-ink-muted">No distributions are kept of this.</p>
      ) : (
        <>
          <div className="flex gap-1.5">
            <span className="flex w-11 flex-col justify-between text-right text-2xs text-ink-muted tabular-nums">
              <span>{formatSmall(picture.maximum)}</span>
              <span>{formatSmall(picture.minimum)}</span>
            </span>
            <canvas
              ref={canvas}
              role="img"
              aria-label={`${KINDS[kind]} of ${path} over ${picture.columns.length} steps`}
              data-testid="histograms"
              data-columns={picture.columns.length}
              className="h-28 min-w-0 flex-1 rounded-sm border border-line bg-sunken [image-rendering:pixelated]"
              onPointerMove={({ nativeEvent, currentTarget }) => {
                const share = nativeEvent.offsetX / Math.max(1, currentTarget.clientWidth);
                setHovered(
                  Math.min(picture.columns.length - 1, Math.max(0, Math.floor(share * picture.columns.length))),
                );
              }}
              onPointerLeave={() => setHovered(null)}
            />
          </div>
          {step !== undefined && histogram !== undefined && (
            <p className="pl-12.5 text-2xs text-ink-muted tabular-nums" data-testid="histogram-readout">
              step {formatCount(step + 1)} · {formatSmall(histogram.minimum)} to {formatSmall(histogram.maximum)}
            </p>
          )}
        </>
      )}
    </div>
  );
}

/** Distributions are looked at anew when so many more samples are there. */
const SAMPLES_BETWEEN = 5;

function useHistograms(
  connection: ReturnType<typeof useHost>['connection'],
  run: RunId,
  path: string,
  kind: HistogramKind,
  samples: number,
): HistogramSeries | undefined {
  const [known, setKnown] = useState<{ readonly key: string; readonly series: HistogramSeries }>();
  const key = `${run} ${path} ${kind}`;
  const round = samples < 2 * SAMPLES_BETWEEN ? samples : Math.floor(samples / SAMPLES_BETWEEN);
  useEffect(() => {
    let stale = false;
    void connection.call('run/histograms', { run, path, kind }).then((answer) => {
      if (!stale && answer.ok) setKnown({ key: `${run} ${path} ${kind}`, series: answer.value });
    });
    return () => {
      stale = true;
    };
  }, [connection, run, path, kind, round]);
  return known?.key === key && known.series.steps.length > 0 ? known.series : undefined;
}
