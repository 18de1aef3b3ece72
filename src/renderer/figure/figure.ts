import type { Point } from '../canvas/routeWire.ts';

/** A part of a line: straight, or a cubic curve. */
export type Segment =
  | { readonly kind: 'line'; readonly to: Point }
  | { readonly kind: 'curve'; readonly first: Point; readonly second: Point; readonly to: Point };

/** What a figure is made of, from back to front; colours are `#rrggbb`. */
export type Shape =
  | {
      readonly kind: 'box';
      /** A name that can be used in a drawing program or in TeX. */
      readonly name: string;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly radius: number;
      readonly fill: string;
      readonly stroke: string;
      readonly dashed: boolean;
    }
  | {
      readonly kind: 'path';
      readonly from: Point;
      readonly segments: readonly Segment[];
      readonly stroke: string;
      readonly width: number;
      readonly arrow: boolean;
      readonly dashed: boolean;
    }
  | {
      readonly kind: 'text';
      /** The middle of the base line, or its start. */
      readonly at: Point;
      readonly text: string;
      readonly size: number;
      readonly bold: boolean;
      readonly anchor: 'start' | 'middle';
      readonly colour: string;
    };

/** A drawing of a network for a paper or a slide: vectors and text in canvas units, the upper left corner at 0, 0. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

/** Segments of a path as wires are drawn: absolute M, L, C and Q. */
export function parsePath(d: string): { readonly from: Point; readonly segments: readonly Segment[] } {
  let from: Point = { x: 0, y: 0 };
  let last = from;
  const segments: Segment[] = [];
  for (const [, letter = '', rest = ''] of d.matchAll(/([MLCQ])([^MLCQ]*)/g)) {
    const numbers = (rest.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
    const point = (index: number): Point => ({ x: numbers[index * 2] ?? 0, y: numbers[index * 2 + 1] ?? 0 });
    if (letter === 'M') {
      from = last = point(0);
      continue;
    }
    if (letter === 'L') segments.push({ kind: 'line', to: point(0) });
    else if (letter === 'C') segments.push({ kind: 'curve', first: point(0), second: point(1), to: point(2) });
    else {
      const [start, control, to] = [last, point(0), point(1)];
      const towards = (end: Point): Point => ({
        x: end.x + ((control.x - end.x) * 2) / 3,
        y: end.y + ((control.y - end.y) * 2) / 3,
      });
      segments.push({ kind: 'curve', first: towards(start), second: towards(to), to });
    }
    last = segments.at(-1)?.to ?? last;
  }
  return { from, segments };
}

/** The corners of everything in a figure's list; controls of curves count, so nothing is cut off. */
export function extentOf(shapes: readonly Shape[]): {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
} {
  const points = shapes.flatMap((shape): Point[] => {
    if (shape.kind === 'box')
      return [
        { x: shape.x, y: shape.y },
        { x: shape.x + shape.width, y: shape.y + shape.height },
      ];
    if (shape.kind === 'text') {
      return [
        { x: shape.at.x, y: shape.at.y - shape.size },
        { x: shape.at.x, y: shape.at.y + shape.size * 0.3 },
      ];
    }
    return [
      shape.from,
      ...shape.segments.flatMap((one) => (one.kind === 'line' ? [one.to] : [one.first, one.second, one.to])),
    ];
  });
  if (points.length === 0) return { left: 0, top: 0, right: 0, bottom: 0 };
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function shifted(shape: Shape, dx: number, dy: number): Shape {
  const move = ({ x, y }: Point): Point => ({ x: x + dx, y: y + dy });
  switch (shape.kind) {
    case 'box':
      return { ...shape, x: shape.x + dx, y: shape.y + dy };
    case 'text':
      return { ...shape, at: move(shape.at) };
    case 'path':
      return {
        ...shape,
        from: move(shape.from),
        segments: shape.segments.map((segment) =>
          segment.kind === 'line'
            ? { kind: 'line', to: move(segment.to) }
            : { kind: 'curve', first: move(segment.first), second: move(segment.second), to: move(segment.to) },
        ),
      };
  }
}

/** A figure of shapes anywhere, with a margin round them. */
export function frameFigure(shapes: readonly Shape[], margin: number): Figure {
  const { left, top, right, bottom } = extentOf(shapes);
  return {
    width: right - left + 2 * margin,
    height: bottom - top + 2 * margin,
    shapes: shapes.map((shape) => shifted(shape, margin - left, margin - top)),
  };
}
