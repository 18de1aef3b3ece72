import { Fragment, useMemo } from 'react';
import { describeBlockTrails } from '../../graph-engine/explain/blockTrail.ts';
import { explainNode, type SizeReason } from '../../graph-engine/explain/explainNode.ts';
import { shapeTrail } from '../../graph-engine/explain/shapeTrail.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredGraph, InferredNode } from '../../graph-engine/infer/inferredGraph.ts';
import { reveal, select } from '../store/uiStore.ts';
import { useSettled } from '../ui/useSettled.ts';
import { Section } from './Section.tsx';

const LONGEST_TRAIL = 6;

/** Why a node's output has its shape: the rule of each axis, what decides it, and where it changed on the way. */
export function ProvenanceSection({ node, graph }: { readonly node: InferredNode; readonly graph: InferredGraph }) {
  // Found by trying: it follows an edit without holding it up.
  const [settledNode, settledGraph] = [useSettled(node), useSettled(graph)];
  const reasons = useMemo(() => explainNode(settledNode), [settledNode]);
  const trail = useMemo(() => shapeTrail(settledGraph, settledNode.id), [settledGraph, settledNode.id]);
  const ports = Object.entries(reasons);
  const inside = useMemo(() => describeBlockTrails(settledNode), [settledNode]);
  if (ports.length === 0 && trail.length < 2 && inside.length === 0) return null;
  return (
    <Section title="Why this shape">
      {ports.map(([port, axes]) => (
        <Fragment key={port}>
          {ports.length > 1 && <h3 className="pt-1 text-2xs text-ink-muted">{port}</h3>}
          <table className="w-full text-sm" data-testid={`why-${port}`}>
            <thead className="sr-only">
              <tr>
                <th>Axis</th>
                <th>Size and rule</th>
                <th>Parameters that decide it</th>
              </tr>
            </thead>
            <tbody>
              {axes.map((reason) => (
                <ReasonRow key={reason.axis} reason={reason} />
              ))}
            </tbody>
          </table>
        </Fragment>
      ))}
      {inside.map((text) => (
        <p key={text} className="py-0.5 text-sm text-ink-muted tabular-nums" data-testid="shapes-inside">
          Inside: {text}
        </p>
      ))}
      {trail.length > 1 && <Trail steps={trail} />}
    </Section>
  );
}

function ReasonRow({ reason: { axis, size, rule, worked, because } }: { readonly reason: SizeReason }) {
  const known = size === null ? '?' : String(size);
  return (
    <tr className="align-baseline">
      <td className="w-20 py-0.5 pr-2 text-ink-muted">{axis}</td>
      <td className="py-0.5 tabular-nums">
        <span className="text-ink">{known}</span>
        {rule !== known && <span className="text-ink-muted"> = {rule}</span>}
        {worked !== undefined && <span className="text-ink-muted"> = {worked}</span>}
        {because.length > 0 && <span className="block text-2xs text-ink-muted">decided by {because.join(', ')}</span>}
      </td>
    </tr>
  );
}

function Trail({
  steps,
}: {
  readonly steps: readonly { readonly id: NodeId; readonly name: string; readonly shape: string }[];
}) {
  const shown = steps.length <= LONGEST_TRAIL ? steps : [...steps.slice(0, 1), ...steps.slice(1 - LONGEST_TRAIL)];
  return (
    <p
      className="mt-1.5 flex flex-wrap items-baseline gap-x-1 gap-y-0.5 text-2xs text-ink-muted tabular-nums"
      data-testid="shape-trail"
    >
      {shown.map(({ id, name, shape }, index) => (
        <Fragment key={id}>
          {index > 0 && <span aria-hidden>→</span>}
          {index === 1 && shown.length < steps.length && <span>… →</span>}
          <button
            type="button"
            className="rounded-xs px-0.5 text-ink-muted hover:bg-hover hover:text-ink"
            title={`Go to ${name}`}
            onClick={() => {
              select([id]);
              reveal([id]);
            }}
          >
            <span className="text-ink">{shape}</span> {name}
          </button>
        </Fragment>
      ))}
    </p>
  );
}
