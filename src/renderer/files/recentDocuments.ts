import { createStore } from 'zustand/vanilla';
import type { RecentDocument } from '../../contract/documents.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { documentStore } from '../store/documentStore.ts';

/** Files opened or saved lately, the last one first; the host keeps the list. */
export const recentStore = createStore<{ readonly documents: readonly RecentDocument[] }>()(() => ({ documents: [] }));

/** From now on keeps the list of recent documents up to date. */
export function followRecent(connection: ManagedConnection): void {
  const read = async (): Promise<void> => {
    const answer = await connection.call('document/recent', {});
    if (answer.ok) recentStore.setState({ documents: answer.value.documents });
  };
  connection.onState((state) => {
    if (state === 'open') void read();
  });
  if (connection.state === 'open') void read();
  documentStore.subscribe((state, before) => {
    if (state.file?.path !== before.file?.path && connection.state === 'open') void read();
  });
}
