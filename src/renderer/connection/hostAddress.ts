import { tokenInFragment } from './takeToken.ts';

/** Where a host is, as the user gave it: `http://127.0.0.1:4747`, and the key where the address carried it. */
export interface HostAddress {
  readonly address: string;
  readonly key?: string;
}

export type ParsedAddress =
  { readonly ok: true; readonly value: HostAddress } | { readonly ok: false; readonly problem: string };

/** Reads what `skipwire serve` printed, or the part of it that one types: `localhost:4747`, `4747`. */
export function parseHostAddress(text: string): ParsedAddress {
  const given = text.trim();
  const whole = /^\d+$/.test(given) ? `localhost:${given}` : given;
  const written = /^[a-z]+:\/\//i.test(whole) ? whole : `http://${whole}`;
  if (whole === '' || !URL.canParse(written))
    return { ok: false, problem: 'An address such as http://localhost:4747.' };
  const url = new URL(written);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { ok: false, problem: 'An address that begins with http://.' };
  }
  if (url.username !== '' || url.password !== '') return { ok: false, problem: 'An address without a user name.' };
  const key = tokenInFragment(url.hash);
  return { ok: true, value: { address: url.origin, ...(key !== null && { key }) } };
}

/** Whether an address is one of this machine, where tunnels begin. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '127.0.0.1';
}
