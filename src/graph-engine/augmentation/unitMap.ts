/** A linear map of places in an image, whose sides both go from 0 to 1: `x' = xx·u + xy·v + x`, `y' = yx·u + yy·v + y`. */
export interface UnitMap {
  readonly xx: number;
  readonly xy: number;
  readonly x: number;
  readonly yx: number;
  readonly yy: number;
  readonly y: number;
}

export const IDENTITY: UnitMap = { xx: 1, xy: 0, x: 0, yx: 0, yy: 1, y: 0 };

/** `outer` after `inner`: from a place in the result through `inner`, then through `outer`, to the source. */
export function composed(outer: UnitMap, inner: UnitMap): UnitMap {
  return {
    xx: outer.xx * inner.xx + outer.xy * inner.yx,
    xy: outer.xx * inner.xy + outer.xy * inner.yy,
    x: outer.xx * inner.x + outer.xy * inner.y + outer.x,
    yx: outer.yx * inner.xx + outer.yy * inner.yx,
    yy: outer.yx * inner.xy + outer.yy * inner.yy,
    y: outer.yx * inner.x + outer.yy * inner.y + outer.y,
  };
}
