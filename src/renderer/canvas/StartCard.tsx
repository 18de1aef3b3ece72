import { FilePlus2 } from 'lucide-react';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import { startFrom } from '../files/fileActions.ts';
import { networkTemplates, opItems, type NetworkTemplate } from '../palette/catalogue.ts';
import { useShown } from '../store/scope.ts';
import { TourOffer } from '../tour/TourBar.tsx';
import { startTour } from '../tour/tourStore.ts';
import { Button } from '../ui/Button.tsx';
import { Key } from '../ui/Key.tsx';
import { addItem } from './editing.ts';
import { focusCanvasAfter } from './focusCanvas.ts';
import { FamilyIcon, familyColour } from './FamilyIcon.tsx';

/** What an empty canvas offers: the first node, or a whole network. */
export function StartCard({ middle }: { readonly middle: () => { readonly x: number; readonly y: number } }) {
  const scope = useShown((shown) => shown.scope);
  const isEmpty = useShown((shown) => nodesOf(shown.graph).length === 0);
  if (!isEmpty) return null;
  const first = opItems(scope).find((item) => item.id === (scope === null ? 'input' : 'blockInput'));
  return (
    <div
      className="pointer-events-none absolute inset-0 z-[5] grid grid-rows-[minmax(0,1fr)] place-items-center p-6 pb-16"
      data-testid="start-card"
    >
      <div className="pointer-events-auto max-h-full w-[440px] max-w-full overflow-auto rounded-xl bg-raised p-5 shadow-popup">
        <h2 className="text-lg font-semibold tracking-tight">{scope === null ? 'Draw a network' : 'An empty block'}</h2>
        <p className="mt-1 text-sm text-ink-muted">
          Start with an input, then add layers behind it. Press <Key>Tab</Key> or double-click the canvas to search,
          drag from a port to wire.
        </p>
        {first !== undefined && (
          <Button
            variant="primary"
            className="mt-3"
            icon={<FilePlus2 size={15} aria-hidden />}
            onClick={() => addItem(first, { position: middle() })}
            data-testid="start-input"
          >
            {scope === null ? 'Add an input' : 'Add a block input'}
          </Button>
        )}
        {scope === null && (
          <>
            <TourOffer onStart={startTour} />
            <h3 className="mt-5 text-xs font-medium text-ink-muted">Or begin with a network that works</h3>
            <ul className="mt-2 flex max-h-64 flex-col gap-1 overflow-auto">
              {networkTemplates().map((template) => (
                <li key={template.id}>
                  <TemplateButton template={template} />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}

function TemplateButton({ template }: { readonly template: NetworkTemplate }) {
  return (
    <button
      type="button"
      onClick={(event) => {
        startFrom(template.load());
        focusCanvasAfter(event);
      }}
      data-testid={`network-${template.id}`}
      className="flex w-full items-center gap-3 rounded-md border border-line px-3 py-2 text-left hover:border-line-strong hover:bg-hover"
    >
      <span style={{ color: familyColour('block') }} className="shrink-0">
        <FamilyIcon type="network" family="block" size={18} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block text-sm font-medium">{template.name}</span>
        <span className="line-clamp-2 text-xs text-ink-muted">{template.description}</span>
      </span>
    </button>
  );
}
