import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { EngineStatus } from '../../contract/engines.ts';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';
import { Button } from '../ui/Button.tsx';
import { probeEngines } from './engineActions.ts';
import { EngineCard } from './EngineCard.tsx';
import { EngineSelect } from './EngineSelect.tsx';
import { InstallationProgress } from './InstallationProgress.tsx';
import { InstallDialog } from './InstallDialog.tsx';

const ORDER: readonly EngineStatus['state'][] = ['ready', 'probing', 'installing', 'missing', 'broken'];

/** What trains first, then what works, then what could be installed, and last what cannot be used here. */
function inOrder(engines: readonly EngineStatus[], trains: EngineStatus['id'] | null): readonly EngineStatus[] {
  const place = ({ id, state, installation }: EngineStatus): number =>
    id === trains ? -1 : ORDER.indexOf(state) + (state === 'missing' && installation === undefined ? 0.5 : 0);
  return engines.toSorted((a, b) => place(a) - place(b));
}

/** What networks can be trained on here: which engines there are, how quick they are, which one trains, and installing more. */
export function EnginesPane() {
  const { connection } = useHost();
  const list = useStore(hostStore, (state) => state.description?.engines);
  const installing = useStore(hostStore, (state) => state.installing);
  const [asked, setAsked] = useState<EngineStatus | null>(null);
  const [testing, setTesting] = useState(false);
  if (list === undefined) {
    return (
      <p className="p-4 text-sm text-ink-muted">
        The engine host is away: what it can train on is told when it is back.
      </p>
    );
  }
  const { engines, choice } = list;
  const measuring = testing || engines.some(({ state }) => state === 'probing');
  return (
    <div className="@container h-full overflow-y-auto p-3" data-testid="engines-pane">
      <div className="mb-3 flex flex-wrap items-end gap-x-3 gap-y-2">
        <div className="w-72 max-w-full">
          <EngineSelect wide />
        </div>
        <Button
          icon={<RefreshCw size={13} className={measuring ? 'animate-spin' : ''} aria-hidden />}
          disabled={measuring}
          focusableWhenDisabled
          data-testid="engines-test"
          onClick={() => {
            setTesting(true);
            void probeEngines(connection).finally(() => setTesting(false));
          }}
        >
          {measuring ? 'Measuring' : 'Test again'}
        </Button>
        <p className="min-w-48 flex-1 self-center text-xs text-ink-muted" data-testid="engine-reason">
          {choice.reason} Runs that are under way go on with what they have.
        </p>
      </div>
      {installing !== null && <InstallationProgress installing={installing} />}
      <ul className="grid grid-cols-1 gap-3 @2xl:grid-cols-2 @5xl:grid-cols-3">
        {inOrder(engines, choice.engine).map((engine) => (
          <EngineCard
            key={engine.id}
            engine={engine}
            trains={engine.id === choice.engine}
            busy={installing !== null}
            onInstall={() => setAsked(engine)}
          />
        ))}
      </ul>
      <InstallDialog engine={asked} onClose={() => setAsked(null)} />
    </div>
  );
}
