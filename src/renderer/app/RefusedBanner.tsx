import { KeyRound } from 'lucide-react';
import { useStore } from 'zustand';
import { hostStore } from '../connection/hostStore.ts';
import { describeConnection } from './describeConnection.ts';

/** Says across the window what to do about a wrong key: nothing but the user can mend it. */
export function RefusedBanner() {
  const refused = useStore(hostStore, (host) => host.connection === 'refused');
  if (!refused) return null;
  return (
    <p
      role="alert"
      data-testid="refused"
      className="flex shrink-0 items-center gap-2 border-b border-line bg-warning-soft px-3 py-1.5 text-xs text-warning"
    >
      <KeyRound size={14} className="shrink-0" aria-hidden />
      {describeConnection('refused').detail}
    </p>
  );
}
