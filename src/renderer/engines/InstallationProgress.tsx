import { X } from 'lucide-react';
import { useHost } from '../connection/host.ts';
import type { Installing } from '../connection/hostStore.ts';
import { Button } from '../ui/Button.tsx';
import { gigabytes, shareInstalled } from './describeEngine.ts';
import { cancelInstallation } from './engineActions.ts';

/** How far an installation is, phase by phase, with a button that ends it. */
export function InstallationProgress({ installing }: { readonly installing: Installing }) {
  const { connection } = useHost();
  const { phase, place, done, total } = installing;
  const share = shareInstalled(installing);
  return (
    <div
      className="mb-3 flex items-center gap-3 rounded-lg border border-line bg-sunken px-3 py-2"
      data-testid="installation"
    >
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap justify-between gap-x-3 text-xs">
          <span className="font-medium text-ink" role="status">
            {phase}
          </span>
          <span className="text-ink-muted tabular-nums">
            {done !== undefined && total !== undefined && `${gigabytes(done)} of ${gigabytes(total)} · `}
            {place.phase === 0 ? 'waiting' : `${place.phase} of ${place.of}`}
          </span>
        </div>
        <progress value={share} max={1} aria-label="Installation" className="mt-1.5 h-1 w-full accent-accent" />
      </div>
      <Button
        size="sm"
        icon={<X size={12} aria-hidden />}
        data-testid="cancel-installation"
        onClick={() => void cancelInstallation(connection)}
      >
        Cancel
      </Button>
    </div>
  );
}
