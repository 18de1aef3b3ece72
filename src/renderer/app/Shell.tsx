import type { ReactNode } from 'react';
import { Group, Panel } from 'react-resizable-panels';
import { useStore } from 'zustand';
import { CanvasPane } from '../canvas/CanvasPane.tsx';
import { BesidePane } from '../compare/BesidePane.tsx';
import { CompareBar } from '../compare/CompareBar.tsx';
import { ConnectDialog } from '../connection/ConnectDialog.tsx';
import { OutsideBanner } from '../files/OutsideBanner.tsx';
import { heatMapCommands } from '../heatmap/heatMapCommands.tsx';
import type { Pane } from '../panes/pane.ts';
import { Panes } from '../panes/Panes.tsx';
import { ReferenceDialog } from '../reference/ReferenceDialog.tsx';
import { useReferenceCommands } from '../reference/referenceCommands.tsx';
import { SampleBar } from '../samples/SampleBar.tsx';
import { besideStore } from '../store/besideStore.ts';
import { useDocument } from '../store/documentStore.ts';
import { TourBar } from '../tour/TourBar.tsx';
import { Divider } from '../ui/Divider.tsx';
import { VarianceDialog } from '../variance/VarianceDialog.tsx';
import { useAppCommands, type AppCommand } from './appCommands.tsx';
import { CommandPalette } from './CommandPalette.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { DocumentTabs } from './DocumentTabs.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { setConnectOpen, setPaletteOpen, setShortcutsOpen, shellStore } from './shellStore.ts';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';
import { useShortcuts } from './useShortcuts.ts';

const guard = ({ title }: Pane, content: ReactNode) => <ErrorBoundary name={title}>{content}</ErrorBoundary>;

/** The editor's window: bars above and below, between them the canvas and its panes. */
export function Shell() {
  const commands = useAppCommands();
  useShortcuts(commands);
  const paletteOpen = useStore(shellStore, (state) => state.paletteOpen);
  const shortcutsOpen = useStore(shellStore, (state) => state.shortcutsOpen);
  const connectOpen = useStore(shellStore, (state) => state.connectOpen);

  return (
    <div className="flex h-full flex-col bg-canvas">
      <TopBar commands={commands} />
      <ConnectionBanner />
      <Panes canvas={<Centre commands={commands} />} guard={guard} />
      <StatusBar />
      {paletteOpen && <CommandPaletteWithReference commands={commands} />}
      <ErrorBoundary name="The reference">
        <ReferenceDialog />
        <VarianceDialog />
      </ErrorBoundary>
      {shortcutsOpen && <ShortcutsDialog commands={commands} onClose={() => setShortcutsOpen(false)} />}
      {connectOpen && <ConnectDialog onClose={() => setConnectOpen(false)} />}
    </div>
  );
}

function CommandPaletteWithReference({ commands }: { readonly commands: readonly AppCommand[] }) {
  const pages = useReferenceCommands();
  return (
    <CommandPalette commands={[...commands, ...heatMapCommands, ...pages]} onClose={() => setPaletteOpen(false)} />
  );
}

function Centre({ commands }: { readonly commands: readonly AppCommand[] }) {
  return (
    <main className="flex h-full flex-col overflow-hidden" aria-label="Canvas">
      <DocumentTabs />
      <OutsideBanner />
      <CompareBar />
      <TourBar commands={commands} />
      <SampleBar />
      <div className="min-h-0 flex-1">
        <Canvases />
      </div>
    </main>
  );
}

/** The canvas, and beside it another document when that is wished. */
function Canvases() {
  const beside = useStore(besideStore, (state) => state.beside);
  const tab = useDocument((state) => state.tabs.find(({ id }) => id === beside?.id));
  const other = beside !== null && tab !== undefined && (
    <Panel id="beside-half" minSize={240}>
      <ErrorBoundary name="The canvas beside">
        <BesidePane tab={tab} />
      </ErrorBoundary>
    </Panel>
  );
  const line = other !== false && <Divider orientation="horizontal" />;
  return (
    <Group orientation="horizontal" className="h-full">
      {beside?.side === 'left' && other}
      {beside?.side === 'left' && line}
      <Panel id="canvas-half" minSize={240}>
        <ErrorBoundary name="The canvas">
          <CanvasPane />
        </ErrorBoundary>
      </Panel>
      {beside?.side === 'right' && line}
      {beside?.side === 'right' && other}
    </Group>
  );
}
