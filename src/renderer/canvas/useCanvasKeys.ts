import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { shownScope } from '../store/scope.ts';
import { clearSelection, enterBlock, leaveTo, select, uiStore } from '../store/uiStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { canvasStore, IDLE, setMode } from './canvasStore.ts';
import { copySelection, pasteText } from './clipboard.ts';
import { connectSelection, deleteSelection, nudgeSelection, toggleBypass } from './editing.ts';
import { GRID } from './nodeGeometry.ts';
import type { Point } from './routeWire.ts';
import { selectAll } from './useCanvasNodes.ts';

const NUDGES: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export interface CanvasKeyActions {
  readonly root: React.RefObject<HTMLDivElement | null>;
  readonly fit: (ids: 'all' | ReadonlySet<string>) => void;
  /** Opens the search; `null` for the middle of the canvas. */
  readonly openSearch: (screen: Point | null) => void;
  /** Puts dragged nodes back; false when nothing is dragged. */
  readonly abortDrag: () => boolean;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Keys typed in fields, dialogs and menus are theirs. */
function isForCanvas(event: Event, root: HTMLElement | null): boolean {
  const { target } = event;
  if (isTyping(target) || document.querySelector('[data-modal]') !== null) return false;
  return target === document.body || (target instanceof Node && root !== null && root.contains(target));
}

/** The keyboard and the clipboard on the canvas. */
export function useCanvasKeys({ root, fit, openSearch, abortDrag }: CanvasKeyActions): void {
  const flow = useReactFlow();
  const store = useStoreApi();
  const pointer = useRef<Point | null>(null);
  const actions = useRef({ fit, openSearch, abortDrag });
  useEffect(() => {
    actions.current = { fit, openSearch, abortDrag };
  });

  useEffect(() => {
    // After a press on the canvas Tab searches; when the keyboard brought the focus here it goes on to the next thing.
    let cameByPointer = true;
    let pasteOuter = false;
    const onPointerMove = (event: PointerEvent): void => {
      const inside = event.target instanceof Node && root.current?.contains(event.target) === true;
      pointer.current = inside ? { x: event.clientX, y: event.clientY } : null;
    };
    const onPointerDown = (): void => {
      cameByPointer = true;
    };

    function escape(): void {
      const { mode } = canvasStore.getState();
      const { selection, selectedWires, scopePath } = uiStore.getState();
      const { userSelectionActive, cancelConnection } = store.getState();
      if (mode.kind === 'connecting') {
        setMode({ kind: 'aborted' });
        cancelConnection();
      } else if (actions.current.abortDrag()) return;
      else if (userSelectionActive) {
        store.setState({ userSelectionActive: false, userSelectionRect: null });
        clearSelection();
      } else if (mode.kind === 'searching') setMode(IDLE);
      else if (selection.size > 0 || selectedWires.size > 0) clearSelection();
      else if (scopePath.length > 0) leaveTo(scopePath.length - 1);
      else cameByPointer = false;
    }

    function focusedNode(): NodeId | undefined {
      const id = document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
      return id as NodeId | undefined;
    }

    function activate(): boolean {
      const wire = document.activeElement?.closest<Element>('.react-flow__edge')?.getAttribute('data-id');
      if (wire !== null && wire !== undefined) {
        select([], [wire]);
        return true;
      }
      const id = focusedNode();
      if (id === undefined) return false;
      const { selection } = uiStore.getState();
      const node = shownScope().graph.nodes[id];
      if (node !== undefined && 'block' in node && selection.has(id) && selection.size === 1) enterBlock(id);
      else select([id]);
      return true;
    }

    function withControl(event: KeyboardEvent): boolean {
      switch (event.key.toLowerCase()) {
        case 'a':
          selectAll();
          return true;
        case 'b':
          toggleBypass();
          return true;
        case 'd':
          duplicate();
          return true;
        case 'v':
          pasteOuter = event.shiftKey;
          return false;
        default:
          return false;
      }
    }

    function plain(event: KeyboardEvent): boolean {
      const nudge = NUDGES[event.key];
      if (nudge !== undefined && uiStore.getState().selection.size > 0) {
        const distance = GRID * (event.shiftKey ? 5 : 1);
        nudgeSelection(nudge.x * distance, nudge.y * distance);
        return true;
      }
      switch (event.key) {
        case 'Delete':
        case 'Backspace':
          deleteSelection(!event.shiftKey);
          return true;
        case 'Escape':
          escape();
          return true;
        case 'Tab':
          if (event.shiftKey || !cameByPointer) {
            cameByPointer = false;
            return false;
          }
          // With something selected the new node goes behind it, else to the pointer.
          actions.current.openSearch(uiStore.getState().selection.size > 0 ? null : pointer.current);
          return true;
        case '/':
          actions.current.openSearch(null);
          return true;
        case 'Enter':
        case ' ':
          return activate();
        case 'f':
        case 'F':
          if (connectSelection() === 0)
            showToast({ title: 'Nothing to connect', description: 'Select nodes with a free input.' });
          return true;
        case '1':
          actions.current.fit('all');
          return true;
        case '.':
          actions.current.fit(uiStore.getState().selection.size > 0 ? uiStore.getState().selection : 'all');
          return true;
        case '0':
          void flow.zoomTo(1, { duration: 120 });
          return true;
        default:
          return false;
      }
    }

    const onKeyDown = (event: KeyboardEvent): void => {
      const control = event.ctrlKey || event.metaKey;
      if (event.key === 'Escape' && canvasStore.getState().mode.kind === 'connecting') {
        escape();
        event.preventDefault();
        return;
      }
      if (!isForCanvas(event, root.current) || event.altKey) return;
      // Buttons on the canvas keep Enter, Space and Tab.
      const onButton = event.target instanceof Element && event.target.closest('button, [role="toolbar"]') !== null;
      if (onButton && /^(Enter| |Tab|Arrow.*)$/.test(event.key)) return;
      if (control ? withControl(event) : plain(event)) event.preventDefault();
    };

    const onCopy = (event: ClipboardEvent): void => {
      if (!isForCanvas(event, root.current) || document.getSelection()?.isCollapsed === false) return;
      const text = copySelection();
      if (text === undefined) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut') deleteSelection(true);
    };

    const onPaste = (event: ClipboardEvent): void => {
      if (!isForCanvas(event, root.current)) return;
      const at = pointer.current === null ? null : flow.screenToFlowPosition(pointer.current);
      const result = pasteText(event.clipboardData?.getData('text/plain') ?? '', at, pasteOuter);
      pasteOuter = false;
      if (result === undefined) return;
      event.preventDefault();
      if (result.reason !== null) showToast({ tone: 'danger', title: 'Not pasted', description: result.reason });
    };

    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('pointermove', onPointerMove);
    window.addEventListener('pointerdown', onPointerDown, true);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('pointermove', onPointerMove);
      window.removeEventListener('pointerdown', onPointerDown, true);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [flow, root, store]);
}

/** Copies the selected nodes beside themselves, fed by what feeds the originals. */
export function duplicate(): void {
  const text = copySelection();
  if (text !== undefined) pasteText(text, null, true);
}
