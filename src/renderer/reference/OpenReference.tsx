import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { ArrowLeft, FolderOpen, Plus, Search, X } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { pageEntries } from '../../graph-engine/reference/pageEntries.ts';
import { pageOf } from '../../graph-engine/reference/pageOf.ts';
import { pageKey, type PageEntry, type PageRef } from '../../graph-engine/reference/referencePage.ts';
import { familyColour, FamilyIcon, NetworkIcon } from '../canvas/FamilyIcon.tsx';
import type { NodeFamily } from '../canvas/nodeView.ts';
import { rank } from '../palette/fuzzyMatch.ts';
import { useDocument } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { actionOf } from './addFromPage.ts';
import { PageView } from './PageView.tsx';
import { closeReference, glanceAt, turnBack, turnTo, useReference } from './referenceStore.ts';
import { referenceLibrary } from './referenceLibrary.ts';

const KINDS: readonly { readonly kind: PageRef['kind']; readonly title: string }[] = [
  { kind: 'op', title: 'Ops' },
  { kind: 'block', title: 'Blocks' },
  { kind: 'network', title: 'Networks' },
];

/** The reference: every op, block and network, with a list to search on the left. */
export function OpenReference() {
  const document = useDocument((state) => state.document);
  const page = useReference((state) => state.page);
  const mayGoBack = useReference((state) => state.past.length > 0);
  const library = useMemo(() => referenceLibrary(document), [document]);
  const entries = useMemo(() => pageEntries(library), [library]);
  const content = useMemo(() => pageOf(page, library), [page, library]);
  const entry = entries.find((one) => pageKey(one) === pageKey(page));
  const action = actionOf(page);
  const search = useRef<HTMLInputElement>(null);
  const scroller = useRef<HTMLDivElement>(null);

  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [page]);

  return (
    <BaseDialog.Root
      open
      onOpenChange={(open) => {
        if (!open) closeReference();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 bg-backdrop opacity-40" />
        <BaseDialog.Popup
          data-modal
          data-testid="reference"
          initialFocus={search}
          className="fixed top-[6vh] left-1/2 flex h-[88vh] w-[1040px] max-w-[calc(100vw-2rem)] -translate-x-1/2 overflow-hidden rounded-xl bg-raised text-ink shadow-dialog outline-none"
        >
          <BaseDialog.Title className="sr-only">Reference</BaseDialog.Title>
          <PageList entries={entries} page={page} search={search} />
          <div className="flex min-w-0 flex-1 flex-col">
            <header className="flex shrink-0 items-center gap-3 border-b border-line px-6 py-3">
              {mayGoBack && <IconButton label="Back" icon={<ArrowLeft size={16} />} onClick={turnBack} />}
              {entry !== undefined && <EntryIcon entry={entry} size={20} />}
              <div className="min-w-0 flex-1">
                <h2 className="truncate text-lg font-semibold tracking-tight" data-testid="reference-title">
                  {content?.title ?? page.id}
                </h2>
                <p className="text-2xs text-ink-muted">{entry?.family ?? page.kind}</p>
              </div>
              {action !== undefined && (
                <Button
                  variant="primary"
                  icon={page.kind === 'network' ? <FolderOpen size={14} aria-hidden /> : <Plus size={14} aria-hidden />}
                  data-testid="reference-add"
                  onClick={() => {
                    closeReference();
                    action.run();
                  }}
                >
                  {action.label}
                </Button>
              )}
              <BaseDialog.Close
                aria-label="Close"
                className="-mr-2 inline-flex size-8 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
              >
                <X size={16} aria-hidden />
              </BaseDialog.Close>
            </header>
            <div
              ref={scroller}
              tabIndex={0}
              role="region"
              aria-label="Page"
              className="min-h-0 flex-1 overflow-y-auto px-6 pt-4"
            >
              {content === undefined ? (
                <p className="text-sm text-ink-muted">
                  This version of Skipwire knows nothing called “{page.id}”. It may come from a newer one.
                </p>
              ) : (
                <PageView page={content} />
              )}
            </div>
          </div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

function EntryIcon({ entry, size }: { readonly entry: PageEntry; readonly size: number }) {
  if (entry.kind === 'network') return <NetworkIcon size={size} aria-hidden className="shrink-0 text-ink-muted" />;
  const family: NodeFamily = entry.kind === 'block' ? 'block' : (entry.family as NodeFamily);
  return (
    <span style={{ color: familyColour(family) }} className="shrink-0">
      <FamilyIcon type={entry.id} family={family} size={size} />
    </span>
  );
}

interface PageListProps {
  readonly entries: readonly PageEntry[];
  readonly page: PageRef;
  readonly search: React.RefObject<HTMLInputElement | null>;
}

/** All pages; typing filters, the arrow keys turn the pages. */
function PageList({ entries, page, search }: PageListProps) {
  const listId = useId();
  const [query, setQuery] = useState('');
  const found = useMemo(
    () => rank(entries, query, ({ title, keywords }) => ({ name: title, others: keywords })),
    [entries, query],
  );
  // Groups stay together while nobody searches; a search puts the best first.
  const groups =
    query.trim() === ''
      ? KINDS.map(({ kind, title }) => ({ title, items: found.filter((entry) => entry.kind === kind) }))
      : [{ title: 'Found', items: found }];
  const current = found.findIndex((entry) => pageKey(entry) === pageKey(page));
  const active = useRef<HTMLLIElement>(null);

  useEffect(() => {
    active.current?.scrollIntoView({ block: 'nearest' });
  }, [page]);

  function change(text: string): void {
    setQuery(text);
    const [best] = rank(entries, text, ({ title, keywords }) => ({ name: title, others: keywords }));
    if (text.trim() !== '' && best !== undefined) glanceAt(best);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = found[Math.min(Math.max(current + step, 0), found.length - 1)];
    if (next !== undefined) glanceAt(next);
  }

  return (
    <nav aria-label="Pages" className="flex w-60 shrink-0 flex-col border-r border-line bg-sunken max-[900px]:w-48">
      <div className="relative p-2.5">
        <Search size={14} aria-hidden className="absolute top-1/2 left-5 -translate-y-1/2 text-ink-faint" />
        <input
          ref={search}
          type="search"
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={current === -1 ? undefined : `${listId}-${pageKey(page)}`}
          aria-label="Search the reference"
          placeholder="Search the reference"
          value={query}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          data-testid="reference-search"
          className="h-8 w-full rounded-md border border-line bg-surface pr-2 pl-8 text-sm text-ink outline-none placeholder:text-ink-faint focus:border-focus"
        />
      </div>
      <ul id={listId} role="listbox" aria-label="Pages" className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {groups
          .filter(({ items }) => items.length > 0)
          .map(({ title, items }) => (
            <li key={title} role="presentation">
              <p role="presentation" className="px-2 pt-2 pb-1 text-2xs font-medium text-ink-muted">
                {title}
              </p>
              <ul role="group" aria-label={title}>
                {items.map((entry) => {
                  const isShown = pageKey(entry) === pageKey(page);
                  return (
                    <li
                      key={pageKey(entry)}
                      ref={isShown ? active : null}
                      id={`${listId}-${pageKey(entry)}`}
                      role="option"
                      aria-selected={isShown}
                      onClick={() => turnTo(entry)}
                      className={classNames(
                        'flex h-7 items-center gap-2 rounded-md px-2 text-sm',
                        isShown ? 'bg-accent-soft text-accent-ink' : 'hover:bg-hover',
                      )}
                    >
                      <EntryIcon entry={entry} size={14} />
                      <span className="truncate">{entry.title}</span>
                    </li>
                  );
                })}
              </ul>
            </li>
          ))}
        {found.length === 0 && <li className="px-2 py-3 text-xs text-ink-muted">Nothing here is called “{query}”.</li>}
      </ul>
    </nav>
  );
}
