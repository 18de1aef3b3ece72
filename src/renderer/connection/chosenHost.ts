import { z } from 'zod';

/** A host at the other end of a tunnel, and the key to it. */
const RemoteHost = z.object({ address: z.string().max(300), key: z.string().max(200) });
export type RemoteHost = z.infer<typeof RemoteHost>;

const CHOSEN = 'skipwire.host';
const REMEMBERED = 'skipwire.hosts';
const CARRIED = 'skipwire.carried';
const MOST_REMEMBERED = 8;

/** The host that this window was sent to; `null` when it is the one that came with it. */
export function chosenHost(): RemoteHost | null {
  return read(() => sessionStorage, CHOSEN, RemoteHost) ?? null;
}

/** Sends this window to a host, from its next load on. False when the browser keeps nothing. */
export function chooseHost(host: RemoteHost | null): boolean {
  return write(() => sessionStorage, CHOSEN, host);
}

/** Hosts that the user wanted to be remembered, the last one first. */
export function rememberedHosts(): readonly RemoteHost[] {
  return read(() => localStorage, REMEMBERED, z.array(RemoteHost)) ?? [];
}

/** Remembers a host with its key on this computer. */
export function rememberHost(host: RemoteHost): void {
  const others = rememberedHosts().filter(({ address }) => address !== host.address);
  write(() => localStorage, REMEMBERED, [host, ...others].slice(0, MOST_REMEMBERED));
}

/** Forgets a host and its key. */
export function forgetHost(address: string): readonly RemoteHost[] {
  const left = rememberedHosts().filter((one) => one.address !== address);
  write(() => localStorage, REMEMBERED, left);
  return left;
}

/** Lays a document aside for the other side of a change of hosts. */
export function carryDocument(text: string): void {
  write(() => sessionStorage, CARRIED, text);
}

/** What was carried here, once. */
export function takeCarried(): string | undefined {
  const text = read(() => sessionStorage, CARRIED, z.string());
  write(() => sessionStorage, CARRIED, null);
  return text;
}

/** Browsers may forbid storage, and then throw where it is named. */
function read<T>(storage: () => Storage, name: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(storage().getItem(name) ?? '')).data;
  } catch {
    return undefined;
  }
}

function write(storage: () => Storage, name: string, value: unknown): boolean {
  try {
    if (value === null) storage().removeItem(name);
    else storage().setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
