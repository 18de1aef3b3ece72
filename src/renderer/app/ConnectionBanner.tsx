import { KeyRound } from 'lucide-react';
import { useStore } from 'zustand';
import { hostStore } from '../connection/hostStore.ts';
import { Button } from '../ui/Button.tsx';
import { describeConnection, isForUserToMend } from './describeConnection.ts';
import { setConnectOpen } from './shellStore.ts';

/** Says across the window what to do about a connection that nothing but the user can mend, such as a wrong key. */
export function ConnectionBanner() {
  const state = useStore(hostStore, (host) => host.connection);
  const more = useStore(hostStore, (host) => host.detail);
  if (!isForUserToMend(state)) return null;
  return (
    <div
      role="alert"
      data-testid={state}
      className="flex shrink-0 items-center gap-2 border-b border-line bg-warning-soft px-3 py-1.5 text-xs text-warning"
    >
      <KeyRound size={14} className="shrink-0" aria-hidden />
      <span className="min-w-0 flex-1">
        {more === null ? '' : `${more} `}
        {describeConnection(state).detail}
      </span>
      <Button size="sm" onClick={() => setConnectOpen(true)} data-testid="connect-again">
        Connect…
      </Button>
    </div>
  );
}
