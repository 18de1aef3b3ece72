import type { Box, Point } from './routeWire.ts';

/** A line along which a dragged card is aligned with another one. */
export interface Guide {
  readonly axis: 'x' | 'y';
  /** Where the line stands. */
  readonly at: number;
  /** Its ends along the other axis. */
  readonly from: number;
  readonly to: number;
}

export interface Guidance {
  /** What to add to the dragged card's place so that it is aligned. */
  readonly shift: Point;
  readonly guides: readonly Guide[];
}

/** More cards than this have lines everywhere. */
const MAXIMUM_GUIDED = 60;

export const NO_GUIDANCE: Guidance = { shift: { x: 0, y: 0 }, guides: [] };

interface Match {
  readonly distance: number;
  readonly at: number;
  readonly other: Box;
}

function edges(box: Box, axis: 'x' | 'y'): readonly number[] {
  const [start, size] = axis === 'x' ? [box.x, box.width] : [box.y, box.height];
  return [start, start + size / 2, start + size];
}

function nearest(dragged: Box, others: readonly Box[], axis: 'x' | 'y', reach: number): Match | undefined {
  let best: Match | undefined;
  const own = edges(dragged, axis);
  const across = axis === 'x' ? 'y' : 'x';
  const apart = (other: Box): number => Math.abs(other[across] - dragged[across]);
  for (const other of others) {
    edges(other, axis).forEach((at, index) => {
      const distance = at - (own[index] ?? at);
      const closer = best === undefined || Math.abs(distance) < Math.abs(best.distance);
      const nearer = best?.distance === distance && apart(other) < apart(best.other);
      if (Math.abs(distance) <= reach && (closer || nearer)) best = { distance, at, other };
    });
  }
  return best;
}

/** The lines a dragged card comes to stand on within reach, the nearest card's for each direction. */
export function findGuides(dragged: Box, others: readonly Box[], reach: number): Guidance {
  const [x, y] = [nearest(dragged, others, 'x', reach), nearest(dragged, others, 'y', reach)];
  const shift = { x: x?.distance ?? 0, y: y?.distance ?? 0 };
  const placed: Box = { ...dragged, x: dragged.x + shift.x, y: dragged.y + shift.y };
  const guides: Guide[] = [];
  if (x !== undefined) {
    const [from, to] = span(placed.y, placed.height, x.other.y, x.other.height);
    guides.push({ axis: 'x', at: x.at, from, to });
  }
  if (y !== undefined) {
    const [from, to] = span(placed.x, placed.width, y.other.x, y.other.width);
    guides.push({ axis: 'y', at: y.at, from, to });
  }
  return { shift, guides };
}

/** Of two guidances the one whose line along an axis is nearer; the first among equals. */
function stronger(a: Guidance, b: Guidance, axis: 'x' | 'y'): Guidance {
  const has = ({ guides }: Guidance): boolean => guides.some((guide) => guide.axis === axis);
  if (!has(b)) return a;
  return !has(a) || Math.abs(b.shift[axis]) < Math.abs(a.shift[axis]) ? b : a;
}

/**
 * The lines a dragged group comes to stand on: those of its outline, and those of each card in it where they are nearer. The
 * cards keep their distances.
 */
export function guideGroup(cards: readonly Box[], others: readonly Box[], reach: number): Guidance {
  const [first, ...rest] = cards;
  if (first === undefined || cards.length > MAXIMUM_GUIDED) return NO_GUIDANCE;
  if (rest.length === 0) return findGuides(first, others, reach);
  const [left, top] = [Math.min(...cards.map(({ x }) => x)), Math.min(...cards.map(({ y }) => y))];
  const right = Math.max(...cards.map(({ x, width }) => x + width));
  const bottom = Math.max(...cards.map(({ y, height }) => y + height));
  const outline: Box = { x: left, y: top, width: right - left, height: bottom - top };
  const all = [outline, ...cards].map((box) => findGuides(box, others, reach));
  const best = (axis: 'x' | 'y'): Guidance => all.reduce((found, next) => stronger(found, next, axis));
  const [x, y] = [best('x'), best('y')];
  return {
    shift: { x: x.shift.x, y: y.shift.y },
    guides: [...x.guides.filter(({ axis }) => axis === 'x'), ...y.guides.filter(({ axis }) => axis === 'y')],
  };
}

function span(a: number, aSize: number, b: number, bSize: number): readonly [number, number] {
  return [Math.min(a, b), Math.max(a + aSize, b + bSize)];
}
