import { ChevronRight, Search } from 'lucide-react';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { ownLibraryStore } from '../blocks/ownLibrary.ts';
import { startFrom } from '../files/fileActions.ts';
import type { OpFamily } from '../../graph-engine/core/opDefinition.ts';
import { NetworkIcon } from '../canvas/FamilyIcon.tsx';
import { focusCanvasAfter } from '../canvas/focusCanvas.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShown } from '../store/scope.ts';
import { useArrowFocus } from '../ui/useArrowFocus.ts';
import { inputClassName } from '../ui/FieldLayout.tsx';
import {
  documentBlockItems,
  FAMILY_TITLES,
  libraryItems,
  networkTemplates,
  opItems,
  ownItems,
  searchWords,
  type CatalogueItem,
  type NetworkTemplate,
} from './catalogue.ts';
import { itemsOf, useKeptItems } from './favourites.ts';
import { rank } from './fuzzyMatch.ts';
import { PaletteItem } from './PaletteItem.tsx';

interface Section {
  readonly title: string;
  readonly items: readonly CatalogueItem[];
}

function byFamily(items: readonly CatalogueItem[]): readonly Section[] {
  const families = Object.keys(FAMILY_TITLES) as OpFamily[];
  return families
    .map((family) => ({
      title: FAMILY_TITLES[family],
      items: items.filter((item) => item.kind === 'op' && item.op.family === family),
    }))
    .filter((section) => section.items.length > 0);
}

/** Everything that can be put on the canvas, and networks to begin with. */
export function PalettePane() {
  const scope = useShown((shown) => shown.scope);
  const blocks = useDocument((state) => state.document.blocks);
  const published = useStore(ownLibraryStore, (state) => state.blocks);
  const kept = useKeptItems();
  const [query, setQuery] = useState('');
  const list = useRef<HTMLDivElement>(null);
  useArrowFocus(list);
  const sections = useMemo((): readonly Section[] => {
    const owned = new Set(Object.keys(blocks));
    const library = libraryItems().filter((item) => item.kind === 'library' && !owned.has(item.library.id));
    const local = documentBlockItems({ blocks }, scope);
    const own = ownItems(published);
    if (query.trim() !== '') {
      return [{ title: 'Found', items: rank([...opItems(scope), ...local, ...own, ...library], query, searchWords) }];
    }
    const all = [...opItems(scope), ...local, ...own, ...library];
    return [
      { title: 'Favourites', items: itemsOf(kept.favourites, all) },
      { title: 'Blocks of this network', items: local },
      { title: 'My library', items: own },
      ...byFamily(opItems(scope)),
      { title: 'Block library', items: library },
    ].filter((section) => section.items.length > 0);
  }, [blocks, scope, query, kept, published]);
  const recent = useMemo(
    () =>
      itemsOf(kept.recent, [
        ...opItems(scope),
        ...documentBlockItems({ blocks }, scope),
        ...ownItems(published),
        ...libraryItems(),
      ]),
    [blocks, scope, kept, published],
  );
  const networks = rank(networkTemplates(), query, ({ name }) => ({ name, others: ['network'] }));
  const [first] = sections;
  const nothing = sections.every((section) => section.items.length === 0) && networks.length === 0;

  return (
    <div className="flex h-full flex-col" data-testid="palette">
      <div className="relative shrink-0 p-2">
        <Search
          size={14}
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-4 -translate-y-1/2 text-ink-faint"
        />
        <input
          type="search"
          aria-label="Search ops and blocks"
          placeholder="Search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && query !== '') {
              setQuery('');
              event.preventDefault();
            } else if (event.key === 'ArrowDown') {
              list.current?.querySelector<HTMLElement>('[data-stop][tabindex="0"]')?.focus();
              event.preventDefault();
            }
          }}
          className={`${inputClassName} pl-7`}
          data-testid="palette-search"
        />
      </div>
      <div ref={list} className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {query.trim() === '' && (
          // Folded, and there from the start: what is added must not move the list under the pointer.
          <Group title="Recent" folded>
            {recent.map((item) => (
              <PaletteItem key={item.id} item={item} isBest={false} list="recent" />
            ))}
            {recent.length === 0 && <li className="px-2 py-1 text-xs text-ink-muted">What you add is listed here.</li>}
          </Group>
        )}
        {sections
          .filter((section) => section.items.length > 0)
          .map((section) => (
            <Group key={section.title} title={section.title}>
              {section.items.map((item) => (
                <PaletteItem
                  key={item.id}
                  item={item}
                  isBest={query.trim() !== '' && item === first?.items[0]}
                  list={section.title === 'Favourites' ? 'favourite' : 'palette'}
                />
              ))}
            </Group>
          ))}
        {networks.length > 0 && (
          <Group title="Networks">
            {networks.map((template) => (
              <NetworkItem key={template.id} template={template} />
            ))}
          </Group>
        )}
        {nothing && (
          <p className="px-2 py-4 text-xs text-ink-muted">
            Nothing here is called “{query}”. Ops are also found by what they do, such as <em>skip</em> or{' '}
            <em>shrink</em>; a block of your own by the name you published it under.
          </p>
        )}
      </div>
    </div>
  );
}

/** A titled list that can be folded away. */
function Group({
  title,
  folded = false,
  children,
}: {
  readonly title: string;
  readonly folded?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <details open={!folded} className="group">
      <summary
        data-stop
        className="mt-1.5 flex h-6 list-none items-center gap-1 rounded-sm px-2 text-2xs font-medium text-ink-muted select-none hover:text-ink"
      >
        {title}
        <ChevronRight
          size={11}
          aria-hidden
          className="opacity-0 transition-transform group-open:rotate-90 group-hover:opacity-100 group-not-open:opacity-100"
        />
      </summary>
      <ul aria-label={title} className="grid grid-cols-[repeat(auto-fill,minmax(min(11rem,100%),1fr))] gap-x-1">
        {children}
      </ul>
    </details>
  );
}

function NetworkItem({ template }: { readonly template: NetworkTemplate }) {
  return (
    <li>
      <button
        type="button"
        title={template.description}
        data-stop
        onClick={(event) => {
          startFrom(template.load());
          focusCanvasAfter(event);
        }}
        data-testid={`palette-network-${template.id}`}
        className="flex h-7 w-full items-center gap-2.5 rounded-md px-2 text-left text-sm hover:bg-hover"
      >
        <NetworkIcon size={15} aria-hidden className="shrink-0 text-ink-muted" />
        <span className="truncate">{template.name}</span>
        <span className="ml-auto shrink-0 text-2xs text-ink-muted">open</span>
      </button>
    </li>
  );
}
