import { scopeKey, uiStore } from '../store/uiStore.ts';
import { cardRound } from './placeNode.ts';
import type { Point } from './routeWire.ts';

/** Where a card lies that is put into the middle of what the canvas shows. */
export function canvasMiddle(): Point {
  const box = document.querySelector('[data-canvas-root]')?.getBoundingClientRect();
  const { scopePath, viewports } = uiStore.getState();
  const viewport = viewports[scopeKey(scopePath)] ?? { x: 0, y: 0, zoom: 1 };
  const [x, y] = [(box?.width ?? 0) / 2, (box?.height ?? 0) / 2];
  return cardRound({ x: (x - viewport.x) / viewport.zoom, y: (y - viewport.y) / viewport.zoom });
}
