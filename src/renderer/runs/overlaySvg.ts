import { figureColour } from '../figure/figureColours.ts';
import { niceTicks, logarithmicTicks } from './axisTicks.ts';
import type { Curve } from './overlay.ts';
import { wholeRange } from './overlay.ts';
import { markedPoints, markerPath, type RunMark } from './runMarks.ts';

/** A curve with its name, for a figure. */
export interface DrawnCurve {
  readonly name: string;
  readonly mark: RunMark;
  readonly curve: Curve;
}

export interface OverlayDrawing {
  readonly title: string;
  readonly axisTitle: string;
  readonly logarithmic: boolean;
  /** Writes a value beside its axis. */
  readonly formatValue: (value: number) => string;
  readonly formatPlace: (place: number) => string;
  readonly curves: readonly DrawnCurve[];
}

/** A picture as text, and its size. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const PLOT = { width: 620, height: 300 };
const EDGE = { left: 64, top: 40, right: 20, bottom: 48 };
const LINE = 18;
const GAP = 28;

/** Charts below each other, with a legend under all of them, on white: for a paper or a slide. */
export function drawOverlays(charts: readonly OverlayDrawing[]): Drawing {
  const width = EDGE.left + PLOT.width + EDGE.right;
  const one = EDGE.top + PLOT.height + EDGE.bottom;
  const legend = legendOf(charts[0]?.curves ?? []);
  const height = charts.length * one + (charts.length - 1) * GAP + 8 + legend.length * LINE + 12;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...charts.map(
      (chart, index) =>
        `<g transform="translate(${EDGE.left} ${EDGE.top + index * (one + GAP)})">${drawChart(chart)}</g>`,
    ),
    `<g transform="translate(${EDGE.left} ${charts.length * (one + GAP) - GAP + 8})">${legend
      .map((entry, row) => `<g transform="translate(0 ${row * LINE + 9})">${entry}</g>`)
      .join('')}</g>`,
    '</svg>',
    '',
  ].join('\n');
  return { svg, width, height };
}

function drawChart({ title, axisTitle, logarithmic, formatValue, formatPlace, curves }: OverlayDrawing): string {
  const all = curves.map(({ curve }) => curve);
  const { from, to } = wholeRange(all);
  const values = all.flatMap((curve) => [...curve.values]);
  const [least, greatest] = spread(values);
  const ticks = logarithmic ? logarithmicTicks(least, greatest) : niceTicks(least, greatest, 6);
  const [bottom, top] = [Math.min(least, ticks[0] ?? least), Math.max(greatest, ticks.at(-1) ?? greatest)];
  const along = (value: number): number => (logarithmic ? Math.log(value) : value);
  const x = (place: number): number => ((place - from) / (to - from)) * PLOT.width;
  const y = (value: number): number =>
    PLOT.height - ((along(value) - along(bottom)) / Math.max(1e-300, along(top) - along(bottom))) * PLOT.height;
  const [ink, muted, line] = [figureColour('ink'), figureColour('ink-muted'), figureColour('line')];
  return [
    `<text y="-18" font-size="14" font-weight="bold" fill="${ink}">${escape(title)}</text>`,
    ...ticks.map(
      (tick) =>
        `<line x2="${PLOT.width}" y1="${short(y(tick))}" y2="${short(y(tick))}" stroke="${line}"/><text x="-8" y="${short(y(tick) + 4)}" text-anchor="end" fill="${muted}">${escape(formatValue(tick))}</text>`,
    ),
    ...niceTicks(from, to, 8)
      .filter((tick) => tick >= from && tick <= to)
      .map(
        (tick) =>
          `<line x1="${short(x(tick))}" x2="${short(x(tick))}" y1="${PLOT.height}" y2="${PLOT.height + 4}" stroke="${muted}"/><text x="${short(x(tick))}" y="${PLOT.height + 18}" text-anchor="middle" fill="${muted}">${escape(formatPlace(tick))}</text>`,
      ),
    `<text x="${PLOT.width / 2}" y="${PLOT.height + 38}" text-anchor="middle" fill="${muted}">${escape(axisTitle)}</text>`,
    `<path d="M0 0V${PLOT.height}H${PLOT.width}" fill="none" stroke="${muted}"/>`,
    ...curves.map(({ name, mark, curve }) => {
      const points = curve.places.map((place, index) => [x(place), y(curve.values[index] ?? 0)] as const);
      const d = points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${short(px)} ${short(py)}`).join('');
      const marked = markedPoints(points.length).map((index) => points[index] ?? ([0, 0] as const));
      return `<g><title>${escape(name)}</title>${lineOf(d, mark)}${marked.map((at) => markerOf(mark, at)).join('')}</g>`;
    }),
  ].join('');
}

function legendOf(curves: readonly DrawnCurve[]): readonly string[] {
  return curves.map(
    ({ name, mark }) =>
      `${lineOf('M0 0H36', mark)}${markerOf(mark, [18, 0])}<text x="46" y="4" fill="${figureColour('ink')}">${escape(name)}</text>`,
  );
}

function lineOf(d: string, { colour, dash }: RunMark): string {
  const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  return `<path d="${d}" fill="none" stroke="${figureColour(colour)}" stroke-width="1.8" stroke-linejoin="round"${dashes}/>`;
}

function markerOf({ colour, marker }: RunMark, [x, y]: readonly [number, number]): string {
  const { d, filled } = markerPath(marker, 7);
  const paint = figureColour(colour);
  return `<path transform="translate(${short(x)} ${short(y)})" d="${d}" fill="${filled ? paint : 'none'}" stroke="${paint}" stroke-width="1.4"/>`;
}

function spread(values: readonly number[]): readonly [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (least > greatest) return [0, 1];
  return least === greatest ? [least - Math.abs(least) / 2, greatest + Math.abs(greatest) / 2 || 1] : [least, greatest];
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
