import { useStore } from '@xyflow/react';
import { Map as MapIcon, Maximize, Minus, Plus, ScanEye, Search, Workflow } from 'lucide-react';
import { memo } from 'react';
import { toggleSamples } from '../samples/sampleCommands.tsx';
import { useSample } from '../samples/sampleStore.ts';
import { classNames } from '../ui/classNames.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { arrange } from './arrange.ts';
import type { CanvasView } from './canvasView.ts';

export interface CanvasToolbarProps {
  readonly view: CanvasView;
  readonly minimap: boolean;
  /** There is no room in the middle beside the minimap. */
  readonly narrow: boolean;
}

const BUTTON = 'size-7';

/** Adding, arranging and view, at the lower edge of the canvas. */
export const CanvasToolbar = memo(function CanvasToolbar({ view, minimap, narrow }: CanvasToolbarProps) {
  const samples = useSample((state) => state.open);
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
        onClick={() => view.openSearch(null)}
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
        label="Look at a sample on its way"
        shortcut="Alt+S"
        icon={<ScanEye size={15} />}
        pressed={samples}
        onClick={toggleSamples}
        data-testid="sample-toggle"
      />
      <IconButton
        side="top"
        className={BUTTON}
        label="Minimap"
        icon={<MapIcon size={15} />}
        pressed={minimap}
        onClick={view.toggleMinimap}
      />
      <IconButton
        side="top"
        className={BUTTON}
        label="Show everything"
        shortcut="1"
        icon={<Maximize size={15} />}
        onClick={() => view.fit('all')}
        data-testid="fit-view"
      />
      <Separator />
      <IconButton side="top" className={BUTTON} label="Zoom out" icon={<Minus size={15} />} onClick={view.zoomOut} />
      <ZoomButton view={view} />
      <IconButton side="top" className={BUTTON} label="Zoom in" icon={<Plus size={15} />} onClick={view.zoomIn} />
    </div>
  );
});

function ZoomButton({ view }: { readonly view: CanvasView }) {
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <button
      type="button"
      aria-label={`Zoom ${percent} %, press for 100 %`}
      className="h-7 w-12 rounded-md text-xs text-ink-muted tabular-nums hover:bg-hover hover:text-ink"
      onClick={() => view.zoomTo(1)}
    >
      {percent} %
    </button>
  );
}

function Separator() {
  return <span aria-hidden className="mx-0.5 h-4 w-px bg-line" />;
}
