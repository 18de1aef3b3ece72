import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { Bookmark as BookmarkIcon, Frame as FrameIcon, StickyNote, Trash2 } from 'lucide-react';
import { useId, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { removeBookmark } from '../../graph-engine/document/commands/bookmarks.ts';
import { rank } from '../palette/fuzzyMatch.ts';
import { dispatch, useDocument } from '../store/documentStore.ts';
import { classNames } from '../ui/classNames.ts';
import { openFind, useCanvas } from './canvasStore.ts';
import { familyColour, FamilyIcon } from './FamilyIcon.tsx';
import { findable, goTo, type Findable } from './findable.ts';
import { focusCanvas } from './focusCanvas.ts';

const SHOWN = 200;

/** Everything that is in the network by its name - nodes at any depth, frames, notes, bookmarks - and the way there. */
export function FindDialog() {
  const open = useCanvas((state) => state.finding);
  return open ? <OpenFindDialog /> : null;
}

function OpenFindDialog() {
  const listId = useId();
  const document = useDocument((state) => state.document);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const all = useMemo(() => findable(document), [document]);
  const found = useMemo(
    () => rank(all, query, ({ name, words }) => ({ name, others: words })).slice(0, SHOWN),
    [all, query],
  );
  const index = Math.min(active, found.length - 1);

  function close(): void {
    openFind(false);
    focusCanvas();
  }

  function go(item: Findable | undefined): void {
    if (item === undefined) return;
    close();
    goTo(item);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') go(found[index]);
    else if (event.key === 'ArrowDown') setActive(Math.min(index + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(index - 1, 0));
    else return;
    event.preventDefault();
  }

  return (
    <BaseDialog.Root
      open
      onOpenChange={(next) => {
        if (!next) close();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 bg-backdrop opacity-30" />
        <BaseDialog.Popup
          data-modal
          data-testid="find"
          className="fixed top-[12vh] left-1/2 w-[520px] max-w-[calc(100vw-2rem)] -translate-x-1/2 overflow-hidden rounded-xl bg-raised text-ink shadow-dialog outline-none"
        >
          <BaseDialog.Title className="sr-only">Find in the network</BaseDialog.Title>
          <input
            role="combobox"
            aria-expanded
            aria-controls={listId}
            aria-activedescendant={found[index] === undefined ? undefined : `${listId}-${index}`}
            aria-label="Find in the network"
            autoFocus
            placeholder="A node, a frame, a note, a bookmark"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
            className="h-11 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-ink-faint"
            data-testid="find-input"
          />
          <ul id={listId} role="listbox" aria-label="Found" className="max-h-96 overflow-auto p-1.5">
            {found.map((item, at) => (
              <li
                key={item.key}
                id={`${listId}-${at}`}
                role="option"
                aria-selected={at === index}
                onClick={() => go(item)}
                onPointerMove={() => setActive(at)}
                className={classNames(
                  'group flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm',
                  at === index && 'bg-hover',
                )}
                data-testid={`found-${item.key}`}
              >
                <span className="w-4 shrink-0 text-ink-muted">{iconOf(item)}</span>
                <span className="min-w-0 flex-1 truncate">
                  {item.name}
                  <span className="ml-2 text-xs text-ink-muted">{item.detail}</span>
                </span>
                <span className="shrink-0 text-2xs text-ink-muted">{item.place}</span>
                {item.kind === 'bookmark' && (
                  <span
                    title="Remove this bookmark"
                    className="shrink-0 text-ink-muted hover:text-danger"
                    onClick={(event) => {
                      event.stopPropagation();
                      dispatch(removeBookmark, { name: item.name });
                    }}
                  >
                    <Trash2 size={13} aria-hidden />
                  </span>
                )}
              </li>
            ))}
            {found.length === 0 && <li className="px-2.5 py-2 text-sm text-ink-muted">Nothing here is called so.</li>}
          </ul>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

function iconOf(item: Findable): ReactNode {
  switch (item.kind) {
    case 'node':
      return (
        <span style={{ color: familyColour(item.family) }}>
          <FamilyIcon type={item.type} family={item.family} size={15} />
        </span>
      );
    case 'frame':
      return <FrameIcon size={15} aria-hidden />;
    case 'note':
      return <StickyNote size={15} aria-hidden />;
    case 'bookmark':
      return <BookmarkIcon size={15} aria-hidden />;
  }
}
