import './samples.css';
import { useStore, ViewportPortal, type ReactFlowState } from '@xyflow/react';
import { memo, useCallback, useEffect, useMemo } from 'react';
import { nameOf } from '../../graph-engine/document/graphs.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { instancePrefix } from '../../graph-engine/lower/instancePath.ts';
import type { CanvasNode } from '../canvas/deriveNodes.ts';
import { useDetail } from '../canvas/detailLevel.ts';
import { NODE_WIDTH } from '../canvas/nodeGeometry.ts';
import { showPane } from '../panes/paneStore.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { select } from '../store/uiStore.ts';
import { classNames } from '../ui/classNames.ts';
import { describeAnswer, describeReading, formatValue } from './describeValue.ts';
import { showPaths, useSample, wantedKey, type PathReading } from './sampleStore.ts';
import { ValuePicture, type Room } from './ValuePicture.tsx';

/** Between a card and its picture, and the picture itself. */
const GAP = 5;
const ROOM: Room = { width: NODE_WIDTH - 4, height: 38 };
/** Room beside a narrow picture for figures. */
const FACTS_WIDTH = 76;

/** The pictures of a sample's values under the cards that are seen; nothing while no sample is looked at. */
export function ActivationOverlay({ cards }: { readonly cards: readonly CanvasNode[] }) {
  const open = useSample((state) => state.open);
  return open ? <Pictures cards={cards} /> : null;
}

/** Ids of the cards in sight, as one text: equal as long as the same ones are. */
function cardsInSight(cards: readonly CanvasNode[], { transform, width, height }: ReactFlowState): string {
  const [x, y, zoom] = transform;
  const ids: string[] = [];
  for (const { id, position, height: tall = 0 } of cards) {
    const [left, top] = [position.x * zoom + x, position.y * zoom + y];
    const below = (tall + GAP + ROOM.height) * zoom;
    if (left < width && left + NODE_WIDTH * zoom > 0 && top < height && top + below > 0) ids.push(id);
  }
  return ids.join(' ');
}

function Pictures({ cards }: { readonly cards: readonly CanvasNode[] }) {
  const detail = useDetail();
  const { graph, path } = useShownScope();
  const document = useDocument((state) => state.document);
  const far = detail === 'far';
  const inSight = useStore(useCallback((state) => (far ? '' : cardsInSight(cards, state)), [cards, far]));
  const prefix = useMemo(() => instancePrefix(document, path), [document, path]);
  const seen = useMemo(() => {
    const ids = new Set(inSight.split(' '));
    return cards.flatMap(({ id, position, height = 0 }) => {
      const node = ids.has(id) ? graph.nodes[id as NodeId] : undefined;
      return node === undefined
        ? []
        : [{ id: id as NodeId, name: nameOf(id, node), x: position.x, y: position.y + height + GAP }];
    });
  }, [cards, graph, inSight]);

  const paths = seen.map(({ name }) => prefix + name).join('\n');
  useEffect(() => {
    showPaths(paths === '' ? [] : paths.split('\n'));
  }, [paths]);
  useEffect(() => () => showPaths([]), []);

  return (
    <ViewportPortal>
      {seen.map(({ id, name, x, y }) => (
        <CardPicture key={id} id={id} name={name} path={prefix + name} x={x} y={y} />
      ))}
    </ViewportPortal>
  );
}

interface CardPictureProps {
  readonly id: NodeId;
  readonly name: string;
  readonly path: string;
  readonly x: number;
  readonly y: number;
}

/** Of an attention its weights say most; of anything else what comes out first. */
function shownValue({ values }: PathReading) {
  return values.find(({ port }) => port === 'attention') ?? values[0];
}

const CardPicture = memo(function CardPicture({ id, name, path, x, y }: CardPictureProps) {
  const found = useSample((state) => state.readings.get(path));
  const stale = useSample((state) => state.readings.get(path)?.key !== wantedKey(state));
  const colours = useSample((state) => state.colours);
  const isHurt = useSample((state) => state.lesions.some((lesion) => lesion.path === path));
  const choices = useSample(({ session }) => (session.status === 'ready' ? session.choices : undefined));
  const shown = found === undefined ? undefined : shownValue(found);
  if (shown === undefined) return null;
  const { picture, statistics, answer } = shown.reading;
  const says = answer?.kind === 'choices' ? describeAnswer(answer, choices?.[path], 2).split(', ') : null;
  const lone = picture.kind === 'tiles' && (picture.channels?.length ?? 1) === 1 && picture.width <= 2 * picture.height;
  return (
    <button
      type="button"
      tabIndex={-1}
      data-testid={`value-${id}`}
      data-stale={stale}
      aria-label={describeReading(name, shown.reading)}
      title={describeReading(name, shown.reading)}
      className={classNames('sw-value nopan nodrag', stale && 'is-stale', isHurt && 'is-hurt')}
      style={{ transform: `translate(${x}px, ${y}px)` }}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        event.stopPropagation();
        select([id]);
        showPane('inspector');
      }}
    >
      <ValuePicture
        picture={picture}
        colours={colours}
        words={Object.values(choices ?? {})[0]}
        room={lone || says !== null ? { ...ROOM, width: ROOM.width - FACTS_WIDTH } : ROOM}
      />
      {says !== null && (
        <span className="sw-value-facts is-answer">
          {says.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </span>
      )}
      {lone && (
        <span className="sw-value-facts">
          <span>max {formatValue(statistics.maximum)}</span>
          <span>min {formatValue(statistics.minimum)}</span>
          <span>mean {formatValue(statistics.mean)}</span>
        </span>
      )}
      {statistics.notFinite > 0 && <span className="sw-value-alarm">NaN</span>}
    </button>
  );
});
