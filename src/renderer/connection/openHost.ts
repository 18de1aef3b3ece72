import type { Host } from './host.ts';
import { createHostConnection } from './hostConnection.ts';
import { messagePortLink } from './messagePortLink.ts';
import { takeToken, tokenInFragment } from './takeToken.ts';
import { webSocketLink } from './webSocketLink.ts';

/** Opens the way to the host: through the desktop shell's bridge where there is one, else over a WebSocket. */
export function openHost(): Host {
  const bridge = window.skipwire;
  if (bridge !== undefined) return { connection: createHostConnection({ openLink: messagePortLink(bridge) }) };
  let token = takeToken();
  const address = new URL('host', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  const connection = createHostConnection({ openLink: webSocketLink(address.href, () => token) });
  // A new link pasted into the same tab changes the fragment only; the page is not loaded again.
  window.addEventListener('hashchange', () => {
    if (tokenInFragment(location.hash) === null) return;
    token = takeToken();
    connection.retry();
  });
  return {
    connection,
    async download(path) {
      const url = new URL(`files/${path.split('/').map(encodeURIComponent).join('/')}`, location.href);
      const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`The host answered ${response.status} for ${path}.`);
      return response.blob();
    },
  };
}
