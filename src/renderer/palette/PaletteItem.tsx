import { CircleHelp, Pencil, Star } from 'lucide-react';
import type { PageRef } from '../../graph-engine/reference/referencePage.ts';
import { openReference } from '../reference/referenceStore.ts';
import { FamilyIcon, familyColour } from '../canvas/FamilyIcon.tsx';
import { addBehindSelection } from '../canvas/editing.ts';
import { canvasMiddle } from '../canvas/canvasMiddle.ts';
import { focusCanvasAfter } from '../canvas/focusCanvas.ts';
import { showFileDialog } from '../files/fileDialog.ts';
import { classNames } from '../ui/classNames.ts';
import type { CatalogueItem } from './catalogue.ts';
import { dragData, setDraggedItem } from './dragItem.ts';
import { toggleFavourite, useKeptItems } from './favourites.ts';

export interface PaletteItemProps {
  readonly item: CatalogueItem;
  /** The best hit of a search. */
  readonly isBest: boolean;
  /** Where it is listed: favourites and recent things are listed among all others too. */
  readonly list: 'palette' | 'favourite' | 'recent';
}

/** One thing to drag to the canvas, or to press: then it goes behind what is selected, wired. */
export function PaletteItem({ item, isBest, list }: PaletteItemProps) {
  const family = item.kind === 'op' ? item.op.family : 'block';
  const type = item.kind === 'op' ? item.op.type : item.id;
  const isFavourite = useKeptItems().favourites.includes(item.id);
  const isOwn = item.kind === 'library' && item.isOwn === true;
  const editOwn = (): void => {
    if (item.kind === 'library') showFileDialog({ kind: 'library-block', id: item.library.id });
  };
  const page: PageRef =
    item.kind === 'op'
      ? { kind: 'op', id: item.op.type }
      : { kind: 'block', id: item.kind === 'library' ? item.library.id : item.block };
  return (
    <li className="group/item relative" data-reference={`${item.kind === 'op' ? 'op' : 'block'}/${page.id}`}>
      <button
        type="button"
        draggable
        data-stop
        title={item.summary}
        data-testid={`${list}-${item.id}`}
        onClick={(event) => {
          addBehindSelection(item, canvasMiddle());
          focusCanvasAfter(event);
        }}
        aria-keyshortcuts={isOwn ? 'F2' : undefined}
        onKeyDown={(event) => {
          if (event.key !== 'F2' || !isOwn) return;
          event.preventDefault();
          editOwn();
        }}
        onDragStart={(event) => {
          setDraggedItem(item);
          event.dataTransfer.setData(dragData, item.id);
          event.dataTransfer.effectAllowed = 'copy';
        }}
        onDragEnd={() => setDraggedItem(undefined)}
        className={classNames(
          'flex h-7 w-full items-center gap-2.5 rounded-md px-2 text-left text-sm select-none hover:bg-hover active:bg-pressed',
          isBest && 'bg-hover',
        )}
      >
        {item.kind === 'library' && item.picture !== undefined ? (
          <img
            src={`data:image/svg+xml;utf8,${encodeURIComponent(item.picture)}`}
            alt=""
            className="h-6 w-10 shrink-0 rounded-xs border border-line bg-white object-contain"
          />
        ) : (
          <span style={{ color: familyColour(family) }} className="shrink-0">
            <FamilyIcon type={type} family={family} size={15} />
          </span>
        )}
        <span
          className={classNames(
            'truncate',
            isOwn
              ? 'group-focus-within/item:pr-16 group-hover/item:pr-16'
              : 'group-focus-within/item:pr-11 group-hover/item:pr-11',
          )}
        >
          {item.title}
        </span>
      </button>
      {isOwn && list === 'palette' && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Rename or remove ${item.title}`}
          title="Rename or remove (F2)"
          data-testid={`edit-${item.id}`}
          onClick={editOwn}
          className="absolute top-1 right-11 inline-flex size-5 items-center justify-center rounded-sm text-ink-muted opacity-0 group-hover/item:opacity-100 hover:bg-pressed hover:text-ink focus-visible:opacity-100"
        >
          <Pencil size={13} aria-hidden />
        </button>
      )}
      {list !== 'recent' && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Favourite: ${item.title}`}
          aria-pressed={isFavourite}
          title={isFavourite ? 'No favourite any more' : 'Make it a favourite'}
          data-testid={`star-${list}-${item.id}`}
          onClick={() => toggleFavourite(item.id)}
          className="absolute top-1 right-6 inline-flex size-5 items-center justify-center rounded-sm text-ink-muted opacity-0 group-hover/item:opacity-100 hover:bg-pressed hover:text-ink focus-visible:opacity-100"
        >
          <Star size={13} aria-hidden fill={isFavourite ? 'currentColor' : 'none'} />
        </button>
      )}
      <button
        type="button"
        tabIndex={-1}
        aria-label={`About ${item.title}`}
        title={`About ${item.title}`}
        data-testid={list === 'palette' ? `about-${item.id}` : `about-${list}-${item.id}`}
        onClick={() => openReference(page)}
        className="absolute top-1 right-1 inline-flex size-5 items-center justify-center rounded-sm text-ink-muted opacity-0 group-hover/item:opacity-100 hover:bg-pressed hover:text-ink focus-visible:opacity-100"
      >
        <CircleHelp size={13} aria-hidden />
      </button>
    </li>
  );
}
