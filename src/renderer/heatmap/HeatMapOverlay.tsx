import './heatMap.css';
import { useStore, ViewportPortal } from '@xyflow/react';
import { Fragment, type CSSProperties } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { useDetail } from '../canvas/detailLevel.ts';
import { shallow } from 'zustand/shallow';
import { useGradientWires } from '../statistics/useShownStatistics.ts';
import { useHeatMap } from './heatMapStore.ts';
import type { HeatMap } from './heatMapTypes.ts';
import { useShownHeatMap } from './useShownHeatMap.ts';

/** Where a card lies, as far as the tint needs to know. */
export interface TintedCard {
  readonly id: string;
  readonly position: { readonly x: number; readonly y: number };
  readonly width?: number;
  readonly height?: number;
}

/** Tints the cards by a figure, with a bar as long as its share and the figure in words: colour is not the only sign. */
export function HeatMapOverlay(props: { readonly cards: readonly TintedCard[] }) {
  const heat = useShownHeatMap();
  useGradientWires(useHeatMap((state) => state.metric) === 'gradientFlow');
  return heat === undefined ? null : <Tints {...props} heat={heat} />;
}

/** The part of the canvas round what is shown: another one when the view leaves it, or is zoomed far. */
function useNeighbourhood() {
  return useStore(({ transform: [x, y, zoom], width, height }) => {
    // Steps of half a view, so that moving the canvas does not draw all tints again in every frame.
    const level = 2 ** Math.floor(Math.log2(zoom));
    const [stepX, stepY] = [Math.max(1, width / level / 2), Math.max(1, height / level / 2)];
    const [left, top] = [Math.floor(-x / zoom / stepX) * stepX, Math.floor(-y / zoom / stepY) * stepY];
    return { left: left - stepX, top: top - stepY, right: left + 4 * stepX, bottom: top + 4 * stepY };
  }, shallow);
}

function Tints({ cards, heat }: { readonly cards: readonly TintedCard[]; readonly heat: HeatMap }) {
  const detail = useDetail();
  const { left, top, right, bottom } = useNeighbourhood();
  const near = cards.filter(
    ({ position: { x, y }, width = 0, height = 0 }) => x < right && x + width > left && y < bottom && y + height > top,
  );
  return (
    <ViewportPortal>
      {near.map(({ id, position, width = 0, height = 0 }) => {
        const value = heat.values.get(id as NodeId);
        if (value === undefined) return null;
        const place = { transform: `translate(${position.x}px, ${position.y}px)`, width, height };
        return (
          <Fragment key={id}>
            <div className="sw-heat-tint" style={{ ...place, '--level': value.level } as CSSProperties} />
            <div data-testid={`heat-${id}`} data-level={value.level} className={`sw-heat is-${detail}`} style={place}>
              <span
                className="sw-heat-bar"
                style={{ width: `${Math.max(value.share * 100, value.level === 0 ? 0 : 2)}%` }}
              />
              {value.text !== '' && detail !== 'far' && <span className="sw-heat-text">{value.text}</span>}
            </div>
          </Fragment>
        );
      })}
    </ViewportPortal>
  );
}
