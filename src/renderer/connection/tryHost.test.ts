import { createServer as createPageServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { CLOSE_REFUSED, PartMessage, SILENCE_IS_LOSS } from '../../contract/messages.ts';
import { editorVersion } from './editorVersion.ts';
import type { Link } from './link.ts';
import { describeTrial, tryHost } from './tryHost.ts';
import { webSocketLink } from './webSocketLink.ts';

/* What the dialog says of the ways in which a host cannot be connected to. */

/** As browsers have them: what goes wrong closes it, and is thrown at nobody. */
class BrowserSocket extends WebSocket {
  constructor(address: string) {
    super(address);
    this.on('error', () => undefined);
  }
}

const closing: (() => void)[] = [];
beforeEach(() => {
  vi.stubGlobal('WebSocket', BrowserSocket);
  // A page of the desktop app.
  vi.stubGlobal('location', { origin: 'app://skipwire' });
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
  vi.unstubAllGlobals();
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A host that answers the greeting so. */
async function hostThat(greet: (socket: WebSocket, token: string) => void): Promise<string> {
  const server = createPageServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => greet(socket, (JSON.parse(String(data)) as { token: string }).token));
  });
  closing.push(() => {
    for (const socket of sockets.clients) socket.terminate();
  });
  return listening(server);
}

const welcomed = (version: string) =>
  hostThat((socket, token) => {
    if (token === 'right') socket.send(JSON.stringify({ kind: 'welcome', version }));
    else socket.close(CLOSE_REFUSED);
  });

async function told(address: string, key = 'right'): Promise<string> {
  const trial = await tryHost(address, key);
  return trial.ok ? 'connected' : describeTrial(address, trial);
}

test('the right address and key connect; with another key it says where the right one is', async () => {
  const address = await welcomed(editorVersion);
  expect(await told(address)).toBe('connected');
  expect(await told(address, 'wrong')).toBe(
    `${address} answers, but not to this key. A host that is started anew has a new one: take it from the address it printed last.`,
  );
});

test('a host of another version is named, with both', async () => {
  const address = await welcomed('99.0.0');
  expect(await told(address)).toContain(`The host is Skipwire 99.0.0, this editor is ${editorVersion}.`);
});

test('a port where nobody listens, and one of another program', async () => {
  const nobody = await listening(createServer());
  closing.pop()?.();
  expect(await told(nobody)).toBe(
    `No Skipwire answers at ${nobody}. Is “skipwire serve” running there, and the tunnel to it open?`,
  );
  const pages = await listening(createPageServer((_request, response) => response.end('a page')));
  expect(await told(pages)).toContain(`No Skipwire answers at ${pages}`);
});

test('a port that takes the connection and says nothing is given up', { timeout: 60_000 }, async () => {
  const address = await listening(
    createServer((socket) => {
      closing.push(() => socket.destroy());
      socket.on('error', () => undefined);
    }),
  );
  const real = globalThis.setTimeout;
  // Ten seconds are a tenth of one here.
  vi.stubGlobal('setTimeout', (work: () => void, milliseconds: number) => real(work, milliseconds / 100));
  expect(await told(address)).toContain('Something is there, and does not answer.');
});

test('a large answer that comes in pieces is received as one', async () => {
  const answer = { kind: 'reply', id: 1, ok: true, value: 'x'.repeat(1000) };
  const address = await hostThat((socket) => {
    socket.send(JSON.stringify({ kind: 'welcome', version: editorVersion }));
    const text = JSON.stringify(answer);
    for (let at = 0; at < text.length; at += 100) {
      socket.send(JSON.stringify({ kind: 'part', text: text.slice(at, at + 100), last: at + 100 >= text.length }));
      socket.send(JSON.stringify({ kind: 'alive' }));
    }
  });
  const received = await new Promise((resolve) => {
    const way = { address, readToken: () => '', keepToken: () => undefined };
    const link = webSocketLink(way)({
      opened: () => undefined,
      received: resolve,
      closed: () => undefined,
    });
    closing.push(() => link.close());
  });
  expect(received).toEqual(answer);
});

test('a host is lost after a minute of silence, and not while pieces of a large answer come', async () => {
  const sockets: WebSocket[] = [];
  const address = await hostThat((socket) => {
    sockets.push(socket);
    socket.send(JSON.stringify({ kind: 'welcome', version: editorVersion }));
  });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'] });
  closing.push(() => void vi.useRealTimers());
  const told: unknown[] = [];
  const way = { address, readToken: () => '', keepToken: () => undefined };
  const link = await new Promise<Link>((resolve) => {
    const opening = webSocketLink(way)({
      opened: () => resolve(opening),
      received: (message) => told.push(message),
      closed: (reason) => told.push(reason),
    });
  });
  closing.push(() => link.close());
  const [host] = sockets;
  const heard = vi.spyOn(PartMessage, 'safeParse');
  closing.push(() => heard.mockRestore());
  for (const [index, text] of ['["', 'slow', 'ly', '"]'].entries()) {
    host?.send(JSON.stringify({ kind: 'part', text, last: index === 3 }));
    await vi.waitUntil(() => heard.mock.calls.length > index, { timeout: 60_000 });
    vi.advanceTimersByTime(40_000);
  }
  expect(told).toEqual([['slowly']]);
  vi.advanceTimersByTime(SILENCE_IS_LOSS);
  expect(told).toEqual([['slowly'], 'lost']);
});
