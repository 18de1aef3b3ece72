import { useMemo, type RefObject } from 'react';
import { describeShape } from '../../graph-engine/core/shape.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { describeBlockTrails } from '../../graph-engine/explain/blockTrail.ts';
import { explainNode } from '../../graph-engine/explain/explainNode.ts';
import { formatReceptiveField, receptiveFields } from '../../graph-engine/infer/receptiveField.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { formatBytes } from '../training/format.ts';
import { formatCount } from './formatCount.ts';
import { overviewHitAt } from './overview/overviewHits.ts';
import { ShapeReasons } from './ShapeReasons.tsx';
import { useResting, type Rest } from './useResting.ts';

const WIDTH = 280;
const GAP = 14;

interface Hovered {
  readonly id: NodeId;
  /** What it is called, where that cannot be read on the card. */
  readonly name: string | null;
  /** Where the card lies, in pixels from the canvas' corner. */
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

interface Target {
  readonly id: string;
  readonly name: string | null;
  /** In pixels of the window. */
  box(): { readonly left: number; readonly top: number; readonly bottom: number };
}

function cardUnder(event: PointerEvent): Target | null {
  if (!(event.target instanceof Element)) return null;
  const card = event.target.closest('.react-flow__node-card');
  const id = card?.getAttribute('data-id');
  if (card !== null && id !== null && id !== undefined)
    return { id, name: null, box: () => card.getBoundingClientRect() };
  if (!event.target.classList.contains('react-flow__pane')) return null;
  const painted = overviewHitAt({ x: event.clientX, y: event.clientY });
  if (painted?.isCard !== true) return null;
  const { x, y, height } = painted.box;
  return { id: painted.key, name: painted.name, box: () => ({ left: x, top: y, bottom: y + height }) };
}

function restOnCard(event: PointerEvent): Rest<Hovered> | null {
  const card = cardUnder(event);
  if (card === null) return null;
  return {
    id: card.id,
    explain(corner) {
      const box = card.box();
      return {
        id: card.id as NodeId,
        name: card.name,
        left: Math.min(Math.max(8, box.left - corner.left), Math.max(8, corner.width - WIDTH - 8)),
        top: box.top - corner.top,
        bottom: box.bottom - corner.top,
      };
    },
  };
}

/** Says why a card's shape is what it is, and what the card costs, while the pointer rests on it. The inspector says the same. */
export function HoverExplanation({ root }: { readonly root: RefObject<HTMLElement | null> }) {
  const hovered = useResting(root, restOnCard);
  return hovered === null ? null : <Explanation hovered={hovered} below={hovered.top < 260} />;
}

function Explanation({ hovered, below }: { readonly hovered: Hovered; readonly below: boolean }) {
  const document = useDocument((state) => state.document);
  const { inferred, path } = useShownScope();
  const node = inferred?.nodes.get(hovered.id);
  const reasons = useMemo(() => (node === undefined ? [] : (Object.values(explainNode(node))[0] ?? [])), [node]);
  const inside = useMemo(() => (node === undefined ? [] : describeBlockTrails(node)), [node]);
  const field = useMemo(() => receptiveFields(document, path).get(hovered.id), [document, path, hovered.id]);
  const [output] = Object.values(node?.outputs ?? {});
  if (node === undefined || output === undefined) return null;
  const { parameters, macs, activationBytes } = node.totals;
  const costs = [
    parameters === 0 ? '' : `${formatCount(parameters)} parameters`,
    macs === 0 ? '' : `${formatCount(macs)} MACs`,
    activationBytes === 0 ? '' : formatBytes(activationBytes),
    field === undefined ? '' : `sees ${formatReceptiveField(field)}`,
  ].filter((part) => part !== '');
  return (
    <div
      aria-hidden
      data-testid="hover-explanation"
      className="pointer-events-none absolute z-20 flex flex-col gap-1.5 rounded-lg bg-raised px-3 py-2 text-xs text-ink shadow-popup"
      style={{
        left: hovered.left,
        width: WIDTH,
        ...(below ? { top: hovered.bottom + GAP } : { top: hovered.top - GAP, transform: 'translateY(-100%)' }),
      }}
    >
      {hovered.name !== null && <p className="truncate font-semibold">{hovered.name}</p>}
      <p className="font-medium">{describeShape(output)}</p>
      <ShapeReasons reasons={reasons} />
      {inside.map((text) => (
        <p key={text} className="text-2xs text-ink-muted tabular-nums">
          {text}
        </p>
      ))}
      {costs.length > 0 && <p className="text-2xs text-ink-muted tabular-nums">{costs.join(' · ')}</p>}
    </div>
  );
}
