import { ViewportPortal } from '@xyflow/react';
import { memo, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { themeStore } from '../../theme/themeStore.ts';
import { useUi } from '../../store/uiStore.ts';
import { useCanvas } from '../canvasStore.ts';
import type { Box, Point } from '../routeWire.ts';
import { boundsOf, type OverviewScene } from './overviewScene.ts';
import { inHandOf, paintHighlights, paintScene } from './paintOverview.ts';

export interface OverviewProps {
  readonly scene: OverviewScene;
  /** Another one when what is painted has changed: selecting and dragging do not count. */
  readonly picture: object;
  readonly moved: ReadonlyMap<string, Point> | null;
  /** What the pointer is over. */
  readonly hovered: string | null;
}

const NOTHING: ReadonlySet<string> = new Set();

function place({ x, y, width, height }: Box): React.CSSProperties {
  return { transform: `translate(${x}px, ${y}px)`, width, height };
}

/**
 * A large network from far away, as one picture: moving and zooming only shift it, whatever the number of nodes. It is
 * painted again when something changes; what is selected, under the pointer or dragged lies over it in a picture of its own.
 */
export const Overview = memo(function Overview({ scene, picture, moved, hovered }: OverviewProps) {
  return (
    <ViewportPortal>
      <Picture scene={scene} picture={picture} moved={moved} />
      <Marking scene={scene} picture={picture} moved={moved} hovered={hovered} />
    </ViewportPortal>
  );
});

function Picture({ scene, picture, moved }: Omit<OverviewProps, 'hovered'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useStore(themeStore, (state) => state.theme);
  const isDragging = moved !== null;
  const now = useRef({ scene, moved });
  useLayoutEffect(() => {
    now.current = { scene, moved };
  }, [scene, moved]);

  useEffect(() => {
    const { current } = canvas;
    if (current === null) return;
    // The same things are in the hand from the beginning of a drag to its end.
    const area = boundsOf([...now.current.scene.cards, ...now.current.scene.marks]);
    Object.assign(current.style, {
      transform: `translate(${area.x}px, ${area.y}px)`,
      width: `${area.width}px`,
      height: `${area.height}px`,
    });
    paintScene(current, now.current.scene, area, inHandOf(now.current.moved));
  }, [picture, isDragging, theme]);

  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={`${scene.cards.length} nodes from far away`}
      data-testid="overview"
      className="pointer-events-none absolute top-0 left-0 origin-top-left"
    />
  );
}

/** What is selected, hovered and dragged. */
function Marking({ scene, picture, moved, hovered }: OverviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useStore(themeStore, (state) => state.theme);
  const selectedWires = useUi((state) => state.selectedWires);
  // What a stroke crosses, and what a card would be put into.
  const struck = useCanvas(({ mode }) => (mode.kind === 'stroke' ? mode.hits : NOTHING));
  const under = useCanvas((state) => state.wireUnderDrag);
  const marked = useMemo(() => {
    const all = [...scene.cards, ...scene.marks];
    return {
      selected: all.filter(({ selected }) => selected === true),
      hovered: hovered === null ? undefined : all.find(({ id }) => id === hovered),
      inHand: moved === null ? [] : all.filter(({ id }) => moved.has(id)),
      selectedWires:
        selectedWires.size + struck.size === 0 && under === null
          ? []
          : scene.wires.filter(({ id }) => selectedWires.has(id) || struck.has(id) || id === under),
    };
  }, [scene, hovered, moved, selectedWires, struck, under]);
  const { selected, inHand } = marked;
  const area = useMemo(() => {
    // Wires reach as far as the network does.
    if (moved !== null || marked.selectedWires.length > 0) return boundsOf([...scene.cards, ...scene.marks]);
    return boundsOf(marked.hovered === undefined ? selected : [...selected, marked.hovered], 40);
  }, [scene, moved, marked, selected]);
  const isEmpty = area.width === 0 && inHand.length === 0;

  useEffect(() => {
    if (canvas.current !== null) paintHighlights(canvas.current, scene, area, marked, inHandOf(moved));
  }, [scene, picture, area, marked, moved, theme]);

  if (isEmpty) return null;
  return (
    <canvas
      ref={canvas}
      aria-hidden
      data-testid="overview-marking"
      data-selected={selected.length}
      className="pointer-events-none absolute top-0 left-0 origin-top-left"
      style={place(area)}
    />
  );
}
