import { Maximize, PanelBottom, PanelLeft, PanelRight, RotateCcw } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { AppCommand } from '../app/appCommands.tsx';
import { focusCanvas } from '../canvas/focusCanvas.ts';
import { isCanvasAlone, isInFront, sideOf, tabsetWith } from './layout.ts';
import type { PaneId, Side } from './pane.ts';
import { focusPane, movePane, paneStore, resetLayout, toggleCanvasAlone, togglePane, usePanes } from './paneStore.ts';

const SIDES: readonly (readonly [Side, ReactNode])[] = [
  ['left', <PanelLeft key="left" size={15} aria-hidden />],
  ['right', <PanelRight key="right" size={15} aria-hidden />],
  ['bottom', <PanelBottom key="bottom" size={15} aria-hidden />],
];

/** Shows or hides a pane and takes the keyboard along: to the pane, or back to the canvas. */
function toggleByCommand(id: PaneId): void {
  if (togglePane(id)) focusPane(id);
  else focusCanvas();
}

/** A key goes to its pane first; pressed there, it hides it. */
function goOrHide(id: PaneId): void {
  const isHere = document.activeElement?.closest('[data-tabset]')?.querySelector(`[data-testid="tab-${id}"]`) !== null;
  if (isInFront(paneStore.getState().layout, id) && !isHere) focusPane(id);
  else toggleByCommand(id);
}

/** What can be done with the panes: show, hide, move, set back. */
export function usePaneCommands(): readonly AppCommand[] {
  const panes = usePanes((state) => state.panes);
  const layout = usePanes((state) => state.layout);
  return useMemo(
    () => [
      ...panes.map((pane): AppCommand => {
        const Icon = pane.icon;
        return {
          id: `pane:${pane.id}`,
          label: `${isInFront(layout, pane.id) ? 'Hide' : 'Show'} ${pane.title}`,
          icon: <Icon size={15} aria-hidden />,
          shortcut: pane.shortcut,
          enabled: true,
          checked: isInFront(layout, pane.id),
          run: () => toggleByCommand(pane.id),
          onKey: () => goOrHide(pane.id),
        };
      }),
      {
        id: 'canvas-alone',
        label: isCanvasAlone(layout) ? 'Show the panes again' : 'Canvas alone',
        icon: <Maximize size={15} aria-hidden />,
        shortcut: 'Alt+0',
        enabled: true,
        checked: isCanvasAlone(layout),
        run: () => {
          toggleCanvasAlone();
          focusCanvas();
        },
      },
      {
        id: 'reset-layout',
        label: 'Reset the layout',
        icon: <RotateCcw size={15} aria-hidden />,
        enabled: true,
        run: resetLayout,
      },
      ...panes.flatMap(({ id, title }) =>
        SIDES.filter(([side]) => sideOf(layout, tabsetWith(layout, id)?.id ?? '') !== side).map(
          ([side, icon]): AppCommand => ({
            id: `move-pane:${id}:${side}`,
            label: `Move ${title} to the ${side}`,
            icon,
            enabled: true,
            whenAsked: true,
            run: () => {
              movePane(id, side);
              focusPane(id);
            },
          }),
        ),
      ),
    ],
    [panes, layout],
  );
}
