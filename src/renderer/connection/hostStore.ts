import { createStore } from 'zustand/vanilla';
import type { CallOutput, EngineStatus } from '../../contract/contract.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { ConnectionState, ManagedConnection } from './hostConnection.ts';

/** What is known of the host; kept while it is away. */
export interface HostState {
  readonly connection: ConnectionState;
  readonly description: CallOutput<'host/describe'> | null;
  readonly dataSets: readonly DataSetDescription[];
  /** Share of an engine's installation that is done, while it runs. */
  readonly installing: number | null;
}

export const hostStore = createStore<HostState>()(() => ({
  connection: 'connecting',
  description: null,
  dataSets: [],
  installing: null,
}));

/** The list of engines with one of them as it is now. */
export function withEngine(engines: readonly EngineStatus[], changed: EngineStatus): EngineStatus[] {
  const rest = engines.filter((engine) => engine.id !== changed.id);
  return [changed, ...rest].sort((one, other) => order(engines, one) - order(engines, other));
}

function order(engines: readonly EngineStatus[], engine: EngineStatus): number {
  const index = engines.findIndex(({ id }) => id === engine.id);
  return index === -1 ? engines.length : index;
}

/** Keeps the store up to date with the host for as long as the page lives. */
export function followHost(connection: ManagedConnection): void {
  async function ask() {
    const [description, data] = await Promise.all([
      connection.call('host/describe', {}),
      connection.call('data/list', {}),
    ]);
    if (description.ok) hostStore.setState({ description: description.value });
    if (data.ok) hostStore.setState({ dataSets: data.value.dataSets });
  }

  function changed(state: ConnectionState) {
    hostStore.setState({ connection: state });
    if (state === 'open') void ask();
  }

  connection.onState(changed);
  connection.onEvent((message) => {
    if (message.event !== 'engine') return;
    const { progress, ...engine } = message.payload;
    const { description } = hostStore.getState();
    hostStore.setState({
      installing: engine.state === 'installing' ? (progress ?? 0) : null,
      ...(description !== null && {
        description: { ...description, engines: withEngine(description.engines, engine) },
      }),
    });
  });
  changed(connection.state);
}
