import type uPlot from 'uplot';
import { rangeWithin, scaledRange, type CurveRange } from './curveView.ts';

export interface PointerHandlers {
  /** What the chart shows now, and what there is. */
  range(): CurveRange;
  whole(): CurveRange;
  onRange(range: CurveRange | null): void;
}

/** How much a turn of the wheel changes the width. */
const WHEEL = 0.002;

/**
 * Pans a chart by dragging with Shift or the middle button and by wheels that turn sideways, zooms about the pointer by the
 * wheel with Ctrl (which a pinch is, too), and shows everything after a double click. Returns how to stop.
 */
export function followPointer(plot: uPlot, { range, whole, onRange }: PointerHandlers): () => void {
  const { over } = plot;
  let held: { readonly x: number; readonly range: CurveRange } | undefined;

  const move = (to: CurveRange): void => onRange(rangeWithin(to, whole()));
  const shifted = ({ from, to }: CurveRange, pixels: number): CurveRange => {
    const distance = ((to - from) * pixels) / Math.max(1, over.clientWidth);
    return { from: from + distance, to: to + distance };
  };

  const onDown = (event: PointerEvent): void => {
    if (!(event.button === 1 || (event.button === 0 && event.shiftKey))) return;
    event.preventDefault();
    held = { x: event.clientX, range: range() };
    over.setPointerCapture(event.pointerId);
  };
  // uPlot listens to mouse events: what pans must not select.
  const onMouse = (event: MouseEvent): void => {
    if (event.button === 1 || event.shiftKey) event.stopImmediatePropagation();
  };
  const onMove = (event: PointerEvent): void => {
    if (held !== undefined) move(shifted(held.range, held.x - event.clientX));
  };
  const onUp = (): void => {
    held = undefined;
  };
  const onWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const about = plot.posToVal(event.clientX - over.getBoundingClientRect().left, 'x');
      move(scaledRange(range(), Math.exp(event.deltaY * WHEEL), about));
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      move(shifted(range(), event.deltaX));
    }
  };
  const onDouble = (event: MouseEvent): void => {
    event.stopImmediatePropagation();
    onRange(null);
  };

  over.addEventListener('pointerdown', onDown);
  over.addEventListener('pointermove', onMove);
  over.addEventListener('pointerup', onUp);
  over.addEventListener('pointercancel', onUp);
  over.addEventListener('mousedown', onMouse, { capture: true });
  over.addEventListener('dblclick', onDouble, { capture: true });
  over.addEventListener('wheel', onWheel, { passive: false });
  return () => {
    over.removeEventListener('pointerdown', onDown);
    over.removeEventListener('pointermove', onMove);
    over.removeEventListener('pointerup', onUp);
    over.removeEventListener('pointercancel', onUp);
    over.removeEventListener('mousedown', onMouse, { capture: true });
    over.removeEventListener('dblclick', onDouble, { capture: true });
    over.removeEventListener('wheel', onWheel);
  };
}
