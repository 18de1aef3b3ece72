import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import {
  Workspace,
  type BeforeModelChangeArgs,
  type DisableDropArgs,
  type TabNode,
  type TabRenderProps,
  type TabsetNode,
} from 'react-resizable-panels';
import { focusCanvas } from '../canvas/focusCanvas.ts';
import { classNames } from '../ui/classNames.ts';
import { Divider } from '../ui/Divider.tsx';
import { CANVAS, CANVAS_TAB } from './layout.ts';
import type { Pane } from './pane.ts';
import { PaneMenu } from './PaneMenu.tsx';
import { focusPane, followLayout, paneStore, provideWorkspace, rememberPlace, usePanes } from './paneStore.ts';

export interface PanesProps {
  /** What the panes lie around. */
  readonly canvas: ReactNode;
  /** Keeps a pane that fails from taking the others with it. */
  readonly guard: (pane: Pane, content: ReactNode) => ReactNode;
}

/** The canvas and the panes beside it: dragged by their tabs, resized at the lines between them. */
export function Panes({ canvas, guard }: PanesProps) {
  const panes = usePanes((state) => state.panes);

  function content({ id }: TabNode<null>): ReactNode {
    if (id === CANVAS_TAB) return canvas;
    const pane = panes.find((one) => one.id === id);
    if (pane === undefined) return null;
    const { title, Content } = pane;
    return (
      <section
        aria-label={title}
        className="@container relative h-full overflow-hidden bg-surface"
        onKeyDown={backToCanvas}
      >
        {guard(pane, <Content />)}
      </section>
    );
  }

  function tab({ id }: TabNode<null>, props: TabRenderProps): ReactNode {
    const pane = panes.find((one) => one.id === id);
    return pane === undefined ? <span {...props} /> : <PaneTab pane={pane} attributes={props} />;
  }

  return (
    <Workspace<null>
      id="panes"
      className="min-h-0 flex-1"
      classNames={CLASSES}
      defaultModel={paneStore.getState().layout}
      onModelChanged={followLayout}
      onBeforeModelChange={rememberRemoved}
      workspaceRef={provideWorkspace}
      disableDrop={isNoPlace}
      hiddenTabBehavior={whileHidden}
      lazyTabContent={isLazy}
      tabsetMinWidth="200px"
      tabsetMinHeight="96px"
      renderSeparator={separator}
      renderTab={tab}
      renderTabContent={content}
      renderTabsetToolbar={toolbar}
    />
  );
}

const isCanvas = ({ id }: { readonly id: string }): boolean => id === CANVAS || id === CANVAS_TAB;

const CLASSES = {
  // What floats over the canvas stays within it, also under a pane that fills the window.
  tabset: 'isolate flex h-full flex-col bg-surface',
  header: (tabset: TabsetNode<null>) =>
    isCanvas(tabset) ? 'hidden' : 'flex h-9 shrink-0 items-stretch border-b border-line bg-surface',
  tabList: 'flex min-w-0 flex-1 items-stretch overflow-x-auto px-1 [scrollbar-width:none]',
  toolbar: 'flex shrink-0 items-center pr-1',
  tabPanels: 'min-h-0 flex-1',
  tabContent: 'h-full',
  dropIndicator: 'z-20 rounded-md border-2 border-accent bg-accent/15 transition-[inset] duration-100',
  dragPreview: 'rounded-md bg-raised px-2.5 py-1 text-xs font-medium text-ink shadow-popup',
};

const separator = (orientation: 'horizontal' | 'vertical') => <Divider orientation={orientation} />;
const toolbar = (tabset: TabsetNode<null>) => (isCanvas(tabset) ? null : <PaneMenu tabset={tabset} />);
const whileHidden = (tab: TabNode<null>) => (isCanvas(tab) ? 'keep-mounted' : 'activity');
const isLazy = (tab: TabNode<null>) => !isCanvas(tab);

/** Nothing becomes a tab beside the canvas itself; everything may lie around it. */
function isNoPlace({ target }: DisableDropArgs<null>): boolean {
  if ('edge' in target || target.tabsetId !== CANVAS) return false;
  return 'index' in target || target.region === 'center';
}

/** Escape in a pane, where nothing else wants it, gives the keyboard back to the canvas. */
function backToCanvas(event: KeyboardEvent): void {
  const { target, currentTarget } = event;
  if (event.key !== 'Escape' || event.defaultPrevented) return;
  // What a list or dialog of the pane does with it is its own: they lie elsewhere in the page.
  if (!(target instanceof Node) || !currentTarget.contains(target)) return;
  event.preventDefault();
  focusCanvas();
}

function rememberRemoved({ removedTabs, prevModel }: BeforeModelChangeArgs<null>): void {
  for (const { id } of removedTabs) {
    const pane = paneStore.getState().panes.find((one) => one.id === id);
    if (pane !== undefined) rememberPlace(pane.id, prevModel);
  }
}

function PaneTab({ pane, attributes }: { readonly pane: Pane; readonly attributes: TabRenderProps }) {
  const { id, title, icon: Icon, Mark } = pane;
  const isAwaited = usePanes((state) => state.focus === id);
  const tab = useRef<HTMLElement | null>(null);

  useEffect(() => {
    if (!isAwaited) return;
    tab.current?.focus();
    focusPane(null);
  }, [isAwaited]);

  return (
    <div
      {...attributes}
      onKeyDown={(event) => {
        attributes.onKeyDown?.(event);
        backToCanvas(event);
      }}
      ref={(element) => {
        tab.current = element;
        return attributes.ref(element);
      }}
      data-testid={`tab-${id}`}
      title={title}
      className={classNames(
        attributes.className,
        'relative flex min-w-8 items-center gap-1.5 rounded-sm px-2 text-sm font-medium text-ink-muted select-none hover:text-ink focus-visible:-outline-offset-2',
        // Where there is no room for its title, the icon alone is left: half a word says nothing.
        'not-aria-selected:h-full not-aria-selected:flex-wrap not-aria-selected:overflow-hidden',
        'aria-selected:shrink-0 aria-selected:text-ink aria-selected:after:absolute aria-selected:after:inset-x-1 aria-selected:after:bottom-[-1px] aria-selected:after:h-0.5 aria-selected:after:rounded-full aria-selected:after:bg-accent',
      )}
    >
      <Icon size={14} aria-hidden className="h-full shrink-0" />
      <span className="whitespace-nowrap">{title}</span>
      {Mark !== undefined && <Mark />}
    </div>
  );
}
