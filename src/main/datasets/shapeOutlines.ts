/** Red, green and blue from 0 to 1. */
export type Colour = readonly [number, number, number];

/** Distance-like function of a shape of radius one about the origin: negative inside. */
export type Outline = (x: number, y: number) => number;

/**
 * No shape of radius five or more pixels colours a pixel that is further than this from its middle, soft edge and all: the
 * tip of the star, where the outline rises most slowly, comes to 1.29.
 */
export const REACH = 1.4;

// Several times faster than Math.hypot, which guards against overflows that cannot happen here.
const length = (x: number, y: number): number => Math.sqrt(x * x + y * y);

const box = (x: number, y: number, halfWidth: number, halfHeight: number): number =>
  Math.max(Math.abs(x) - halfWidth, Math.abs(y) - halfHeight);

/** Inside of a regular polygon with `sides` sides and circumradius one. */
const polygon =
  (sides: number): Outline =>
  (x, y) => {
    const sector = (2 * Math.PI) / sides;
    const angle = Math.atan2(y, x);
    const folded = angle - sector * Math.round(angle / sector);
    return length(x, y) * Math.cos(folded) - Math.cos(sector / 2);
  };

/** A five-pointed star: straight edges between an outer radius of one and an inner one of 0.42. */
const star: Outline = (x, y) => {
  const sector = Math.PI / 5;
  const angle = Math.abs(((Math.atan2(y, x) + 2 * Math.PI) % (2 * sector)) - sector);
  const radius = length(x, y);
  const inner = 0.42;
  // The edge runs from (inner, 0) to the tip at `sector`.
  const tipX = Math.cos(sector);
  const tipY = Math.sin(sector);
  const normalX = tipY;
  const normalY = inner - tipX;
  const across = (radius * Math.cos(angle) - inner) * normalX + radius * Math.sin(angle) * normalY;
  return across / length(normalX, normalY);
};

/** Every shape there is, by name. */
export const outlines: Readonly<Record<string, Outline>> = {
  disc: (x, y) => length(x, y) - 0.85,
  ring: (x, y) => Math.abs(length(x, y) - 0.72) - 0.2,
  triangle: polygon(3),
  square: (x, y) => box(x, y, 0.72, 0.72),
  hexagon: polygon(6),
  star,
  cross: (x, y) => Math.min(box(x, y, 0.26, 0.9), box(x, y, 0.9, 0.26)),
  bar: (x, y) => box(x, y, 0.95, 0.28),
  crescent: (x, y) => Math.max(length(x, y) - 0.9, 0.72 - length(x - 0.42, y)),
  frame: (x, y) => Math.max(box(x, y, 0.78, 0.78), -box(x, y, 0.42, 0.42)),
};

/** Euclidean distance of two colours in the unit cube. */
export function contrast(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
