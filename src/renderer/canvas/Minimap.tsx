import { useReactFlow, useStore } from '@xyflow/react';
import { memo, useEffect, useMemo, useRef } from 'react';
import { useStore as useZustand } from 'zustand';
import { shallow } from 'zustand/shallow';
import { whenIdle } from '../store/whenIdle.ts';
import { themeStore } from '../theme/themeStore.ts';
import { boundsOf, boxOf, type OverviewScene } from './overview/overviewScene.ts';
import type { Box, Point } from './routeWire.ts';

const SIZE = { width: 168, height: 104 } as const;
/** Room round the network, in units of the canvas. */
const MARGIN = 100;
const SHARPNESS = 2;

export type MinimapProps = Pick<OverviewScene, 'cards' | 'marks' | 'cardViews'>;

function union(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

function paint(canvas: HTMLCanvasElement, { cards, marks, cardViews }: MinimapProps, area: Box): void {
  const scale = Math.min(SIZE.width / Math.max(1, area.width), SIZE.height / Math.max(1, area.height)) * SHARPNESS;
  canvas.width = Math.max(1, Math.ceil(area.width * scale));
  canvas.height = Math.max(1, Math.ceil(area.height * scale));
  const context = canvas.getContext('2d');
  if (context === null) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const families = new Map<string, string>();
  const familyColour = (family: string): string => {
    const known =
      families.get(family) ?? colour(family === 'unknown' ? '--color-ink-muted' : `--color-family-${family}`);
    families.set(family, known);
    return known;
  };
  context.scale(scale, scale);
  context.translate(-area.x, -area.y);
  for (const mark of marks) {
    if (mark.type === 'waypoint') continue;
    const { x, y, width, height } = boxOf(mark);
    context.globalAlpha = mark.type === 'frame' ? 0.16 : 0.5;
    context.fillStyle = colour(`--mark-${mark.data.colour}`);
    context.fillRect(x, y, width, height);
  }
  context.globalAlpha = 1;
  for (const card of cards) {
    const { x, y, width, height } = boxOf(card);
    context.fillStyle = familyColour(cardViews.get(card.id)?.family ?? 'unknown');
    context.fillRect(x, y, width, height);
  }
}

/** The whole network in a corner, with the part that is shown: press or drag to go there, turn the wheel to zoom. */
export const Minimap = memo(function Minimap({ cards, marks, cardViews }: MinimapProps) {
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useZustand(themeStore, (state) => state.theme);
  const shown = useStore(
    ({ transform: [x, y, zoom], width, height }): Box => ({
      x: -x / zoom,
      y: -y / zoom,
      width: width / zoom,
      height: height / zoom,
    }),
    shallow,
  );
  const area = useMemo(() => boundsOf([...cards, ...marks], MARGIN), [cards, marks]);
  const seen = union(area, shown);
  const scale = Math.min(SIZE.width / seen.width, SIZE.height / seen.height);
  const corner = {
    x: (SIZE.width - seen.width * scale) / 2 - seen.x * scale,
    y: (SIZE.height - seen.height * scale) / 2 - seen.y * scale,
  };
  const styleOf = ({ x, y, width, height }: Box): React.CSSProperties => ({
    transform: `translate(${corner.x + x * scale}px, ${corner.y + y * scale}px)`,
    width: width * scale,
    height: height * scale,
  });

  // After the frame in which the network itself changed.
  useEffect(
    () =>
      whenIdle(() => {
        if (canvas.current !== null) paint(canvas.current, { cards, marks, cardViews }, area);
      }),
    [cards, marks, cardViews, area, theme],
  );

  function placeAt({ clientX, clientY }: React.MouseEvent): Point {
    const box = frame.current?.getBoundingClientRect() ?? { x: 0, y: 0 };
    return { x: (clientX - box.x - corner.x) / scale, y: (clientY - box.y - corner.y) / scale };
  }
  function goTo({ x, y }: Point): void {
    void flow.setCenter(x, y, { zoom: flow.getZoom() });
  }

  return (
    <div
      ref={frame}
      role="img"
      aria-label="Minimap"
      data-testid="minimap"
      className="absolute right-3 bottom-3 z-10 cursor-pointer touch-none overflow-hidden rounded-lg bg-surface shadow-popup"
      style={SIZE}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(placeAt(event));
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) goTo(placeAt(event));
      }}
      onWheel={(event) => {
        void flow.zoomTo(flow.getZoom() * 2 ** (-event.deltaY / 500));
      }}
    >
      <canvas ref={canvas} className="absolute top-0 left-0" style={styleOf(area)} />
      <div
        data-testid="minimap-view"
        className="absolute top-0 left-0 rounded-xs border-2 border-accent bg-accent/10"
        style={styleOf(shown)}
      />
    </div>
  );
});
