import { Zap } from 'lucide-react';
import { useStore } from 'zustand';
import type { EngineList } from '../../contract/engines.ts';
import { hostStore } from '../connection/hostStore.ts';
import { showPane } from '../panes/paneStore.ts';
import { Button } from '../ui/Button.tsx';

/** Whether a native engine would be quicker than what trains, and can be installed. */
export function isSlowerThanNeeded({ engines, choice }: EngineList): boolean {
  const native = engines.find(({ id }) => id === 'tensorflow');
  return choice.engine === 'wasm' && native?.state === 'missing' && native.installation?.isInstalled === false;
}

/** Says that training is slower than it could be, and offers what helps. */
export function SlowEngineNotice() {
  const slow = useStore(
    hostStore,
    ({ description }) => description !== null && isSlowerThanNeeded(description.engines),
  );
  const installing = useStore(hostStore, (state) => state.installing !== null);
  if (!slow) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-md bg-sunken p-2.5" data-testid="slow-engine">
      <Zap size={14} className="shrink-0 text-ink-muted" aria-hidden />
      <p className="min-w-40 flex-1 text-xs text-ink-muted">
        {installing
          ? 'The native engine is being installed. Until then training goes on in WebAssembly, which is slower.'
          : 'Trains in WebAssembly, which is slower than the native engine.'}
      </p>
      <Button size="sm" onClick={() => showPane('engines')}>
        {installing ? 'Show' : 'Install native engine…'}
      </Button>
    </div>
  );
}
