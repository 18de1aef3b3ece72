import type { BlockDefinition } from '../../graph-engine/document/schema.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';
import { formatCount, formatExactly } from '../canvas/formatCount.ts';
import { formatBytes } from '../training/format.ts';
import { Fact, Section } from './Section.tsx';

export interface BlockInspectorProps {
  readonly definition: BlockDefinition;
  readonly inferred: InferredGraph | undefined;
}

/** The block one is inside of, shown while nothing in it is selected. */
export function BlockInspector({ definition, inferred }: BlockInspectorProps) {
  const { name, description, source, parameters } = definition;
  return (
    <div data-testid="inspector-block">
      <Section title={name} aside="block">
        {description !== undefined && <p className="text-sm text-ink-muted">{description}</p>}
        {source !== undefined && <p className="mt-2 text-2xs text-ink-muted">{source}</p>}
        <p className="mt-2 text-2xs text-ink-muted">What is changed in here changes in every use of the block.</p>
      </Section>
      {parameters.length > 0 && (
        <Section title="Declared parameters">
          <ul>
            {parameters.map((parameter) => (
              <li key={parameter.name} className="py-1">
                <div className="flex items-baseline justify-between gap-3 text-sm">
                  <code className="font-mono text-xs">{parameter.name}</code>
                  <span className="text-ink-muted tabular-nums">
                    {parameter.kind}, {String(parameter.default)}
                  </span>
                </div>
                {parameter.description !== undefined && (
                  <p className="text-2xs text-ink-muted">{parameter.description}</p>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {inferred !== undefined && (
        <Section title="Totals of this instance">
          <dl>
            <Fact name="Parameters">{formatExactly(inferred.totals.parameters)}</Fact>
            <Fact name="MACs for one example">{formatCount(inferred.totals.macs)}</Fact>
            <Fact name="Activation memory">{formatBytes(inferred.totals.activationBytes)}</Fact>
          </dl>
        </Section>
      )}
    </div>
  );
}
