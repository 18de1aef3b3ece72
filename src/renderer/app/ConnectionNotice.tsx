import { PlugZap } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { describeAttempt, describeConnection, isForUserToMend } from './describeConnection.ts';
import { setConnectOpen } from './shellStore.ts';

/** Says in the top bar that the host is away; says nothing while all is well. */
export function ConnectionNotice() {
  const { connection } = useHost();
  const state = useStore(hostStore, (host) => host.connection);
  const nextAttempt = useStore(hostStore, (host) => host.nextAttempt);
  const remaining = useRemaining(nextAttempt);
  if (state === 'open' || state === 'connecting') return null;
  const { label, detail } = describeConnection(state);
  const said = state === 'lost' ? describeAttempt(remaining) : label;
  return (
    <span className="flex items-center gap-1" data-testid="connection-notice">
      <Tooltip content={detail}>
        <button
          type="button"
          className="rounded-sm tabular-nums"
          aria-label={`${label} ${detail}`}
          onClick={() => setConnectOpen(true)}
        >
          <Badge tone="warning" icon={<PlugZap size={12} aria-hidden />}>
            {said}
          </Badge>
        </button>
      </Tooltip>
      {!isForUserToMend(state) && (
        <Button variant="ghost" size="sm" onClick={() => connection.retry()} data-testid="connect-now">
          Try now
        </Button>
      )}
    </span>
  );
}

/** Milliseconds until a time, looked up once a second while there is one. */
function useRemaining(until: number | null): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === null) return undefined;
    const look = (): void => setNow(Date.now());
    const first = setTimeout(look);
    const timer = setInterval(look, 1000);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [until]);
  return until === null ? null : until - now;
}
