import { describeBlock } from '../../graph-engine/document/commands/editBlock.ts';
import type { BlockDefinition } from '../../graph-engine/document/schema.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';
import { DeclaredParameters } from '../blocks/DeclaredParameters.tsx';
import { formatCount, formatExactly } from '../canvas/formatCount.ts';
import { formatBytes } from '../training/format.ts';
import { dispatch } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { CommitText } from './CommitText.tsx';
import { Fact, Section } from './Section.tsx';

export interface BlockInspectorProps {
  readonly definition: BlockDefinition;
  readonly inferred: InferredGraph | undefined;
}

/** The block one is inside of, shown while nothing in it is selected. */
export function BlockInspector({ definition, inferred }: BlockInspectorProps) {
  const { scope } = useShownScope();
  const { name, description, source } = definition;
  return (
    <div data-testid="inspector-block">
      <Section title="Block">
        {scope !== null && (
          <div className="flex flex-col gap-2 pt-1">
            <CommitText
              label="Name of the block"
              value={name}
              check={(text) =>
                text.trim() === '' || text.length > 64 ? 'A name has between 1 and 64 characters.' : undefined
              }
              onCommit={(next) => dispatch(describeBlock, { block: scope, name: next.trim() })}
              className="font-medium"
              testId="field-block-name"
            />
            <CommitText
              label="Description"
              placeholder="Description"
              lines={3}
              value={description ?? ''}
              check={(text) => (text.length > 4000 ? 'A description has at most 4000 characters.' : undefined)}
              onCommit={(next) => dispatch(describeBlock, { block: scope, description: next })}
              testId="field-block-description"
            />
          </div>
        )}
        {source !== undefined && <p className="mt-2 text-2xs text-ink-muted">{source}</p>}
        <p className="mt-2 text-2xs text-ink-muted">What is changed in here changes in every use of the block.</p>
      </Section>
      {scope !== null && <DeclaredParameters block={scope} definition={definition} />}
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
