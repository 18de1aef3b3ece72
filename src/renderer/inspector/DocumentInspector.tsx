import { describeDocument, renameDocument } from '../../graph-engine/document/commands/editDocument.ts';
import { formatCount, formatExactly } from '../canvas/formatCount.ts';
import { formatBytes } from '../training/format.ts';
import { dispatch, useDocument } from '../store/documentStore.ts';
import { CommitText } from './CommitText.tsx';
import { Fact, Section } from './Section.tsx';

/** The document as a whole, shown while nothing is selected. */
export function DocumentInspector() {
  const document = useDocument((state) => state.document);
  const totals = useDocument((state) => state.inferred.totals);
  return (
    <div data-testid="inspector-document">
      <Section title="Network">
        <div className="flex flex-col gap-2 pt-1">
          <CommitText
            label="Name of the network"
            value={document.name}
            check={(text) =>
              text.trim() === ''
                ? 'A name is needed.'
                : text.length > 120
                  ? 'A name has at most 120 characters.'
                  : undefined
            }
            onCommit={(name) => dispatch(renameDocument, { name: name.trim() })}
            className="font-medium"
            testId="field-document-name"
          />
          <CommitText
            label="Description"
            placeholder="Description"
            lines={4}
            value={document.description ?? ''}
            check={(text) => (text.length > 8000 ? 'A description has at most 8000 characters.' : undefined)}
            onCommit={(description) => dispatch(describeDocument, { description })}
            testId="field-document-description"
          />
          {document.source !== undefined && <p className="text-2xs text-ink-muted">{document.source}</p>}
        </div>
      </Section>
      <Section title="Totals">
        <dl>
          <Fact name="Parameters" testId="document-parameters">
            {formatExactly(totals.parameters)}
          </Fact>
          <Fact name="Trainable">{formatExactly(totals.trainableParameters)}</Fact>
          <Fact name="Running statistics">{formatExactly(totals.statistics)}</Fact>
          <Fact name="MACs for one example">{formatCount(totals.macs)}</Fact>
          <Fact name="Activation memory for one example">{formatBytes(totals.activationBytes)}</Fact>
          <Fact name="Weights as float32">{formatBytes(totals.parameters * 4)}</Fact>
          <Fact name="Ops, unfolded">{formatExactly(totals.nodes)}</Fact>
        </dl>
      </Section>
      <Shortcuts />
    </div>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ['Tab', 'search and add'],
  ['Double-click', 'search at the pointer'],
  ['F', 'connect what is selected'],
  ['Ctrl+B', 'bypass'],
  ['Delete', 'delete and close the gap'],
  ['Shift+Delete', 'delete and leave the gap'],
  ['Ctrl+D', 'duplicate'],
  ['1', 'show everything'],
  ['.', 'show the selection'],
  ['Ctrl+wheel', 'zoom'],
];

function Shortcuts() {
  return (
    <Section title="On the canvas">
      <dl>
        {KEYS.map(([keys, meaning]) => (
          <div key={keys} className="flex items-baseline justify-between gap-3 py-0.5 text-xs">
            <dt className="shrink-0">
              <kbd className="rounded-xs border border-line bg-sunken px-1 font-sans text-2xs text-ink">{keys}</kbd>
            </dt>
            <dd className="text-ink-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
