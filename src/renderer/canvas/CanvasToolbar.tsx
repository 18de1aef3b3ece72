import { useReactFlow, useStore } from '@xyflow/react';
import { Map as MapIcon, Maximize, Minus, Plus, Search, Workflow } from 'lucide-react';
import { classNames } from '../ui/classNames.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { arrange } from './arrange.ts';

export interface CanvasToolbarProps {
  readonly onSearch: () => void;
  readonly onFit: () => void;
  readonly minimap: boolean;
  readonly onToggleMinimap: () => void;
  /** There is no room in the middle beside the minimap. */
  readonly narrow: boolean;
}

const BUTTON = 'size-7';

/** Adding, arranging and view, at the lower edge of the canvas. */
export function CanvasToolbar({ onSearch, onFit, minimap, onToggleMinimap, narrow }: CanvasToolbarProps) {
  const flow = useReactFlow();
  const zoom = useStore((state) => state.transform[2]);
  return (
    <div
      role="toolbar"
      aria-label="Canvas"
      className={classNames(
        'absolute bottom-3 z-10 flex h-9 items-center gap-0.5 rounded-lg bg-raised px-1 shadow-popup',
        narrow ? 'left-3' : 'left-1/2 -translate-x-1/2',
      )}
    >
      <IconButton
        side="top"
        className={BUTTON}
        label="Add a node"
        shortcut="Tab"
        icon={<Search size={15} />}
        onClick={onSearch}
        data-testid="canvas-search"
      />
      <Separator />
      <Menu
        trigger={
          <button
            type="button"
            aria-label="Arrange"
            className="inline-flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
            data-testid="arrange"
          >
            <Workflow size={15} aria-hidden />
          </button>
        }
        items={[
          { label: 'Arrange left to right', onSelect: () => arrange('right'), testId: 'arrange-right' },
          { label: 'Arrange top to bottom', onSelect: () => arrange('down'), testId: 'arrange-down' },
        ]}
      />
      <IconButton
        side="top"
        className={BUTTON}
        label="Minimap"
        icon={<MapIcon size={15} />}
        pressed={minimap}
        onClick={onToggleMinimap}
      />
      <IconButton
        side="top"
        className={BUTTON}
        label="Show everything"
        shortcut="1"
        icon={<Maximize size={15} />}
        onClick={onFit}
        data-testid="fit-view"
      />
      <Separator />
      <IconButton
        side="top"
        className={BUTTON}
        label="Zoom out"
        icon={<Minus size={15} />}
        onClick={() => void flow.zoomOut({ duration: 120 })}
      />
      <button
        type="button"
        aria-label={`Zoom ${Math.round(zoom * 100)} %, press for 100 %`}
        className="h-7 w-12 rounded-md text-xs text-ink-muted tabular-nums hover:bg-hover hover:text-ink"
        onClick={() => void flow.zoomTo(1, { duration: 120 })}
      >
        {Math.round(zoom * 100)} %
      </button>
      <IconButton
        side="top"
        className={BUTTON}
        label="Zoom in"
        icon={<Plus size={15} />}
        onClick={() => void flow.zoomIn({ duration: 120 })}
      />
    </div>
  );
}

function Separator() {
  return <span aria-hidden className="mx-0.5 h-4 w-px bg-line" />;
}
