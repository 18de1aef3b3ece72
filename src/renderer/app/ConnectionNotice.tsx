import { PlugZap } from 'lucide-react';
import { useStore } from 'zustand';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { describeConnection } from './describeConnection.ts';

/** Says in the top bar that the host is away; says nothing while all is well. */
export function ConnectionNotice() {
  const { connection } = useHost();
  const state = useStore(hostStore, (host) => host.connection);
  if (state === 'open' || state === 'connecting') return null;
  const { label, detail } = describeConnection(state);
  return (
    <span className="flex items-center gap-1">
      <Tooltip content={detail}>
        <button type="button" className="rounded-sm" aria-label={`${label} ${detail}`}>
          <Badge tone="warning" icon={<PlugZap size={12} aria-hidden />}>
            {label}
          </Badge>
        </button>
      </Tooltip>
      {state === 'lost' && (
        <Button variant="ghost" size="sm" onClick={() => connection.retry()}>
          Try now
        </Button>
      )}
    </span>
  );
}
