import { useEffect, useState, type RefObject } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { PopupMenu } from '../ui/Menu.tsx';
import { menuItems, selectForMenu, type MenuTarget } from './menuItems.ts';
import { canvasStore } from './canvasStore.ts';
import type { CanvasView } from './canvasView.ts';
import { parseMark } from './marks/markKeys.ts';
import { overviewHitAt, overviewWireAt } from './overview/overviewHits.ts';
import type { Point } from './routeWire.ts';

interface OpenMenu {
  readonly target: MenuTarget;
  /** Points of the window. */
  readonly at: Point;
}

function targetOf(element: Element, at: Point): MenuTarget | undefined {
  const isPane = element.classList.contains('react-flow__pane');
  // From far away cards and wires are painted: they are no elements.
  const node =
    element.closest<HTMLElement>('.react-flow__node')?.dataset['id'] ?? (isPane ? overviewHitAt(at)?.key : undefined);
  if (node !== undefined) {
    const mark = parseMark(node);
    if (mark === undefined) return { kind: 'card', id: node as NodeId };
    return { kind: 'mark', id: node };
  }
  const wire =
    element.closest<SVGElement>('.react-flow__edge')?.dataset['id'] ?? (isPane ? overviewWireAt(at) : undefined);
  if (wire !== undefined) return { kind: 'wire', id: wire };
  const onCanvas = element.closest('.react-flow__pane, .react-flow__nodesselection, [data-canvas-root]');
  return onCanvas === null || element.closest('button, input, textarea, .sw-minimap') !== null
    ? undefined
    : { kind: 'canvas' };
}

/** A press of the menu key has no place of its own: the menu opens at what has the focus. */
function placeOf(event: MouseEvent, element: Element): Point {
  if (event.clientX !== 0 || event.clientY !== 0) return { x: event.clientX, y: event.clientY };
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}

/** What can be done with the thing under the right button, or under the menu key. */
export function CanvasMenu({
  root,
  view,
}: {
  readonly root: RefObject<HTMLDivElement | null>;
  readonly view: CanvasView;
}) {
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  useEffect(() => {
    const canvas = root.current;
    if (canvas === null) return undefined;
    const onContextMenu = (event: MouseEvent): void => {
      // A stroke of the right button has prevented it; text fields keep the menu of the browser.
      if (event.defaultPrevented || canvasStore.getState().mode.kind !== 'idle') return;
      if (!(event.target instanceof Element)) return;
      const at = placeOf(event, event.target);
      const target = targetOf(event.target, at);
      if (target === undefined) return;
      event.preventDefault();
      selectForMenu(target);
      setMenu({ target, at });
    };
    canvas.addEventListener('contextmenu', onContextMenu);
    return () => canvas.removeEventListener('contextmenu', onContextMenu);
  }, [root]);
  if (menu === null) return null;
  return (
    <PopupMenu
      at={menu.at}
      items={menuItems(menu.target, menu.at, view)}
      onClose={() => setMenu(null)}
      returnFocus={root}
      testId="canvas-menu"
    />
  );
}
