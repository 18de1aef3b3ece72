import { createStore } from 'zustand/vanilla';
import type { CallOutput, ConnectionState } from '../../contract/contract.ts';
import type { EngineEvent, EngineList } from '../../contract/engines.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { ManagedConnection } from './hostConnection.ts';

/** Where the installation of an engine stands. */
export type Installing = Extract<EngineEvent, { kind: 'installing' }>;

/** What is known of the host; kept while it is away. */
export interface HostState {
  readonly connection: ConnectionState;
  /** More about the connection, in words, where more is known. */
  readonly detail: string | null;
  /** When the next attempt is made, in milliseconds since 1970, while the host is lost. */
  readonly nextAttempt: number | null;
  readonly description: CallOutput<'host/describe'> | null;
  readonly dataSets: readonly DataSetDescription[];
  /** Where the installation of an engine stands, while there is one. */
  readonly installing: Installing | null;
}

export const hostStore = createStore<HostState>()(() => ({
  connection: 'connecting',
  detail: null,
  nextAttempt: null,
  description: null,
  dataSets: [],
  installing: null,
}));

/** The engines as they are now. */
export function takeEngines(engines: EngineList): void {
  const { description } = hostStore.getState();
  if (description !== null) hostStore.setState({ description: { ...description, engines } });
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
    const { detail = null, nextAttempt = null } = connection;
    hostStore.setState({ connection: state, detail, nextAttempt });
    if (state === 'open') void ask();
  }

  connection.onState(changed);
  connection.onEvent((message) => {
    if (message.event !== 'engine') return;
    const { payload } = message;
    if (payload.kind === 'installing') hostStore.setState({ installing: payload });
    else if (payload.kind === 'installed') hostStore.setState({ installing: null });
    else takeEngines(payload.list);
  });
  changed(connection.state);
}
