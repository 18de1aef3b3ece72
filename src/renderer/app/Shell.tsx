import { useEffect, useRef } from 'react';
import { Group, Panel, Separator, useDefaultLayout, type PanelImperativeHandle } from 'react-resizable-panels';
import { useStore } from 'zustand';
import { CanvasPane } from '../canvas/CanvasPane.tsx';
import { BesidePane } from '../compare/BesidePane.tsx';
import { CompareBar } from '../compare/CompareBar.tsx';
import { OutsideBanner } from '../files/OutsideBanner.tsx';
import { heatMapCommands } from '../heatmap/heatMapCommands.tsx';
import { HistoryPane } from '../history/HistoryPane.tsx';
import { InspectorPane } from '../inspector/InspectorPane.tsx';
import { PalettePane } from '../palette/PalettePane.tsx';
import { ProblemsPane } from '../problems/ProblemsPane.tsx';
import { ReferenceDialog } from '../reference/ReferenceDialog.tsx';
import { useReferenceCommands } from '../reference/referenceCommands.tsx';
import { besideStore } from '../store/besideStore.ts';
import { useDocument } from '../store/documentStore.ts';
import { useRuns } from '../training/runStore.ts';
import { isActive } from '../training/runs.ts';
import { TrainingPane } from '../training/TrainingPane.tsx';
import { classNames } from '../ui/classNames.ts';
import { Tabs } from '../ui/Tabs.tsx';
import { useAppCommands, type AppCommand } from './appCommands.tsx';
import { CommandPalette } from './CommandPalette.tsx';
import { DocumentTabs } from './DocumentTabs.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { RefusedBanner } from './RefusedBanner.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { setPaletteOpen, setProblemsOpen, setShortcutsOpen, shellStore, showTab } from './shellStore.ts';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';
import { useShortcuts } from './useShortcuts.ts';

/** The editor's window: bars above and below, panels between them that keep their sizes. */
export function Shell() {
  const commands = useAppCommands();
  useShortcuts(commands);
  const paletteOpen = useStore(shellStore, (state) => state.paletteOpen);
  const shortcutsOpen = useStore(shellStore, (state) => state.shortcutsOpen);
  const columns = useDefaultLayout({ id: 'skipwire.columns', storage: panelStorage });

  return (
    <div className="flex h-full flex-col bg-canvas">
      <TopBar commands={commands} />
      <RefusedBanner />
      <Group {...columns} orientation="horizontal" className="min-h-0 flex-1">
        <Panel id="palette" defaultSize="16%" minSize={180} maxSize={420} groupResizeBehavior="preserve-pixel-size">
          <aside className="h-full overflow-hidden bg-surface" aria-label="Palette">
            <ErrorBoundary name="The palette">
              <PalettePane />
            </ErrorBoundary>
          </aside>
        </Panel>
        <Divider orientation="vertical" />
        <Panel id="centre" minSize={320}>
          <Centre />
        </Panel>
        <Divider orientation="vertical" />
        <Panel id="side" defaultSize="24%" minSize={316} maxSize={640} groupResizeBehavior="preserve-pixel-size">
          <aside className="h-full overflow-hidden bg-surface" aria-label="Inspector and training">
            <SideTabs />
          </aside>
        </Panel>
      </Group>
      <StatusBar />
      {paletteOpen && <CommandPaletteWithReference commands={commands} />}
      <ErrorBoundary name="The reference">
        <ReferenceDialog />
      </ErrorBoundary>
      {shortcutsOpen && <ShortcutsDialog commands={commands} onClose={() => setShortcutsOpen(false)} />}
    </div>
  );
}

function CommandPaletteWithReference({ commands }: { readonly commands: readonly AppCommand[] }) {
  const pages = useReferenceCommands();
  return (
    <CommandPalette commands={[...commands, ...heatMapCommands, ...pages]} onClose={() => setPaletteOpen(false)} />
  );
}

/** Browsers may forbid storage; then sizes last as long as the page. */
const panelStorage = {
  getItem(key: string) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem(key: string, value: string) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Nothing to be done, and nothing worth telling.
    }
  },
};

const CLOSED_PIXELS = 0;

function Centre() {
  const open = useStore(shellStore, (state) => state.problemsOpen);
  const panel = useRef<PanelImperativeHandle>(null);

  useEffect(() => {
    const handle = panel.current;
    if (handle === null) return;
    if (open && handle.isCollapsed()) handle.expand();
    else if (!open && !handle.isCollapsed()) handle.collapse();
  }, [open]);

  return (
    <Group orientation="vertical" className="h-full">
      <Panel id="canvas" minSize={160}>
        <main className="flex h-full flex-col overflow-hidden" aria-label="Canvas">
          <DocumentTabs />
          <OutsideBanner />
          <CompareBar />
          <div className="min-h-0 flex-1">
            <Canvases />
          </div>
        </main>
      </Panel>
      <Divider orientation="horizontal" />
      <Panel
        id="problems"
        panelRef={panel}
        collapsible
        collapsedSize={CLOSED_PIXELS}
        defaultSize={CLOSED_PIXELS}
        minSize={96}
        groupResizeBehavior="preserve-pixel-size"
        onResize={(size) => setProblemsOpen(size.inPixels > 1)}
      >
        <section className="h-full overflow-hidden bg-surface" aria-label="Problems" hidden={!open}>
          <ErrorBoundary name="The list of problems">
            <ProblemsPane />
          </ErrorBoundary>
        </section>
      </Panel>
    </Group>
  );
}

/** The canvas, and beside it another document when that is wished. */
function Canvases() {
  const beside = useStore(besideStore, (state) => state.beside);
  const tab = useDocument((state) => state.tabs.find(({ id }) => id === beside?.id));
  const canvas = (
    <ErrorBoundary name="The canvas">
      <CanvasPane />
    </ErrorBoundary>
  );
  const other = beside !== null && tab !== undefined && (
    <div key="beside" className="min-w-0 flex-1 border-line first:border-r last:border-l">
      <ErrorBoundary name="The canvas beside">
        <BesidePane tab={tab} />
      </ErrorBoundary>
    </div>
  );
  return (
    <div className="flex h-full min-h-0">
      {beside?.side === 'left' && other}
      <div key="canvas" className="min-w-0 flex-1">
        {canvas}
      </div>
      {beside?.side === 'right' && other}
    </div>
  );
}

function SideTabs() {
  const tab = useStore(shellStore, (state) => state.tab);
  const training = useRuns((runs) => Object.values(runs.summaries).some((run) => isActive(run.state)));
  return (
    <Tabs
      label="Inspector and training"
      active={tab}
      onChange={showTab}
      tabs={[
        {
          id: 'inspector',
          label: 'Inspector',
          content: (
            <ErrorBoundary name="The inspector">
              <InspectorPane />
            </ErrorBoundary>
          ),
        },
        {
          id: 'training',
          label: 'Training',
          mark: training ? (
            <span className="size-1.5 rounded-full bg-accent" role="img" aria-label="under way" />
          ) : undefined,
          content: (
            <ErrorBoundary name="The training panel">
              <TrainingPane />
            </ErrorBoundary>
          ),
        },
        {
          id: 'history',
          label: 'History',
          content: (
            <ErrorBoundary name="The history">
              <HistoryPane />
            </ErrorBoundary>
          ),
        },
      ]}
    />
  );
}

/** A hairline one can drag; wider to the pointer than to the eye. */
function Divider({ orientation }: { readonly orientation: 'horizontal' | 'vertical' }) {
  return (
    <Separator
      className={classNames(
        'relative z-10 bg-line outline-none after:absolute after:transition-colors after:duration-100 hover:after:bg-accent/50 focus-visible:after:bg-focus data-[separator=active]:after:bg-accent',
        orientation === 'vertical'
          ? 'w-px after:inset-y-0 after:-left-px after:w-[3px]'
          : 'h-px after:inset-x-0 after:-top-px after:h-[3px]',
      )}
    />
  );
}
