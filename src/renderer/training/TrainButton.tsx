import { LoaderCircle, Play, Square } from 'lucide-react';
import { useStore } from 'zustand';
import { keptHindrance } from '../../graph-engine/infer/keptNodes.ts';
import { networkEnds } from '../../graph-engine/training/networkEnds.ts';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';
import { useDataDescription } from '../data/dataStore.ts';
import { useDocument } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { useActiveRun } from './runStore.ts';
import { startTraining, stopTraining } from './trainActions.ts';
import { trainBlocker, type TrainBlocker } from './trainBlocker.ts';

/** Why the open document cannot be trained now; null when it can. */
export function useTrainBlocker(): TrainBlocker | null {
  const diagnostics = useDocument((state) => state.inferred.diagnostics);
  const nodes = useDocument((state) => state.inferred.root.nodes.size);
  const kept = useDocument((state) => keptHindrance(state.inferred.root));
  const connection = useStore(hostStore, (state) => state.connection);
  const data = useDataDescription(useDocument((state) => state.document.training));
  const network = useDocument((state) => networkEnds(state.inferred.root));
  const engines = useStore(hostStore, (state) => state.description?.engines);
  return trainBlocker({
    diagnostics,
    nodes,
    kept,
    network,
    data,
    connection,
    engines,
  });
}

/** Train, or Stop while the shown run is under way. */
export function TrainButton({ onTrain }: { readonly onTrain: () => void }) {
  const { connection } = useHost();
  const blocker = useTrainBlocker();
  const active = useActiveRun();

  if (active !== undefined) {
    const stopping = active.state.status === 'stopping';
    return (
      <Tooltip content="Stop after this step and keep the best weights">
        <Button
          variant="danger"
          data-testid="stop"
          disabled={stopping}
          focusableWhenDisabled
          onClick={() => void stopTraining(connection, active.id)}
          icon={
            stopping ? (
              <LoaderCircle size={14} className="animate-spin" aria-hidden />
            ) : (
              <Square size={12} fill="currentColor" aria-hidden />
            )
          }
        >
          {stopping ? 'Stopping' : 'Stop'}
        </Button>
      </Tooltip>
    );
  }
  return (
    <Tooltip content={blocker?.reason ?? 'Train this network'} {...(blocker === null && { shortcut: 'Ctrl+Enter' })}>
      <Button
        variant="primary"
        data-testid="train"
        disabled={blocker !== null}
        focusableWhenDisabled
        onClick={() => {
          onTrain();
          void startTraining(connection);
        }}
        icon={<Play size={13} fill="currentColor" aria-hidden />}
      >
        Train
      </Button>
    </Tooltip>
  );
}
