import './heatMap.css';
import { Flame, X } from 'lucide-react';
import type { CSSProperties } from 'react';
import { classNames } from '../ui/classNames.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { showHeatMap, useHeatMap } from './heatMapStore.ts';
import { isTrainingFigure, TRAINING_FIGURES, type TrainingFigure } from '../statistics/trainingFigures.ts';
import { StepSlider } from '../statistics/StepSlider.tsx';
import { HEAT_LEVELS } from './heatMapTypes.ts';
import { COST_METRICS, heatTitle, type CostMetric, type HeatMetric } from './heatValues.ts';
import { useShownHeatMap } from './useShownHeatMap.ts';

function itemOf(metric: HeatMetric) {
  return { label: heatTitle(metric), onSelect: () => showHeatMap(metric), testId: `heat-${metric}` };
}

/** Turns the heat map on and off, and says what its colours mean. */
export function HeatLegend({ width }: { readonly width: number }) {
  const metric = useHeatMap((state) => state.metric);
  const heat = useShownHeatMap();
  return (
    <div
      data-testid="heat-legend"
      className={classNames(
        'absolute left-3 z-10 flex h-9 max-w-[calc(100%-1.5rem)] items-center gap-1 rounded-lg bg-raised px-1 shadow-popup',
        // Beside the toolbar there is room for a button, and for the whole legend only on wide canvases.
        width < (metric === null ? 660 : isTrainingFigure(metric) ? 1300 : 1000) ? 'bottom-14' : 'bottom-3',
      )}
    >
      <Menu
        trigger={
          <button
            type="button"
            aria-label={metric === null ? 'Heat map' : `Heat map: ${heatTitle(metric)}`}
            title="Heat map"
            data-testid="heat-menu"
            className="inline-flex h-7 min-w-7 items-center justify-center gap-1.5 rounded-md px-1.5 text-xs text-ink-muted hover:bg-hover hover:text-ink"
          >
            <Flame size={15} aria-hidden />
            {metric !== null && <span className="whitespace-nowrap text-ink">{heatTitle(metric)}</span>}
          </button>
        }
        items={[
          ...Object.keys(COST_METRICS).map((one) => itemOf(one as CostMetric)),
          'separator' as const,
          ...Object.keys(TRAINING_FIGURES).map((one) => itemOf(one as TrainingFigure)),
          'separator' as const,
          { label: 'No heat map', disabled: metric === null, onSelect: () => showHeatMap(null), testId: 'heat-off' },
        ]}
      />
      {metric !== null && (
        <>
          <span className="flex items-center gap-1.5 text-2xs text-ink-muted tabular-nums" data-testid="heat-scale">
            <span>{heat?.minimum ?? ''}</span>
            <span className="flex overflow-hidden rounded-xs border border-line-strong" aria-hidden>
              {Array.from({ length: HEAT_LEVELS + 1 }, (_, level) => (
                <span
                  key={level}
                  className={classNames('sw-heat-swatch h-3', width < 660 ? 'w-2' : 'w-4')}
                  style={{ '--level': level } as CSSProperties}
                />
              ))}
            </span>
            <span>{heat?.maximum ?? 'not known'}</span>
          </span>
          {isTrainingFigure(metric) && <StepSlider />}
          <IconButton
            side="top"
            label="No heat map"
            className="size-7"
            icon={<X size={14} />}
            onClick={() => showHeatMap(null)}
          />
        </>
      )}
    </div>
  );
}
