import { useMemo, useState } from 'react';
import type { InferredNode } from '../../graph-engine/infer/inferredGraph.ts';
import { Section } from '../inspector/Section.tsx';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { formatCount } from '../training/format.ts';
import { classNames } from '../ui/classNames.ts';
import { instancePrefix } from '../../graph-engine/lower/instancePath.ts';
import { FigureChart } from './FigureChart.tsx';
import { HistogramsOverTime } from './HistogramsOverTime.tsx';
import { lookAtStep, sampleAt, useStatistics } from './statisticsStore.ts';
import { formatTrainingFigure, TRAINING_FIGURES, type TrainingFigure } from './trainingFigures.ts';
import { useWatchedStatistics } from './useShownStatistics.ts';

/** What a node did in the shown run: its figures at a step, one of them over time, and distributions. */
export function NodeStatistics({ node }: { readonly node: InferredNode }) {
  useWatchedStatistics(true);
  const document = useDocument((state) => state.document);
  const { path: scope } = useShownScope();
  const run = useStatistics((state) => state.run);
  const statistics = useStatistics((state) => state.statistics);
  const sample = useStatistics(sampleAt);
  const [chosen, setChosen] = useState<TrainingFigure>('gradientFlow');
  const path = `${instancePrefix(document, scope)}${node.name}`;
  const rows = useMemo(
    () =>
      (Object.keys(TRAINING_FIGURES) as TrainingFigure[]).flatMap((figure) => {
        const value = sample < 0 ? undefined : TRAINING_FIGURES[figure].value(statistics, sample, path);
        return value === undefined ? [] : [{ figure, value }];
      }),
    [statistics, sample, path],
  );
  const shown = rows.find(({ figure }) => figure === chosen)?.figure ?? rows[0]?.figure;
  const series = useMemo(
    () =>
      shown === undefined
        ? []
        : statistics.samples.map((_, at) => seriesValue(TRAINING_FIGURES[shown].value(statistics, at, path), shown)),
    [statistics, path, shown],
  );
  if (run === null || shown === undefined) return null;
  const step = statistics.steps[sample];
  const { title, scale } = TRAINING_FIGURES[shown];
  const weights = rows.some(({ figure }) => figure === 'weightNorm');
  return (
    <Section title="In training" {...(step !== undefined && { aside: `step ${formatCount(step + 1)}` })}>
      <div role="radiogroup" aria-label="Figure over time" className="flex flex-col" data-testid="node-statistics">
        {rows.map(({ figure, value }) => (
          <button
            key={figure}
            type="button"
            role="radio"
            aria-checked={figure === shown}
            title={TRAINING_FIGURES[figure].help}
            data-testid={`statistic-${figure}`}
            onClick={() => setChosen(figure)}
            className={classNames(
              'flex items-baseline justify-between gap-3 rounded-sm px-1.5 py-0.5 text-left text-sm hover:bg-hover',
              figure === shown && 'bg-accent-soft hover:bg-accent-soft',
            )}
          >
            <span className="text-ink-muted">{TRAINING_FIGURES[figure].title}</span>
            <span className="tabular-nums">{formatTrainingFigure(figure, value)}</span>
          </button>
        ))}
      </div>
      <div className="mt-2">
        <FigureChart
          label={`${title} of ${node.name} over the steps`}
          steps={statistics.steps}
          values={series}
          logarithmic={scale === 'logarithmic'}
          at={step}
          onPick={(picked) => lookAtStep(picked === statistics.steps.at(-1) ? null : picked)}
        />
      </div>
      {'op' in node.node && (
        <HistogramsOverTime run={run} path={path} hasWeights={weights} samples={statistics.samples.length} />
      )}
    </Section>
  );
}

/** A logarithm has no place for zero. */
function seriesValue(value: number | undefined, figure: TrainingFigure): number | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  return TRAINING_FIGURES[figure].scale === 'logarithmic' && value <= 0 ? null : value;
}
