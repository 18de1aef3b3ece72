import './heatMap.css';
import { ViewportPortal } from '@xyflow/react';
import { Fragment, type CSSProperties } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { useDetail } from '../canvas/detailLevel.ts';
import { useGradientWires } from '../statistics/useShownStatistics.ts';
import { useHeatMap } from './heatMapStore.ts';
import { useShownHeatMap } from './useShownHeatMap.ts';

/** Where a card lies, as far as the tint needs to know. */
export interface TintedCard {
  readonly id: string;
  readonly position: { readonly x: number; readonly y: number };
  readonly width?: number;
  readonly height?: number;
}

/** Tints the cards by a figure, with a bar as long as its share and the figure in words: colour is not the only sign. */
export function HeatMapOverlay({ cards }: { readonly cards: readonly TintedCard[] }) {
  const heat = useShownHeatMap();
  useGradientWires(useHeatMap((state) => state.metric) === 'gradientFlow');
  const detail = useDetail();
  if (heat === undefined) return null;
  return (
    <ViewportPortal>
      {cards.map(({ id, position, width = 0, height = 0 }) => {
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
