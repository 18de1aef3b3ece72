import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import os from 'node:os';

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
 * Whether a request may come from the editor: its Host must be an address or a name of this machine (a name that some
 * web site made point here is not: DNS rebinding), and its Origin, where a browser sends one, must be that same host.
 */
export function isFromEditor(request: IncomingMessage, ownNames: readonly string[]): boolean {
  const host = parseHost(request.headers.host);
  if (host === undefined) return false;
  if (isIP(host.hostname) === 0 && host.hostname !== 'localhost' && !ownNames.includes(host.hostname)) return false;
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host.host;
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
