import { Ellipsis, EyeOff, Maximize2, Minimize2, PanelBottom, PanelLeft, PanelRight } from 'lucide-react';
import { useParentTabset, useParentTabsetState, type TabsetNode } from 'react-resizable-panels';
import { keysOf } from '../store/keyBindings.ts';
import { Menu, type MenuItem } from '../ui/Menu.tsx';
import { displayShortcut, onMac } from '../ui/shortcuts.ts';
import { sideOf } from './layout.ts';
import type { Side } from './pane.ts';
import { hidePane, movePane, usePanes } from './paneStore.ts';

export const SIDE_NAMES = { left: 'left', right: 'right', bottom: 'bottom' } as const satisfies Record<Side, string>;
const SIDE_ICONS = { left: PanelLeft, right: PanelRight, bottom: PanelBottom } as const;

/** What can be done with the pane in front of a set of tabs without dragging it. */
export function PaneMenu({ tabset }: { readonly tabset: TabsetNode<null> }) {
  const state = useParentTabsetState();
  const parent = useParentTabset();
  const side = usePanes(({ layout }) => sideOf(layout, tabset.id));
  const pane = usePanes(({ panes }) => panes.find(({ id }) => id === tabset.selectedId));
  if (pane === undefined || parent === null || state === null) return null;
  const [key] = keysOf({ id: `pane:${pane.id}`, shortcut: pane.shortcut });
  const items: (MenuItem | 'separator')[] = [
    ...(Object.keys(SIDE_NAMES) as Side[]).map((one): MenuItem => {
      const Icon = SIDE_ICONS[one];
      return {
        label: `Move to the ${SIDE_NAMES[one]}`,
        icon: <Icon size={15} aria-hidden />,
        disabled: one === side && tabset.tabs.length === 1,
        onSelect: () => movePane(pane.id, one),
        testId: `move-${pane.id}-${one}`,
      };
    }),
    'separator',
    {
      label: state.isMaximized ? 'Back to its place' : 'Fill the window',
      icon: state.isMaximized ? <Minimize2 size={15} aria-hidden /> : <Maximize2 size={15} aria-hidden />,
      onSelect: () => (state.isMaximized ? parent.restore() : parent.maximize()),
      testId: `maximize-${pane.id}`,
    },
    {
      label: `Hide ${pane.title}`,
      icon: <EyeOff size={15} aria-hidden />,
      onSelect: () => hidePane(pane.id),
      testId: `hide-${pane.id}`,
      ...(key !== undefined && { shortcut: displayShortcut(key, onMac()) }),
    },
  ];
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          aria-label={`Place of ${pane.title}`}
          data-testid={`pane-menu-${pane.id}`}
          className="inline-flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink data-popup-open:bg-hover data-popup-open:text-ink"
        >
          <Ellipsis size={15} aria-hidden />
        </button>
      }
      items={items}
    />
  );
}
