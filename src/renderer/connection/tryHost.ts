import type { ClosingReason } from './link.ts';
import { webSocketLink } from './webSocketLink.ts';

/** What came of greeting a host. */
export type HostTrial =
  { readonly ok: true } | { readonly ok: false; readonly reason: ClosingReason; readonly detail: string | undefined };

/** Greets a host and hangs up: says whether it would let this editor in. */
export function tryHost(address: string, key: string): Promise<HostTrial> {
  return new Promise((resolve) => {
    const openLink = webSocketLink({ address, readToken: () => key, keepToken: () => undefined });
    const link = openLink({
      opened() {
        resolve({ ok: true });
        link.close();
      },
      received: () => undefined,
      closed: (reason, detail) => resolve({ ok: false, reason, detail }),
    });
  });
}

/** Why a host cannot be connected to, and what helps. */
export function describeTrial(address: string, { reason, detail }: Extract<HostTrial, { ok: false }>): string {
  switch (reason) {
    case 'lost':
      return `${detail ?? 'No Skipwire answers'} at ${address}. Is “skipwire serve” running there, and the tunnel to it open?`;
    case 'refused':
      return `${address} answers, but not to this key. A host that is started anew has a new one: take it from the address it printed last.`;
    case 'other-version':
      return `${detail ?? ''} They must be of the same version. Bring one up to date, or open ${address} in a browser: the host brings its own editor.`;
    case 'foreign':
      return detail ?? `${address} does not take this page for its editor.`;
  }
}
