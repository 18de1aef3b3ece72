import { Bookmark as BookmarkIcon, Frame as FrameIcon, Pencil, StickyNote, Trash2 } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { removeBookmark } from '../../graph-engine/document/commands/bookmarks.ts';
import { rank } from '../palette/fuzzyMatch.ts';
import { dispatch, useDocument } from '../store/documentStore.ts';
import { SearchDialog } from '../ui/SearchDialog.tsx';
import { openFind, useCanvas } from './canvasStore.ts';
import { familyColour, FamilyIcon } from './FamilyIcon.tsx';
import { findable, goTo, type Findable } from './findable.ts';
import { RenameBookmark } from './RenameBookmark.tsx';
import { focusCanvas } from './focusCanvas.ts';

const SHOWN = 200;

/** Everything that is in the network by its name - nodes at any depth, frames, notes, bookmarks - and the way there. */
export function FindDialog() {
  const open = useCanvas((state) => state.finding);
  return open ? <OpenFindDialog /> : null;
}

function OpenFindDialog() {
  const document = useDocument((state) => state.document);
  const all = useMemo(() => findable(document), [document]);

  const [renaming, setRenaming] = useState<string | null>(null);

  function close(): void {
    openFind(false);
    focusCanvas();
  }

  if (renaming !== null) return <RenameBookmark name={renaming} onClose={() => setRenaming(null)} />;
  return (
    <SearchDialog
      title="Find in the network"
      label="Find in the network"
      listLabel="Found"
      placeholder="A node, a frame, a note, a bookmark"
      find={(query) => rank(all, query, ({ name, words }) => ({ name, others: words })).slice(0, SHOWN)}
      nothing={(query) =>
        query === '' ? 'There is nothing in this network yet.' : `Nothing here is called “${query}”.`
      }
      keyOf={({ key }) => key}
      onChoose={(item) => {
        close();
        goTo(item);
      }}
      onRemove={(item) => {
        if (item.kind === 'bookmark') dispatch(removeBookmark, { name: item.name });
        return item.kind === 'bookmark';
      }}
      onRename={(item) => {
        if (item.kind === 'bookmark') setRenaming(item.name);
        return item.kind === 'bookmark';
      }}
      onClose={close}
      inputTestId="find-input"
      testIdOf={({ key }) => `found-${key}`}
      data-testid="find"
    >
      {(item) => (
        <>
          <span className="w-4 shrink-0 text-ink-muted">{iconOf(item)}</span>
          <span className="min-w-0 flex-1 truncate">
            {item.name}
            <span className="ml-2 text-xs text-ink-muted">{item.detail}</span>
          </span>
          <span className="shrink-0 text-2xs text-ink-muted">{item.place}</span>
          {item.kind === 'bookmark' && (
            <span
              title="Rename this bookmark (F2)"
              className="shrink-0 text-ink-muted hover:text-ink"
              data-testid={`rename-${item.key}`}
              onClick={(event) => {
                event.stopPropagation();
                setRenaming(item.name);
              }}
            >
              <Pencil size={13} aria-hidden />
            </span>
          )}
          {item.kind === 'bookmark' && (
            <span
              title="Remove this bookmark (Delete)"
              className="shrink-0 text-ink-muted hover:text-danger"
              onClick={(event) => {
                event.stopPropagation();
                dispatch(removeBookmark, { name: item.name });
              }}
            >
              <Trash2 size={13} aria-hidden />
            </span>
          )}
        </>
      )}
    </SearchDialog>
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
