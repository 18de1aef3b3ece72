import type { RunColumn, RunRow } from '../../contract/runTable.ts';
import { csvLine } from '../../graph-engine/targets/csv/csvLine.ts';
import { pngOfSvg } from '../figure/pngOf.ts';
import { downloadBlob } from '../files/fileActions.ts';
import { formatDuration } from '../training/format.ts';
import { runStore } from '../training/runStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { curveOf, thinCurve, type OverlayFigure } from './overlay.ts';
import { drawOverlays, type Drawing } from './overlaySvg.ts';
import { runsView } from './runsView.ts';
import type { ComparedRun } from './useChosenCurves.ts';

const AXIS_TITLES = { epoch: 'Epoch', step: 'Step', time: 'Time' } as const;

/** The shown charts as one picture, as they are looked at now. */
function drawCurves(runs: readonly ComparedRun[], figures: readonly OverlayFigure[]): Drawing {
  const { axis, smoothing, logarithmic, zoom } = runsView.getState();
  const { details } = runStore.getState();
  return drawOverlays(
    figures.map((figure) => {
      const isLogarithmic = logarithmic && figure.unit !== 'share';
      const look = { axis, smoothing, logarithmic: isLogarithmic };
      return {
        title: figure.title,
        axisTitle: AXIS_TITLES[axis],
        logarithmic: isLogarithmic,
        formatValue: (value) => (figure.unit === 'share' ? `${Math.round(value * 100)} %` : shortNumber(value)),
        formatPlace: (place) => (axis === 'time' ? formatDuration(place) : shortNumber(place)),
        curves: runs.map(({ summary, name, mark }) => {
          const curve = curveOf(details[summary.id]?.metrics ?? [], figure, look);
          const { places, values } = thinCurve(curve, zoom, 1000);
          const within = places.map((place) => zoom === null || (place >= zoom.from && place <= zoom.to));
          return {
            name,
            mark,
            curve: { places: places.filter((_, at) => within[at]), values: values.filter((_, at) => within[at]) },
          };
        }),
      };
    }),
  );
}

/** A number beside an axis: `0.25`, `40`, `2e-5`. */
function shortNumber(value: number): string {
  const plain = String(Number(value.toPrecision(6)));
  return plain.length <= 8 ? plain : value.toExponential(1);
}

/** Hands the shown charts to the browser as a picture. */
export async function downloadCurves(
  format: 'svg' | 'png',
  runs: readonly ComparedRun[],
  figures: readonly OverlayFigure[],
): Promise<void> {
  const drawing = drawCurves(runs, figures);
  try {
    const blob =
      format === 'svg' ? new Blob([drawing.svg], { type: 'image/svg+xml' }) : await pngOfSvg(drawing.svg, drawing);
    downloadBlob(blob, `curves.${format}`);
  } catch (error) {
    const description = error instanceof Error ? error.message : String(error);
    showToast({ tone: 'danger', title: 'The picture was not made', description });
  }
}

/** Hands the table as it is shown to the browser, with numbers as they are. */
export function downloadTable(rows: readonly RunRow[], columns: readonly RunColumn[]): void {
  const lines = [
    csvLine(['Run', ...columns.map(({ title }) => title)]),
    ...rows.map((row) =>
      csvLine([
        row.summary.id,
        ...columns.map((column) => {
          const value = column.value(row);
          return column.kind === 'time' && typeof value === 'number' ? new Date(value).toISOString() : value;
        }),
      ]),
    ),
  ];
  downloadBlob(new Blob([lines.map((line) => `${line}\r\n`).join('')], { type: 'text/csv' }), 'runs.csv');
}
