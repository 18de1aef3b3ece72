import { describeDocument, renameDocument } from '../../graph-engine/document/commands/editDocument.ts';
import { canvasCommands } from '../canvas/canvasCommands.ts';
import { canvasGestures } from '../canvas/canvasGestures.ts';
import { formatCount, formatExactly } from '../canvas/formatCount.ts';
import { formatBytes } from '../training/format.ts';
import { dispatch, useDocument } from '../store/documentStore.ts';
import { keysOf, useKeyOverrides } from '../store/keyBindings.ts';
import { Key } from '../ui/Key.tsx';
import { displayShortcut, onMac } from '../ui/shortcuts.ts';
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

/** What one needs from the first day on; everything else is under Help. */
function Shortcuts() {
  useKeyOverrides();
  const rows = [
    ...canvasGestures.filter(({ everyday }) => everyday === true),
    ...canvasCommands
      .filter(({ everyday }) => everyday === true)
      .flatMap((command) => {
        const [key] = keysOf(command);
        return key === undefined ? [] : [{ keys: displayShortcut(key, onMac()), meaning: command.label }];
      }),
  ];
  return (
    <Section title="On the canvas">
      <dl data-testid="everyday-keys">
        {rows.map(({ keys, meaning }) => (
          <div key={keys} className="flex items-baseline justify-between gap-3 py-0.5 text-xs">
            <dt className="shrink-0">
              <Key>{keys}</Key>
            </dt>
            <dd className="min-w-0 text-right text-ink-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
