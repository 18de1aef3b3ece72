import { useMemo, type RefObject } from 'react';
import { describeShape } from '../../graph-engine/core/shape.ts';
import { nameOf } from '../../graph-engine/document/graphs.ts';
import { describeBlockTrails } from '../../graph-engine/explain/blockTrail.ts';
import { explainNode } from '../../graph-engine/explain/explainNode.ts';
import { useShownScope } from '../store/scope.ts';
import { canvasStore } from './canvasStore.ts';
import { ShapeReasons } from './ShapeReasons.tsx';
import { skipWires, wireEnd } from './skipWires.ts';
import { useResting, type Rest } from './useResting.ts';

const WIDTH = 280;

interface HoveredWire {
  readonly id: string;
  /** Where the pointer rests, in pixels from the canvas' corner. */
  readonly x: number;
  readonly y: number;
}

/** The wire under the pointer; nothing while something is dragged. */
function wireUnder({ target, clientX, clientY }: PointerEvent): Rest<HoveredWire> | null {
  if (canvasStore.getState().mode.kind !== 'idle' || !(target instanceof Element)) return null;
  const id = target.closest('.react-flow__edge')?.getAttribute('data-id') ?? null;
  return id === null ? null : { id, explain: ({ left, top }) => ({ id, x: clientX - left, y: clientY - top }) };
}

/** Says what flows through a wire and why it has that shape, while the pointer rests on it. */
export function WireExplanation({ root }: { readonly root: RefObject<HTMLElement | null> }) {
  const hovered = useResting(root, wireUnder);
  const width = root.current?.clientWidth ?? 0;
  return hovered === null ? null : <Explanation hovered={hovered} room={width} />;
}

function Explanation({ hovered: { id, x, y }, room }: { readonly hovered: HoveredWire; readonly room: number }) {
  const { graph, inferred } = useShownScope();
  const to = wireEnd(id);
  const target = graph.nodes[to.node];
  const from = target?.inputs[to.port];
  const source = from === undefined ? undefined : graph.nodes[from.node];
  const known = from === undefined ? undefined : inferred?.nodes.get(from.node);
  const reasons = useMemo(() => (known === undefined ? {} : explainNode(known)), [known]);
  const inside = useMemo(() => (known === undefined ? [] : describeBlockTrails(known)), [known]);
  if (target === undefined || from === undefined || source === undefined) return null;
  const type = known?.outputs[from.port];
  const ports = Object.keys(known?.outputs ?? {}).length > 1 ? `, ${from.port}` : '';
  const inputs = Object.keys(target.inputs).length > 1 ? `, ${to.port}` : '';
  const error = inferred?.nodes
    .get(to.node)
    ?.diagnostics.find(({ at, severity }) => severity === 'error' && (at.port === undefined || at.port === to.port));
  return (
    <div
      aria-hidden
      data-testid="wire-explanation"
      className="pointer-events-none absolute z-20 flex flex-col gap-1.5 rounded-lg bg-raised px-3 py-2 text-xs text-ink shadow-popup"
      style={{
        left: Math.min(Math.max(8, x - WIDTH / 2), Math.max(8, room - WIDTH - 8)),
        width: WIDTH,
        ...(y < 220 ? { top: y + 16 } : { top: y - 12, transform: 'translateY(-100%)' }),
      }}
    >
      <p className="text-2xs text-ink-muted">
        {skipWires(graph).has(id) ? 'Skip from ' : 'From '}
        <span className="text-ink">{nameOf(from.node, source)}</span>
        {ports} to <span className="text-ink">{nameOf(to.node, target)}</span>
        {inputs}
      </p>
      <p className="font-medium">
        {type === undefined ? 'What flows here is not known yet.' : describeShape(type)}
        {known?.muted === true && ', all zeros'}
      </p>
      {known?.bypassed === true && !known.muted ? (
        <p className="text-2xs text-ink-muted">as it came in: the node is bypassed</p>
      ) : (
        <ShapeReasons reasons={reasons[from.port] ?? []} />
      )}
      {inside.map((text) => (
        <p key={text} className="text-2xs text-ink-muted tabular-nums">
          {text}
        </p>
      ))}
      {error !== undefined && <p className="text-2xs text-danger">{error.message}</p>}
    </div>
  );
}
