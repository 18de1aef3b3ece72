import { CircleHelp } from 'lucide-react';
import {
  renameNode,
  setEnabled,
  setFrozen,
  setMuted,
  setNote,
  setParameter,
  setRepeat,
} from '../../graph-engine/document/commands/editNode.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { GraphNode, NodeId } from '../../graph-engine/document/schema.ts';
import { describeOperator } from '../../graph-engine/ops/foreign/describeOperator.ts';
import { opNamed } from '../../graph-engine/ops/index.ts';
import { BlockActions } from '../blocks/BlockActions.tsx';
import { promote } from '../blocks/blockActions.ts';
import { DeclaredParameters } from '../blocks/DeclaredParameters.tsx';
import { DepthSlider } from '../blocks/DepthSlider.tsx';
import { groupByNode } from '../canvas/deriveNodes.ts';
import { FamilyIcon, familyColour } from '../canvas/FamilyIcon.tsx';
import { formatCount, formatExactly } from '../canvas/formatCount.ts';
import { AdviceRow } from '../problems/AdviceRow.tsx';
import { ProblemRow } from '../problems/ProblemRow.tsx';
import { pageOfNode } from '../reference/referenceLibrary.ts';
import { openReference } from '../reference/referenceStore.ts';
import { SampleSection } from '../samples/SampleSection.tsx';
import { dispatch, useDocument } from '../store/documentStore.ts';
import { shownScope, useShownScope } from '../store/scope.ts';
import { goToPlace } from '../problems/goToPlace.ts';
import { useAdvice } from '../problems/useAdvice.ts';
import { NodeStatistics } from '../statistics/NodeStatistics.tsx';
import { formatBytes } from '../training/format.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { CommitText } from './CommitText.tsx';
import { fieldsOfBlock, fieldsOfOp, type FormField } from './formFields.ts';
import { ParameterField } from './ParameterField.tsx';
import { ProvenanceSection } from './ProvenanceSection.tsx';
import { Fact, Section } from './Section.tsx';
import { ShapeSection } from './ShapeSection.tsx';
import { useReceptiveField } from './useReceptiveField.ts';
import { WeightSection } from './WeightSection.tsx';

const NOTHING_GIVEN: Readonly<Record<string, unknown>> = {};

const repeatField: FormField = {
  name: 'repeat',
  label: 'Repeat',
  help: 'How often the block is chained, output into input.',
  initial: 1,
  advanced: false,
  kind: 'number',
  bounds: { integer: true, minimum: 0, maximum: 2000 },
};

const enabledField: FormField = {
  name: 'enabled',
  label: 'Enabled',
  help: 'Off is a bypass: the first input passes through.',
  initial: true,
  advanced: false,
  kind: 'boolean',
};

const mutedField: FormField = {
  name: 'muted',
  label: 'Muted',
  help: 'On: zeros of the same shape come out. It has no weights and costs nothing.',
  initial: false,
  advanced: false,
  kind: 'boolean',
};

const frozenField: FormField = {
  name: 'frozen',
  label: 'Frozen',
  help: 'On: its weights stay as they are while the others learn. Shift+Z freezes all that is selected.',
  initial: false,
  advanced: false,
  kind: 'boolean',
};

/** Everything about one node, and everything that can be changed about it. */
export function NodeInspector({ id }: { readonly id: NodeId }) {
  const { graph, scope, inferred, definition, path } = useShownScope();
  const blocks = useDocument((state) => state.document.blocks);
  const whole = useDocument((state) => state.inferred.diagnostics);
  const receptiveField = useReceptiveField(id);
  const advice = useAdvice().filter(({ key }) => key.endsWith(` ${scope ?? ''}/${id}`));
  const node = graph.nodes[id];
  if (node === undefined) return null;
  const known = inferred?.nodes.get(id);
  const diagnostics = groupByNode(path.length === 0 ? whole : (inferred?.diagnostics ?? [])).get(id) ?? [];
  const op = 'op' in node ? opNamed(node.op) : undefined;
  const block = 'block' in node ? blocks[node.block] : undefined;
  const fields =
    op !== undefined ? fieldsOfOp(op.parameters) : block !== undefined ? fieldsOfBlock(block.parameters) : [];
  const kept = op === undefined ? undefined : describeOperator(op, node.parameters);
  const title = kept?.title ?? op?.documentation.title ?? block?.name ?? ('op' in node ? node.op : node.block);
  const family = op?.family ?? (block === undefined ? 'unknown' : 'block');
  const totals = known?.totals;
  const problemAt = (parameter: string): string | undefined =>
    diagnostics.find(({ at }) => at.path.length === 0 && at.parameter === parameter)?.message;
  const elsewhere = diagnostics.filter(({ at }) => at.path.length > 0 || at.parameter === undefined);
  const parameterField = (field: FormField) => (
    <ParameterField
      key={field.name}
      field={field}
      given={node.parameters[field.name]}
      resolved={(known?.parameters ?? NOTHING_GIVEN)[field.name]}
      problem={problemAt(field.name)}
      expressions={definition !== undefined}
      onCommit={(value) => dispatch(setParameter, { scope, id, parameter: field.name, value })}
      {...(definition !== undefined && { onPromote: () => promote(id, field, node.parameters[field.name]) })}
    />
  );
  const common = fields.filter((field) => !field.advanced);
  // Folding away all there is would help nobody.
  const advanced = common.length === 0 ? [] : fields.filter((field) => field.advanced);
  const direct = common.length === 0 ? fields : common;

  return (
    <div data-testid="inspector-node">
      <header className="flex items-start gap-3 px-4 pt-4 pb-3">
        <span
          className="grid size-9 shrink-0 place-items-center rounded-lg"
          style={{
            color: familyColour(family),
            background: `color-mix(in srgb, ${familyColour(family)} 12%, var(--color-surface))`,
          }}
        >
          <FamilyIcon type={'op' in node ? node.op : node.block} family={family} size={18} />
        </span>
        <div className="min-w-0 flex-1">
          <NameField id={id} node={node} />
          <p className="mt-0.5 truncate pl-1.5 text-xs font-medium" style={{ color: familyColour(family) }}>
            {title}
          </p>
        </div>
        <IconButton
          label={`Reference: ${title}`}
          shortcut="F1"
          icon={<CircleHelp size={16} />}
          className="-mr-1"
          onClick={() => openReference(pageOfNode(node))}
          data-testid="inspector-reference"
        />
      </header>
      {elsewhere.length > 0 && (
        <div className="flex flex-col px-2 pb-2" data-testid="inspector-problems">
          {elsewhere.slice(0, 6).map((diagnostic, index) => (
            <ProblemRow
              key={index}
              diagnostic={diagnostic}
              {...(diagnostic.at.path.length === 0
                ? {}
                : {
                    onGo: () =>
                      goToPlace({ ...diagnostic.at, path: [...path.map((step) => step.node), ...diagnostic.at.path] }),
                  })}
            />
          ))}
        </div>
      )}
      {advice.length > 0 && (
        <div className="flex flex-col px-2 pb-2" data-testid="inspector-advice">
          {advice.map((one) => (
            <AdviceRow key={one.key} advice={one} />
          ))}
        </div>
      )}
      {(fields.length > 0 || 'block' in node) && (
        <Section title="Parameters">
          {direct.map(parameterField)}
          {'block' in node && (
            <ParameterField
              field={repeatField}
              given={node.repeat}
              resolved={known?.instances?.length}
              problem={problemAt('repeat')}
              expressions={definition !== undefined}
              onCommit={(value) => {
                if (value === undefined || typeof value === 'number' || typeof value === 'string') {
                  dispatch(setRepeat, { scope, id, repeat: value ?? 1 });
                }
              }}
            />
          )}
          {'block' in node && typeof node.repeat !== 'string' && <DepthSlider id={id} repeat={node.repeat ?? 1} />}
          {advanced.length > 0 && (
            <details className="mt-1">
              <summary className="rounded-sm py-1 text-xs text-ink-muted select-none hover:text-ink">More</summary>
              {advanced.map(parameterField)}
            </details>
          )}
          {definition !== undefined && fields.length > 0 && (
            <ExpressionNames names={definition.parameters.map(({ name }) => name)} />
          )}
        </Section>
      )}
      {'block' in node && block !== undefined && (
        <>
          <BlockActions id={id} block={node.block} />
          <details className="border-t border-line">
            <summary className="px-4 py-2 text-xs text-ink-muted select-none hover:text-ink">
              What can be set on this block
            </summary>
            <DeclaredParameters key={node.block} block={node.block} definition={block} />
          </details>
        </>
      )}
      <SampleSection id={id} />
      {known !== undefined && <ShapeSection inputs={known.inputs} outputs={known.outputs} />}
      {known !== undefined && inferred !== undefined && <ProvenanceSection node={known} graph={inferred} />}
      {totals !== undefined && (
        <Section title="Costs">
          <dl>
            <Fact name="Parameters" testId="node-parameters">
              {formatExactly(totals.parameters)}
            </Fact>
            <Fact name="MACs for one example">{totals.macs === 0 ? '0' : formatCount(totals.macs)}</Fact>
            <Fact name="Activation memory" testId="cost-activations">
              {formatBytes(totals.activationBytes)}
            </Fact>
            {receptiveField !== undefined && (
              <Fact name="Receptive field" testId="cost-receptive-field">
                {receptiveField}
              </Fact>
            )}
            {totals.statistics > 0 && <Fact name="Running statistics">{formatExactly(totals.statistics)}</Fact>}
          </dl>
        </Section>
      )}
      {known !== undefined && <NodeStatistics node={known} />}
      {known !== undefined && <WeightSection weights={known.weights} />}
      <Section title="Node">
        <ParameterField
          field={enabledField}
          given={node.enabled}
          resolved={known === undefined ? undefined : !known.bypassed}
          problem={problemAt('enabled')}
          expressions={definition !== undefined}
          onCommit={(value) => {
            const enabled = typeof value === 'boolean' || typeof value === 'string' ? value : true;
            dispatch(setEnabled, { scope, ids: [id], enabled });
          }}
        />
        <ParameterField
          field={mutedField}
          given={node.muted}
          resolved={known?.muted}
          problem={problemAt('muted')}
          expressions={definition !== undefined}
          onCommit={(value) => {
            const muted = typeof value === 'boolean' || typeof value === 'string' ? value : false;
            dispatch(setMuted, { scope, ids: [id], muted });
          }}
        />
        {((totals?.parameters ?? 0) > 0 || node.frozen === true) && (
          <ParameterField
            field={frozenField}
            given={node.frozen}
            resolved={node.frozen === true}
            problem={undefined}
            expressions={false}
            onCommit={(value) => dispatch(setFrozen, { scope, ids: [id], frozen: value === true })}
          />
        )}
        <div className="mt-1 flex">
          <CommitText
            label="Note"
            placeholder="Note"
            lines={2}
            value={node.note ?? ''}
            check={(text) => (text.length > 2000 ? 'A note has at most 2000 characters.' : undefined)}
            onCommit={(note) => dispatch(setNote, { scope, id, note })}
            testId="field-note"
          />
        </div>
      </Section>
      <About
        summary={kept?.summary ?? op?.documentation.summary ?? block?.description}
        formula={op?.documentation.formula}
        source={op?.documentation.source ?? block?.source}
      />
    </div>
  );
}

function NameField({ id, node }: { readonly id: NodeId; readonly node: GraphNode }) {
  const { scope } = useShownScope();
  return (
    <CommitText
      label="Name"
      value={node.name ?? id}
      check={(text) => checkName(text, id)}
      onCommit={(name) => dispatch(renameNode, { scope, id, name })}
      className="border-transparent bg-transparent px-1.5 text-base font-semibold"
      testId="field-name"
    />
  );
}

function checkName(text: string, id: NodeId): string | undefined {
  const name = text.trim();
  if (name.length > 64) return 'A name has at most 64 characters.';
  const taken = nodesOf(shownScope().graph).some(([other, node]) => other !== id && (node.name ?? other) === name);
  return taken ? `Another node here is named “${name}”.` : undefined;
}

function ExpressionNames({ names }: { readonly names: readonly string[] }) {
  return (
    <p className="mt-2 flex flex-wrap gap-1 text-2xs text-ink-muted">
      “=” starts an expression over
      {[...names, 'index', 'repeat'].map((name) => (
        <code key={name} className="rounded-xs bg-sunken px-1 font-mono text-ink">
          {name}
        </code>
      ))}
    </p>
  );
}

interface AboutProps {
  readonly summary: string | undefined;
  readonly formula: string | undefined;
  readonly source: string | undefined;
}

function About({ summary, formula, source }: AboutProps) {
  if (summary === undefined && formula === undefined && source === undefined) return null;
  return (
    <Section title="About">
      {summary !== undefined && <p className="text-sm text-ink-muted">{summary}</p>}
      {formula !== undefined && (
        <p
          className="mt-2 overflow-x-auto rounded-md bg-sunken px-2.5 py-1.5 font-mono text-xs whitespace-nowrap text-ink"
          tabIndex={0}
        >
          {formula}
        </p>
      )}
      {source !== undefined && <p className="mt-2 text-2xs text-ink-muted">{source}</p>}
    </Section>
  );
}
