import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { RunId } from '../../contract/run.ts';
import type { CurveAxis } from './curves.ts';

/** A part of the horizontal axis. */
export interface CurveRange {
  readonly from: number;
  readonly to: number;
}

/** How curves are looked at; all charts share it, and it stays while other panes are shown. */
export interface CurveView {
  readonly axis: CurveAxis;
  readonly smoothing: number;
  readonly logarithmic: boolean;
  readonly train: boolean;
  readonly validation: boolean;
  /** What was zoomed to, in the run it was zoomed in; `null` shows all there is, and grows with it. */
  readonly zoom: { readonly run: RunId; readonly range: CurveRange } | null;
}

export const curveView = createStore<CurveView>()(() => ({
  axis: 'epoch',
  smoothing: 0.6,
  logarithmic: false,
  train: true,
  validation: true,
  zoom: null,
}));

/** Reads how curves are looked at in a component. */
export function useCurveView<T>(selector: (view: CurveView) => T): T {
  return useStore(curveView, selector);
}

/** Draws curves over another axis; a part of the old one means nothing there. */
export function setCurveAxis(axis: CurveAxis): void {
  curveView.setState({ axis, zoom: null });
}

/** Zooms to a part of the axis, or shows all with `null`. */
export function zoomCurves(run: RunId, range: CurveRange | null): void {
  curveView.setState({ zoom: range === null || !(range.to > range.from) ? null : { run, range } });
}

/** A range that is so many times as wide, about a point that stays where it is. */
export function scaledRange({ from, to }: CurveRange, factor: number, about: number): CurveRange {
  return { from: about - (about - from) * factor, to: about + (to - about) * factor };
}

/** A range moved inside what there is; `null` when it would show everything. */
export function rangeWithin(range: CurveRange, whole: CurveRange): CurveRange | null {
  const width = range.to - range.from;
  if (width >= whole.to - whole.from) return null;
  const from = Math.min(Math.max(range.from, whole.from), whole.to - width);
  return { from, to: from + width };
}

/** Keys change the width by this, and move by this share of it. */
const ZOOM = 1.4;
const PAN = 0.2;

/** The range after a key: `null` is everything, `undefined` a key that does nothing here. */
export function keyedRange(key: string, range: CurveRange): CurveRange | null | undefined {
  const width = range.to - range.from;
  const middle = range.from + width / 2;
  switch (key) {
    case '+':
    case '=':
      return scaledRange(range, 1 / ZOOM, middle);
    case '-':
      return scaledRange(range, ZOOM, middle);
    case 'ArrowLeft':
      return { from: range.from - PAN * width, to: range.to - PAN * width };
    case 'ArrowRight':
      return { from: range.from + PAN * width, to: range.to + PAN * width };
    case 'Home':
    case '0':
      return null;
    default:
      return undefined;
  }
}
