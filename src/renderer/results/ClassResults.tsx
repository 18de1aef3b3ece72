import { useMemo, useState } from 'react';
import type { ClassifiedOutput } from '../../contract/evaluation.ts';
import type { RunId } from '../../contract/run.ts';
import { classificationReport } from '../../graph-engine/evaluation/classificationReport.ts';
import { CalibrationPlot } from './CalibrationPlot.tsx';
import { Choices } from './Choices.tsx';
import { ClassTable } from './ClassTable.tsx';
import { ConfusionMatrix } from './ConfusionMatrix.tsx';
import { placesInCell, surestMistakes, worstPlaces, type Places } from './orderSamples.ts';
import type { Cell } from './resultsStore.ts';
import { SampleStrip, type ShownSample } from './SampleStrip.tsx';

const VIEWS = ['Confusion', 'Classes', 'Mistakes', 'Calibration'] as const;
type View = (typeof VIEWS)[number];
const SHOWN = 24;

/** What a classifier got right and wrong. */
export function ClassResults({ run, output }: { readonly run: RunId; readonly output: ClassifiedOutput }) {
  const report = useMemo(() => classificationReport(output.classes.length, output), [output]);
  const [view, setView] = useState<View>('Confusion');
  const [cell, setCell] = useState<Cell | null>(null);
  const { classes } = output;
  const absent = classes.filter((_, index) => report.classes[index]?.support === 0);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4">
        <p className="text-sm text-ink" data-testid="results-summary">
          <strong>{(report.accuracy * 100).toFixed(1)} %</strong> of {report.samples} right · mean F1{' '}
          {(report.macroF1 * 100).toFixed(1)} %
        </p>
        <Choices label="What is shown" names={VIEWS} chosen={view} onChoose={setView} testId="results-view" />
      </div>
      {absent.length > 0 && (
        <p className="text-xs text-ink-muted" data-testid="absent-classes">
          No sample here is {absent.slice(0, 8).join(', ')}
          {absent.length > 8 && ` or of ${absent.length - 8} more classes`}: nothing can be said of how well it is
          found.
        </p>
      )}
      {view === 'Confusion' && (
        <div className="flex flex-wrap items-start gap-6">
          <ConfusionMatrix classes={classes} confusion={report.confusion} chosen={cell} onChoose={setCell} />
          {cell !== null && (
            <SampleStrip
              run={run}
              samples={shown(output, placesInCell(output, cell))}
              label={`${classes[cell.truth] ?? ''} taken for ${classes[cell.predicted] ?? ''}`}
            />
          )}
        </div>
      )}
      {view === 'Classes' && <ClassTable classes={classes} report={report} />}
      {view === 'Mistakes' && (
        <div className="flex flex-col gap-4">
          <SampleStrip run={run} samples={shown(output, worstPlaces(output, SHOWN))} label="Largest loss" />
          <SampleStrip run={run} samples={shown(output, surestMistakes(output, SHOWN))} label="Wrong and sure of it" />
        </div>
      )}
      {view === 'Calibration' && <CalibrationPlot report={report} />}
    </>
  );
}

function shown({ classes, samples, truth, predicted, confidence }: ClassifiedOutput, places: Places): ShownSample[] {
  const nameOf = (index: number | undefined): string => classes[index ?? -1] ?? '?';
  return places.map((place) => ({
    number: samples[place] ?? 0,
    truth: nameOf(truth[place]),
    told: `${nameOf(predicted[place])} ${((confidence[place] ?? 0) * 100).toFixed(0)} %`,
  }));
}
