import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import os from 'node:os';
import { APP_ORIGIN } from '../../contract/pageDelivery.ts';

const TOKEN_BYTES = 24;

/** A new secret of 192 bits, in letters that are safe in an address. */
export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Compares in a time that does not tell how much of the token was right. */
export function sameToken(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/**
 * Why a request is not one of the editor, in words; `undefined` when it may be. Its Host must be an address or a name of this
 * machine (a name that some web site made point here is not: DNS rebinding), and its Origin, where a browser sends one, must be
 * that same host, or the desktop app's own page.
 */
export function foreignTo(ownNames: readonly string[], request: IncomingMessage): string | undefined {
  const host = parseHost(request.headers.host);
  if (host === undefined) return 'It says no host, or one that is no address.';
  const { hostname } = host;
  if (isIP(hostname) === 0 && hostname !== 'localhost' && !ownNames.includes(hostname)) {
    return `"${hostname}" is no name of this machine. Open it as 127.0.0.1 or localhost, through a tunnel from elsewhere.`;
  }
  const { origin } = request.headers;
  if (origin === undefined || origin === APP_ORIGIN) return undefined;
  const same = URL.canParse(origin) && new URL(origin).host === host.host;
  return same ? undefined : `It comes from a page of ${origin.slice(0, 200)}, which is not the editor at ${host.host}.`;
}

/** Names under which this machine may be addressed when it listens on `address`. */
export function ownNamesFor(address: string): readonly string[] {
  return [address.toLowerCase(), os.hostname().toLowerCase()];
}

function parseHost(header: string | undefined): { host: string; hostname: string } | undefined {
  if (header === undefined || !URL.canParse(`http://${header}`)) return undefined;
  const { host, hostname, pathname, username } = new URL(`http://${header}`);
  if (pathname !== '/' || username !== '') return undefined;
  return { host, hostname: hostname.replace(/^\[|\]$/g, '') };
}
