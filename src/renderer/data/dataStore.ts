import { useEffect } from 'react';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { HostProblem } from '../../contract/contract.ts';
import type { DataInspection } from '../../contract/data.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import { dataPathOf } from '../../graph-engine/training/dataReader.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';

type Chosen = Pick<TrainingSettings, 'data' | 'reader'>;

/** What the host says of files: nothing yet, what they are, or why they cannot be read. */
export type Inspected =
  | { readonly state: 'reading' }
  | { readonly state: 'known'; readonly inspection: DataInspection }
  | { readonly state: 'failed'; readonly problem: HostProblem };

/** By `keyOf`: everything that was asked of the host since the page was loaded. */
const inspectedStore = createStore<Readonly<Record<string, Inspected>>>()(() => ({}));

const keyOf = ({ data, reader }: Chosen): string => JSON.stringify([data, reader ?? null]);

/** Asks the host what files are, again where that was asked before: they may have changed. */
export async function inspectData(connection: ManagedConnection, chosen: Chosen): Promise<Inspected> {
  const path = dataPathOf(chosen.data);
  if (path === undefined) throw new Error(`"${chosen.data}" is not a path`);
  const key = keyOf(chosen);
  const answer = await connection.call('data/inspect', {
    path,
    ...(chosen.reader !== undefined && { reader: chosen.reader }),
  });
  const inspected: Inspected = answer.ok
    ? { state: 'known', inspection: answer.value }
    : { state: 'failed', problem: answer.problem };
  inspectedStore.setState({ [key]: inspected });
  return inspected;
}

/** What is known of the files that settings name; `undefined` for a set that comes along. */
export function useInspected({ data, reader }: Chosen): Inspected | undefined {
  const { connection } = useHost();
  const open = useStore(hostStore, (state) => state.connection === 'open');
  const isPath = dataPathOf(data) !== undefined;
  const inspected = useStore(inspectedStore, (state) => state[keyOf({ data, reader })]);
  useEffect(() => {
    if (isPath && open && inspected === undefined) {
      inspectedStore.setState({ [keyOf({ data, reader })]: { state: 'reading' } });
      void inspectData(connection, { data, reader });
    }
  }, [connection, data, reader, isPath, open, inspected]);
  return isPath ? (inspected ?? { state: 'reading' }) : undefined;
}

/** The data that settings name, as far as they are known. */
export function useDataDescription(chosen: Chosen): DataSetDescription | undefined {
  const known = useStore(hostStore, (state) => state.dataSets.find((one) => one.id === chosen.data));
  const inspected = useInspected(chosen);
  return known ?? (inspected?.state === 'known' ? inspected.inspection.description : undefined);
}
