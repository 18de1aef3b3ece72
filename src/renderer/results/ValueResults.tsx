import { useState } from 'react';
import type { RegressedOutput } from '../../contract/evaluation.ts';
import type { RunId } from '../../contract/run.ts';
import { Select } from '../ui/Select.tsx';
import { Choices } from './Choices.tsx';
import { digits, FigureTable } from './FigureTable.tsx';
import { SampleStrip, type ShownSample } from './SampleStrip.tsx';
import { ValuePlot } from './ValuePlot.tsx';

const VIEWS = ['Plots', 'Values', 'Worst'] as const;
type View = (typeof VIEWS)[number];
const SHOWN = 24;

/** How near values came to what is true. */
export function ValueResults({ run, output }: { readonly run: RunId; readonly output: RegressedOutput }) {
  const { names, figures, points, samples } = output;
  const [view, setView] = useState<View>('Plots');
  const [chosen, setChosen] = useState('0');
  const index = Number(chosen);
  const [first] = figures;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4">
        <p className="text-sm text-ink" data-testid="results-summary">
          Off by <strong>{digits(first?.meanAbsoluteError ?? null)}</strong> on average (MAE
          {figures.length > 1 && ` of ${names[0] ?? ''}`}) · RMSE {digits(first?.rootMeanSquaredError ?? null)} · R²{' '}
          {digits(first?.rSquared ?? null)} · {samples.length} samples
        </p>
        <Choices label="What is shown" names={VIEWS} chosen={view} onChoose={setView} testId="results-view" />
        {view === 'Plots' && points.truth.length > 1 && (
          <div className="w-60">
            <Select
              label="Value"
              value={chosen}
              options={names.map((name, at) => ({ value: String(at), label: name }))}
              onChange={setChosen}
              data-testid="results-value"
            />
          </div>
        )}
      </div>
      {view === 'Plots' &&
        (points.samples.length === 0 ? (
          <p className="max-w-prose text-xs text-ink-muted">
            This output has too many numbers for a plot of each; the figures are over all of them.
          </p>
        ) : (
          <Plots output={output} index={index} />
        ))}
      {view === 'Values' && (
        <FigureTable
          titles={['Value', 'MAE', 'RMSE', 'Bias', 'R²']}
          rows={figures.map(({ meanAbsoluteError, rootMeanSquaredError, bias, rSquared }, at) => ({
            name: names[at] ?? String(at),
            figures: [meanAbsoluteError, rootMeanSquaredError, bias, rSquared].map(digits),
          }))}
          data-testid="value-table"
        />
      )}
      {view === 'Worst' && <SampleStrip run={run} samples={worst(output)} label="Largest error" />}
    </>
  );
}

function Plots({ output: { names, points }, index }: { readonly output: RegressedOutput; readonly index: number }) {
  const [truth, predicted] = [points.truth[index] ?? [], points.predicted[index] ?? []];
  const residuals = predicted.map((value, at) => value - (truth[at] ?? 0));
  const name = names[index] ?? '';
  return (
    <div className="flex flex-wrap gap-6" data-testid="value-plots">
      <ValuePlot
        title={`Predicted against true: ${name}`}
        across="True"
        upwards="Predicted"
        points={{ x: truth, y: predicted }}
        ideal="diagonal"
        description={`Predicted against true ${name} for ${truth.length} samples. On the dashed line both are equal.`}
      />
      <ValuePlot
        title={`Residuals: ${name}`}
        across="Predicted"
        upwards="Predicted − true"
        points={{ x: predicted, y: residuals }}
        ideal="zero"
        description={`Residuals of ${name} for ${truth.length} samples. Around the dashed line there should be no pattern.`}
      />
    </div>
  );
}

function worst({ names, samples, errors, points }: RegressedOutput): ShownSample[] {
  const placeOf = new Map(points.samples.map((sample, place) => [sample, place]));
  const some = names.slice(0, 2).map((_, index) => index);
  const said = (columns: readonly (readonly number[])[], place: number): string =>
    some.map((index) => digits(columns[index]?.[place] ?? null)).join(', ');
  return [...errors.keys()]
    .sort((a, b) => (errors[b] ?? 0) - (errors[a] ?? 0))
    .slice(0, SHOWN)
    .map((place) => {
      const number = samples[place] ?? 0;
      const point = placeOf.get(number);
      const off = `off by ${digits(errors[place] ?? null)}`;
      if (point === undefined) return { number, truth: off, told: '' };
      return { number, truth: `true ${said(points.truth, point)}`, told: said(points.predicted, point) };
    });
}
