import { FamilyIcon, familyColour } from '../canvas/FamilyIcon.tsx';
import { addBehindSelection } from '../canvas/editing.ts';
import { canvasMiddle } from '../canvas/canvasMiddle.ts';
import { focusCanvasAfter } from '../canvas/focusCanvas.ts';
import { classNames } from '../ui/classNames.ts';
import type { CatalogueItem } from './catalogue.ts';
import { dragData, setDraggedItem } from './dragItem.ts';

export interface PaletteItemProps {
  readonly item: CatalogueItem;
  /** The best hit of a search. */
  readonly isBest: boolean;
}

/** One thing to drag to the canvas, or to press: then it goes behind what is selected, wired. */
export function PaletteItem({ item, isBest }: PaletteItemProps) {
  const family = item.kind === 'op' ? item.op.family : 'block';
  const type = item.kind === 'op' ? item.op.type : item.id;
  return (
    <li>
      <button
        type="button"
        draggable
        title={item.summary}
        data-testid={`palette-${item.id}`}
        onClick={(event) => {
          addBehindSelection(item, canvasMiddle());
          focusCanvasAfter(event);
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
        <span style={{ color: familyColour(family) }} className="shrink-0">
          <FamilyIcon type={type} family={family} size={15} />
        </span>
        <span className="truncate">{item.title}</span>
      </button>
    </li>
  );
}
