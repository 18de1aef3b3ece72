import { Handle, Position, type NodeProps } from '@xyflow/react';
import {
  CircleAlert,
  CornerDownRight,
  Info,
  Snowflake,
  StickyNote,
  TriangleAlert,
  Unplug,
  VolumeX,
} from 'lucide-react';
import { Fragment, memo, type CSSProperties } from 'react';
import { classNames } from '../ui/classNames.ts';
import { useCanvas } from './canvasStore.ts';
import type { CanvasNode } from './deriveNodes.ts';
import { useDetail } from './detailLevel.ts';
import { familyColour, FamilyIcon } from './FamilyIcon.tsx';
import { portY } from './nodeGeometry.ts';
import type { NodeView } from './nodeView.ts';
import { useLabelOfParent } from './useLabelOfParent.ts';
import { useView } from './views.ts';

/** One op or block on the canvas. */
export const NodeCard = memo(function NodeCard({ id, data: { views }, selected, dragging }: NodeProps<CanvasNode>) {
  const view = useView(views, id);
  return view === undefined ? null : <Card view={view} selected={selected} dragging={dragging} />;
});

interface CardProps {
  readonly view: NodeView;
  readonly selected: boolean;
  readonly dragging: boolean;
}

function Card({ view, selected, dragging }: CardProps) {
  const card = useLabelOfParent('.react-flow__node', view.label);
  const detail = useDetail();
  const connecting = useCanvas(({ mode }) =>
    mode.kind !== 'connecting' || mode.open.node === view.id
      ? 'none'
      : mode.target === view.id
        ? mode.valid.has(view.id)
          ? 'target'
          : 'refused'
        : mode.valid.has(view.id)
          ? 'valid'
          : 'invalid',
  );
  const isHit = useCanvas(({ mode }) => mode.kind === 'stroke' && mode.hits.has(view.id));
  const stacked = view.family === 'block' && view.repeat !== 1;
  return (
    <div
      ref={card}
      data-testid={`node-${view.id}`}
      data-family={view.family}
      data-problem={view.problem?.severity}
      className={classNames(
        'sw-node',
        selected && 'is-selected',
        dragging && 'is-dragging',
        view.bypassed && !view.muted && 'is-bypassed',
        view.muted && 'is-muted',
        view.frozen && 'is-frozen',
        view.family === 'block' && 'is-block',
        `is-${detail}`,
        view.inputs.length > 1 && (view.inputs.some((port) => port.length > 2) ? 'has-long-ports' : 'has-ports'),
        connecting !== 'none' && `is-${connecting}`,
        isHit && 'is-hit',
      )}
      style={{ '--family': familyColour(view.family) } as CSSProperties}
    >
      {stacked && <StackedEdges />}
      <div className="sw-node-body">
        {detail === 'full' ? <CardText view={view} /> : detail === 'compact' ? <CardName view={view} /> : null}
      </div>
      {detail !== 'far' && stacked && (
        <span className="sw-node-repeat" title={`Chained ${view.repeat} times`}>
          ×{typeof view.repeat === 'number' ? view.repeat : view.repeat.replace(/^=\s*/, '')}
        </span>
      )}
      <Ports view={view} side="input" showNames={detail === 'full'} />
      <Ports view={view} side="output" showNames={detail === 'full'} />
      {view.problem !== null && <ProblemMark view={view} showWords={detail === 'full' && !dragging} />}
    </div>
  );
}

/** Further cards behind a block that is repeated. */
function StackedEdges() {
  return (
    <>
      <div aria-hidden className="sw-node-behind is-second" />
      <div aria-hidden className="sw-node-behind" />
    </>
  );
}

/** A name that may go on in a second line where a new word starts: `batch|Normalization-2`. */
function Breakable({ text }: { readonly text: string }) {
  return text.split(/(?<=[a-z])(?=[A-Z])|(?<=[-_ ])/).map((word, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {word}
    </Fragment>
  ));
}

/** What can be read from further away. */
function CardName({ view }: { readonly view: NodeView }) {
  return (
    <>
      <span className="sw-node-icon">
        {view.muted ? (
          <VolumeX size={24} aria-label="Muted" role="img" />
        ) : (
          <FamilyIcon type={view.type} family={view.family} size={24} />
        )}
      </span>
      <span className="sw-node-name">
        <Breakable text={view.name} />
      </span>
    </>
  );
}

function CardText({ view }: { readonly view: NodeView }) {
  return (
    <>
      <span className="sw-node-icon">
        <FamilyIcon type={view.type} family={view.family} size={15} />
      </span>
      <span className="sw-node-text">
        <span className="sw-node-name" title={view.name}>
          <Breakable text={view.name} />
        </span>
        <span className="sw-node-title">{view.title}</span>
        {view.summary !== '' && (
          <span className="sw-node-summary" title={view.summary}>
            {view.summary}
          </span>
        )}
      </span>
      <span className="sw-node-marks">
        {view.cost !== null && (
          <span className="sw-node-cost" title={`${view.cost} parameters`}>
            {view.cost}
          </span>
        )}
        {view.note !== null && (
          <span title={view.note}>
            <StickyNote size={11} aria-label={`Note: ${view.note}`} role="img" />
          </span>
        )}
        {view.frozen && (
          <span title="Frozen: its weights do not learn">
            <Snowflake size={12} aria-label="Frozen" role="img" />
          </span>
        )}
        <SwitchMark view={view} />
      </span>
    </>
  );
}

/** What is said of a card that does not simply take part. */
function SwitchMark({ view: { muted, bypassed, conditional } }: { readonly view: NodeView }) {
  if (muted)
    return (
      <span title="Muted: zeros come out of it">
        <VolumeX size={12} aria-label="Muted" role="img" />
      </span>
    );
  if (!bypassed && !conditional) return null;
  return (
    <span title={bypassed ? 'Bypassed: the first input passes through' : 'On by a condition'}>
      <CornerDownRight size={12} aria-label={bypassed ? 'Bypassed' : 'Conditional'} role="img" />
    </span>
  );
}

function Ports({
  view,
  side,
  showNames,
}: {
  readonly view: NodeView;
  readonly side: 'input' | 'output';
  readonly showNames: boolean;
}) {
  const ports = side === 'input' ? view.inputs : view.outputs;
  const short = side === 'input' ? 'in' : 'out';
  return ports.map((port, index) => {
    const top = portY(index, ports.length, view.height);
    return (
      <div key={port}>
        <Handle
          id={port}
          type={side === 'input' ? 'target' : 'source'}
          position={side === 'input' ? Position.Left : Position.Right}
          style={{ top }}
          className="sw-port"
          role="button"
          aria-label={`${side === 'input' ? 'Input' : 'Output'} ${port} of ${view.name}`}
          data-testid={`port-${view.id}-${port}-${short}`}
        />
        {showNames && ports.length > 1 && (
          <span
            aria-hidden
            className={classNames('sw-port-name', side === 'input' ? 'is-input' : 'is-output')}
            style={{ top }}
          >
            {port}
          </span>
        )}
      </div>
    );
  });
}

function ProblemMark({ view, showWords }: { readonly view: NodeView; readonly showWords: boolean }) {
  if (view.problem === null) return null;
  const { severity, message, count } = view.problem;
  const Icon =
    severity === 'error'
      ? CircleAlert
      : severity === 'warning'
        ? TriangleAlert
        : severity === 'incomplete'
          ? Unplug
          : Info;
  return (
    <div
      className={classNames('sw-node-problem', `is-${severity}`, showWords && 'has-words')}
      data-testid={`problem-${view.id}`}
      title={message}
    >
      <Icon size={13} aria-label={severity} role="img" className="sw-node-problem-icon" />
      {showWords && (
        <span className="sw-node-problem-words">
          {message}
          {count > 1 && <span className="sw-node-problem-more"> +{count - 1} more</span>}
        </span>
      )}
    </div>
  );
}
