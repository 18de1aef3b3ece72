import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { openPastedLink } from '../files/shareLinks.ts';
import { shownScope } from '../store/scope.ts';
import { keysOf } from '../store/keyBindings.ts';
import { clearSelection, enterBlock, leaveTo, select, uiStore } from '../store/uiStore.ts';
import { shortcutOf } from '../ui/shortcuts.ts';
import { showToast } from '../ui/Toast.tsx';
import { canvasCommands } from './canvasCommands.ts';
import { canvasStore, editText, IDLE, setMode } from './canvasStore.ts';
import type { CanvasView } from './canvasView.ts';
import { copySelection, pasteText } from './clipboard.ts';
import { deleteSelection, nudgeSelection } from './editing.ts';
import { cancelTidy } from './layout/tidy.ts';
import { parseMark } from './marks/markKeys.ts';
import { GRID } from './nodeGeometry.ts';
import type { Point } from './routeWire.ts';

const NUDGES: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export interface CanvasKeyActions {
  readonly root: React.RefObject<HTMLDivElement | null>;
  readonly view: CanvasView;
  /** Where the pointer is over the canvas, in pixels of the window. */
  readonly pointer: React.RefObject<Point | null>;
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
export function useCanvasKeys({ root, view, pointer, abortDrag }: CanvasKeyActions): void {
  const flow = useReactFlow();
  const store = useStoreApi();
  const actions = useRef({ view, abortDrag });
  useEffect(() => {
    actions.current = { view, abortDrag };
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
      const { selection, selectedWires, selectedMarks, scopePath } = uiStore.getState();
      const { userSelectionActive, cancelConnection } = store.getState();
      if (cancelTidy()) return;
      if (mode.kind === 'stroke') setMode(IDLE);
      else if (mode.kind === 'connecting') {
        setMode({ kind: 'aborted' });
        cancelConnection();
      } else if (actions.current.abortDrag()) return;
      else if (userSelectionActive) {
        store.setState({ userSelectionActive: false, userSelectionRect: null });
        clearSelection();
      } else if (mode.kind === 'searching') setMode(IDLE);
      else if (selection.size + selectedWires.size + selectedMarks.size > 0) clearSelection();
      else if (scopePath.length > 0) leaveTo(scopePath.length - 1);
      else cameByPointer = false;
    }

    function focusedNode(): NodeId | undefined {
      const id = document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
      return id as NodeId | undefined;
    }

    function activate(adds: boolean): boolean {
      const wire = document.activeElement?.closest<Element>('.react-flow__edge')?.getAttribute('data-id');
      if (wire !== null && wire !== undefined) {
        select([], [wire]);
        return true;
      }
      const [only] = uiStore.getState().selection.size === 1 ? uiStore.getState().selection : [];
      // In the overview no card can have the focus: what is selected counts.
      const id = focusedNode() ?? only;
      if (id === undefined) return false;
      if (parseMark(id) !== undefined) {
        if (uiStore.getState().selectedMarks.has(id)) editText(id);
        else select([], [], [id]);
        return true;
      }
      const { selection } = uiStore.getState();
      const node = shownScope().graph.nodes[id];
      if (adds) select(selection.has(id) ? [...selection].filter((one) => one !== id) : [...selection, id]);
      else if (node !== undefined && 'block' in node && selection.has(id) && selection.size === 1) enterBlock(id);
      else select([id]);
      return true;
    }

    /** Keys with a meaning that depends on where the focus is; all others are commands. */
    function special(event: KeyboardEvent): boolean | undefined {
      if (event.ctrlKey || event.metaKey || event.altKey) {
        if (event.key.toLowerCase() === 'v') pasteOuter = event.shiftKey;
        return undefined;
      }
      const nudge = NUDGES[event.key];
      const { selection, selectedMarks } = uiStore.getState();
      if (nudge !== undefined && selection.size + selectedMarks.size > 0) {
        const distance = GRID * (event.shiftKey ? 5 : 1);
        nudgeSelection(nudge.x * distance, nudge.y * distance);
        return true;
      }
      switch (event.key) {
        case 'Escape':
          escape();
          return true;
        case 'Tab':
          if (event.shiftKey || !cameByPointer) {
            cameByPointer = false;
            return false;
          }
          // With something selected the new node goes behind it, else to the pointer.
          actions.current.view.openSearch(selection.size > 0 ? null : pointer.current);
          return true;
        case 'Enter':
        case ' ':
          return activate(event.shiftKey);
        default:
          return undefined;
      }
    }

    function command(event: KeyboardEvent): boolean {
      const pressed = shortcutOf(event);
      const found = canvasCommands.find((one) => keysOf(one).includes(pressed));
      if (found === undefined) return false;
      found.run(actions.current.view);
      return true;
    }

    const onKeyDown = (event: KeyboardEvent): void => {
      const { mode } = canvasStore.getState();
      if (event.key === 'Escape' && (mode.kind === 'connecting' || mode.kind === 'stroke')) {
        escape();
        event.preventDefault();
        return;
      }
      const { target } = event;
      const isElsewhere = target !== document.body && target instanceof Node && root.current?.contains(target) !== true;
      // Who comes here with Tab wants to go on with it.
      if (event.key === 'Tab' && isElsewhere) cameByPointer = false;
      if (event.isComposing || !isForCanvas(event, root.current)) return;
      // Buttons on the canvas keep Enter, Space and Tab.
      const onButton = event.target instanceof Element && event.target.closest('button, [role="toolbar"]') !== null;
      if (onButton && /^(Enter| |Tab|Arrow.*)$/.test(event.key)) return;
      if (special(event) ?? command(event)) event.preventDefault();
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
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (openPastedLink(text)) {
        event.preventDefault();
        return;
      }
      const at = pointer.current === null ? null : flow.screenToFlowPosition(pointer.current);
      const result = pasteText(text, at, pasteOuter);
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
  }, [flow, root, store, pointer]);
}
