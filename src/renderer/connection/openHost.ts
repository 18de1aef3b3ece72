import { chosenHost, chooseHost } from './chosenHost.ts';
import type { Host } from './host.ts';
import { createHostConnection, type ManagedConnection } from './hostConnection.ts';
import { messagePortLink } from './messagePortLink.ts';
import { keepToken, takeToken, tokenInFragment } from './takeToken.ts';
import { webSocketLink } from './webSocketLink.ts';

/**
 * Opens the way to the host: in the desktop app through its bridge, or to the host that the user chose; in a browser to the server
 * that the page came from.
 */
export function openHost(): Host {
  const host = reachHost();
  tryWhenSeen(host.connection);
  return host;
}

function reachHost(): Host {
  const bridge = window.skipwire;
  if (bridge === undefined) return servedHost();
  const chosen = chosenHost();
  if (chosen === null) return { connection: createHostConnection({ openLink: messagePortLink(bridge) }) };
  const { address } = chosen;
  const host = hostAt(address, chosen.key, (key) => chooseHost({ address, key }));
  return { ...host, remote: address };
}

/** The server of this page, with the key of its address. */
function servedHost(): Host {
  const host = hostAt(location.origin + location.pathname, takeToken(), keepToken);
  // A new link pasted into the same tab changes the fragment only; the page is not loaded again.
  window.addEventListener('hashchange', () => {
    if (tokenInFragment(location.hash) !== null) host.greetWith(takeToken());
  });
  return host;
}

function hostAt(address: string, key: string, keepKey: (key: string) => void) {
  let token = key;
  const keep = (next: string): void => {
    token = next;
    keepKey(next);
  };
  const connection = createHostConnection({
    openLink: webSocketLink({ address, readToken: () => token, keepToken: keep }),
  });
  return {
    connection,
    greetWith(next: string) {
      keep(next);
      connection.retry();
    },
    async download(path: string) {
      const url = new URL(`files/${path.split('/').map(encodeURIComponent).join('/')}`, address);
      const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`The host answered ${response.status} for ${path}.`);
      return response.blob();
    },
  };
}

/** Who comes back to the window, or into a network, does not wait for the next attempt. */
function tryWhenSeen(connection: ManagedConnection): void {
  const tryNow = (): void => {
    if (connection.state === 'lost' && !document.hidden) connection.retry();
  };
  window.addEventListener('online', tryNow);
  document.addEventListener('visibilitychange', tryNow);
}
