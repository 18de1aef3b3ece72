import { createContext, useContext } from 'react';
import type { ManagedConnection } from './hostConnection.ts';

/** How this page reaches its host. */
export interface Host {
  readonly connection: ManagedConnection;
  /** Fetches a file of the workspace; `undefined` in the desktop app, where files are simply there. */
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
