import { CSPProvider } from '@base-ui/react/csp-provider';
import { HostProvider, type Host } from '../connection/host.ts';
import { FileDialogs } from '../files/FileDialogs.tsx';
import { ToastProvider } from '../ui/Toast.tsx';
import { TooltipProvider } from '../ui/Tooltip.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { FileDrop } from './FileDrop.tsx';
import { Shell } from './Shell.tsx';
import { RunSignals } from '../training/RunSignals.tsx';
import { WindowTitle } from './WindowTitle.tsx';

/** The whole editor. */
export function App({ host }: { readonly host: Host }) {
  return (
    <CSPProvider disableStyleElements>
      <HostProvider value={host}>
        <TooltipProvider delay={400}>
          <ToastProvider>
            <ErrorBoundary name="The editor">
              <Shell />
            </ErrorBoundary>
            <ErrorBoundary name="The dialog">
              <FileDialogs />
            </ErrorBoundary>
            <FileDrop />
            <WindowTitle />
            <RunSignals />
          </ToastProvider>
        </TooltipProvider>
      </HostProvider>
    </CSPProvider>
  );
}
