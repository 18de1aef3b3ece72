import { overviewTraces } from './overview/overviewHits.ts';
import type { Point } from './routeWire.ts';

/** Where two stretches cross; `undefined` when they do not. */
export function crossing(a: Point, b: Point, c: Point, d: Point): Point | undefined {
  const [rx, ry, sx, sy] = [b.x - a.x, b.y - a.y, d.x - c.x, d.y - c.y];
  const cross = rx * sy - ry * sx;
  if (cross === 0) return undefined;
  const t = ((c.x - a.x) * sy - (c.y - a.y) * sx) / cross;
  const u = ((c.x - a.x) * ry - (c.y - a.y) * rx) / cross;
  return t < 0 || t > 1 || u < 0 || u > 1 ? undefined : { x: a.x + t * rx, y: a.y + t * ry };
}

/** A drawn wire as a chain of points of the window. */
export interface WireTrace {
  readonly id: string;
  readonly points: readonly Point[];
}

/** Wires that a stroke crosses, each with where it does so first. */
export function crossedWires(stroke: readonly Point[], wires: readonly WireTrace[]): ReadonlyMap<string, Point> {
  const found = new Map<string, Point>();
  for (let index = 0; index + 1 < stroke.length; index++) {
    const [from, to] = [stroke[index], stroke[index + 1]];
    if (from === undefined || to === undefined) continue;
    for (const { id, points } of wires) {
      if (found.has(id)) continue;
      for (let at = 0; at + 1 < points.length; at++) {
        const [start, end] = [points[at], points[at + 1]];
        const hit = start === undefined || end === undefined ? undefined : crossing(from, to, start, end);
        if (hit === undefined) continue;
        found.set(id, hit);
        break;
      }
    }
  }
  return found;
}

const SAMPLES = 24;

/** The wires that are drawn or painted now, as they lie in the window. */
export function traceWires(root: HTMLElement): readonly WireTrace[] {
  return [...overviewTraces(), ...drawnWires(root)];
}

function drawnWires(root: HTMLElement): readonly WireTrace[] {
  return [...root.querySelectorAll<SVGPathElement>('.react-flow__edge .react-flow__edge-path')].flatMap((path) => {
    const id = path.closest<SVGElement>('.react-flow__edge')?.dataset['id'];
    const matrix = path.getScreenCTM();
    if (id === undefined || matrix === null) return [];
    const length = path.getTotalLength();
    const points = Array.from({ length: SAMPLES + 1 }, (_, index): Point => {
      const { x, y } = path.getPointAtLength((length * index) / SAMPLES).matrixTransform(matrix);
      return { x, y };
    });
    return [{ id, points }];
  });
}
