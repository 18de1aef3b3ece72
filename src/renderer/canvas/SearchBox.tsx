import { Search } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { catalogue, searchWords, type CatalogueItem } from '../palette/catalogue.ts';
import { itemsOf, useKeptItems } from '../palette/favourites.ts';
import { rank } from '../palette/fuzzyMatch.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { classNames } from '../ui/classNames.ts';
import { compatibleFirst } from './compatibility.ts';
import { IDLE, setMode, useCanvas, type CanvasMode } from './canvasStore.ts';
import { addBehindSelection, addItem } from './editing.ts';
import { familyColour, FamilyIcon } from './FamilyIcon.tsx';
import { focusCanvas } from './focusCanvas.ts';
import { wireEnd } from './skipWires.ts';

const WIDTH = 288;
const HEIGHT = 340;

type Searching = Extract<CanvasMode, { kind: 'searching' }>;

/** Whether an item can take the wire that is being drawn. */
function fits(item: CatalogueItem, { open, onWire }: Searching): boolean {
  if (onWire !== null) return item.inputs.length > 0 && item.outputs.length > 0;
  if (open === null) return true;
  return open.side === 'output' ? item.inputs.length > 0 : item.outputs.length > 0;
}

function place(item: CatalogueItem, mode: Searching): void {
  if (mode.behindSelection) addBehindSelection(item, mode.at);
  else {
    addItem(item, {
      position: mode.at,
      ...(mode.open === null ? {} : { open: mode.open }),
      ...(mode.onWire === null ? {} : { onWire: wireEnd(mode.onWire) }),
    });
  }
}

/** The search that opens at the pointer: type, choose, and the node is there and wired. */
export function SearchBox({ bounds }: { readonly bounds: { readonly width: number; readonly height: number } }) {
  const mode = useCanvas((state) => state.mode);
  return mode.kind === 'searching' ? <OpenSearchBox mode={mode} bounds={bounds} /> : null;
}

function OpenSearchBox({
  mode,
  bounds,
}: {
  readonly mode: Searching;
  readonly bounds: { readonly width: number; readonly height: number };
}) {
  const { scope, inferred } = useShownScope();
  const kept = useKeptItems();
  const document = useDocument((state) => state.document);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const judged = useMemo(() => {
    const { open } = mode;
    const all = catalogue(document, scope).filter((item) => fits(item, mode));
    // Before a letter is typed, what one likes and what one just used are nearest.
    const near = query === '' ? itemsOf([...new Set([...kept.favourites, ...kept.recent])], all) : [];
    const found = [...near, ...rank(all, query, searchWords).filter((item) => !near.includes(item))];
    const type = open?.side === 'output' ? inferred?.nodes.get(open.node)?.outputs[open.port] : undefined;
    return compatibleFirst(found, open?.side === 'output', type).slice(0, 40);
  }, [document, scope, inferred, kept, mode, query]);
  const items = judged.map(({ item }) => item);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, judged]);

  function choose(item: CatalogueItem | undefined): void {
    if (item === undefined) return;
    setMode(IDLE);
    place(item, mode);
    focusCanvas();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') setActive((index) => Math.min(index + 1, items.length - 1));
    else if (event.key === 'ArrowUp') setActive((index) => Math.max(index - 1, 0));
    else if (event.key === 'Enter') choose(items[active]);
    else if (event.key === 'Escape' || event.key === 'Tab') {
      setMode(IDLE);
      focusCanvas();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const left = Math.max(8, Math.min(mode.screen.x, bounds.width - WIDTH - 8));
  const top = Math.max(8, Math.min(mode.screen.y, bounds.height - HEIGHT - 8));
  const hint = mode.open === null ? 'Add a node' : mode.open.side === 'output' ? 'Connect to…' : 'Feed from…';
  return (
    <>
      <div className="absolute inset-0 z-20" onPointerDown={() => setMode(IDLE)} />
      <div
        className="absolute z-30 flex flex-col overflow-hidden rounded-lg bg-raised text-ink shadow-popup"
        style={{ left, top, width: WIDTH, maxHeight: HEIGHT }}
        role="dialog"
        aria-label={hint}
        data-testid="search-box"
      >
        <div className="flex items-center gap-2 border-b border-line px-3">
          <Search size={14} className="shrink-0 text-ink-muted" aria-hidden />
          <input
            autoFocus
            role="combobox"
            aria-expanded
            aria-controls={listId}
            aria-activedescendant={items[active] === undefined ? undefined : `${listId}-${active}`}
            aria-label={hint}
            placeholder={hint}
            className="h-10 w-full bg-transparent text-sm outline-none placeholder:text-ink-faint"
            spellCheck={false}
            autoComplete="off"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
            data-testid="search-input"
          />
        </div>
        <div ref={list} id={listId} role="listbox" aria-label="Results" className="min-h-0 overflow-y-auto p-1">
          {judged.map(({ item, fits: isFit }, index) => (
            <SearchResult
              key={item.id}
              isFit={isFit}
              id={`${listId}-${index}`}
              item={item}
              active={index === active}
              onHover={() => setActive(index)}
              onChoose={() => choose(item)}
            />
          ))}
        </div>
        {items.length === 0 && <p className="px-3 pb-3 text-xs text-ink-muted">Nothing here is called “{query}”.</p>}
      </div>
    </>
  );
}

interface SearchResultProps {
  readonly id: string;
  readonly item: CatalogueItem;
  /** Whether it takes the shape of the wire in the hand. */
  readonly isFit: boolean;
  readonly active: boolean;
  readonly onHover: () => void;
  readonly onChoose: () => void;
}

function SearchResult({ id, item, isFit, active, onHover, onChoose }: SearchResultProps) {
  const family = item.kind === 'op' ? item.op.family : 'block';
  return (
    <div
      id={id}
      role="option"
      aria-selected={active}
      data-testid={`result-${item.id}`}
      onPointerMove={onHover}
      onClick={onChoose}
      className={classNames('flex items-center gap-2.5 rounded-sm px-2 py-1.5', active && 'bg-hover')}
    >
      <span style={{ color: familyColour(family) }} className="shrink-0">
        <FamilyIcon type={item.id} family={family} size={15} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm">{item.title}</span>
        <span className="block truncate text-2xs text-ink-muted">
          {isFit ? item.summary : 'Does not take this shape'}
        </span>
      </span>
    </div>
  );
}
