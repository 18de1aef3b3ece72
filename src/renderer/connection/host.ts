import { createContext, useContext } from 'react';
import type { ManagedConnection } from './hostConnection.ts';

/** How this page reaches its host. */
export interface Host {
  readonly connection: ManagedConnection;
  /** Where the host is, when it is another than the one that came with this window. */
  readonly remote?: string;
  /** Greets with another key from now on; absent where no key is needed. */
  readonly greetWith?: (key: string) => void;
  /** Fetches a file of the workspace; absent where files of the workspace are files of this computer. */
  readonly download?: (path: string) => Promise<Blob>;
}

const HostContext = createContext<Host | null>(null);
export const HostProvider = HostContext.Provider;

/** The host of this page. */
export function useHost(): Host {
  const host = useContext(HostContext);
  if (host === null) throw new Error('useHost outside of HostProvider');
  return host;
}
