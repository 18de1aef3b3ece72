import { Boxes, CornerDownRight, Link2, Snowflake, Trash2, VolumeX } from 'lucide-react';
import { describeShape } from '../../graph-engine/core/shape.ts';
import { nameOf } from '../../graph-engine/document/graphs.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { addTotals, NO_TOTALS } from '../../graph-engine/infer/inferredGraph.ts';
import { groupSelection } from '../blocks/blockActions.ts';
import { connectSelection, deleteSelection, toggleBypass, toggleFrozen, toggleMute } from '../canvas/editing.ts';
import { formatCount, formatExactly } from '../canvas/formatCount.ts';
import { skipWires, wireEnd } from '../canvas/skipWires.ts';
import { useShownScope } from '../store/scope.ts';
import { formatBytes } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { Fact, Section } from './Section.tsx';

/** Several nodes at once: what they cost together, and what can be done to all of them. */
export function SelectionInspector({ ids }: { readonly ids: readonly NodeId[] }) {
  const { graph, inferred } = useShownScope();
  const frozen = ids.every((id) => graph.nodes[id]?.frozen === true);
  const totals = ids.reduce((sum, id) => addTotals(sum, inferred?.nodes.get(id)?.totals ?? NO_TOTALS), NO_TOTALS);
  return (
    <div data-testid="inspector-selection">
      <Section title={`${ids.length} nodes`}>
        <dl>
          <Fact name="Parameters">{formatExactly(totals.parameters)}</Fact>
          <Fact name="MACs for one example">{formatCount(totals.macs)}</Fact>
          <Fact name="Activation memory">{formatBytes(totals.activationBytes)}</Fact>
        </dl>
        <div className="mt-2 flex flex-wrap gap-1.5">
          <Button size="sm" icon={<Link2 size={13} aria-hidden />} onClick={() => void connectSelection()}>
            Connect
          </Button>
          <Button size="sm" icon={<Boxes size={13} aria-hidden />} onClick={groupSelection} data-testid="make-block">
            Make a block
          </Button>
          <Button size="sm" icon={<CornerDownRight size={13} aria-hidden />} onClick={toggleBypass}>
            Bypass
          </Button>
          <Button size="sm" icon={<VolumeX size={13} aria-hidden />} onClick={toggleMute} data-testid="mute-selection">
            Mute
          </Button>
          {(totals.parameters > 0 || frozen) && (
            <Button
              size="sm"
              icon={<Snowflake size={13} aria-hidden />}
              onClick={toggleFrozen}
              aria-pressed={frozen}
              data-testid="freeze-selection"
            >
              {frozen ? 'Let learn' : 'Freeze'}
            </Button>
          )}
          <Button
            size="sm"
            variant="danger"
            icon={<Trash2 size={13} aria-hidden />}
            onClick={() => deleteSelection(true)}
          >
            Delete
          </Button>
        </div>
      </Section>
    </div>
  );
}

/** One wire: where it comes from, where it goes, what flows through it. */
export function WireInspector({ id }: { readonly id: string }) {
  const { graph, inferred } = useShownScope();
  const to = wireEnd(id);
  const target = graph.nodes[to.node];
  const from = target?.inputs[to.port];
  const source = from === undefined ? undefined : graph.nodes[from.node];
  if (target === undefined || from === undefined || source === undefined) return null;
  const type = inferred?.nodes.get(from.node)?.outputs[from.port];
  return (
    <div data-testid="inspector-wire">
      <Section title={skipWires(graph).has(id) ? 'Skip wire' : 'Wire'}>
        <dl>
          <Fact name="From">{nameOf(from.node, source)}</Fact>
          <Fact name="To">
            {nameOf(to.node, target)}, {to.port}
          </Fact>
          <Fact name="Shape">{type === undefined ? 'not known yet' : describeShape(type)}</Fact>
        </dl>
        <Button
          className="mt-2"
          size="sm"
          variant="danger"
          icon={<Trash2 size={13} aria-hidden />}
          onClick={() => deleteSelection(true)}
        >
          Disconnect
        </Button>
      </Section>
    </div>
  );
}
