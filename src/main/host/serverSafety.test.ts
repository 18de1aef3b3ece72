import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ALIVE_EVERY, CLOSE_REFUSED, MAXIMUM_MESSAGE_BYTES } from '../../contract/messages.ts';
import { APP_ORIGIN, contentPolicy } from '../../contract/pageDelivery.ts';
import { createToken } from './accessGuard.ts';
import { createHost, type Host } from './createHost.ts';
import { createOpeningKey, type OpeningKey } from './openingKey.ts';
import { startEditorServer, type EditorServer } from './webSocketTransport.ts';

/* What strangers, broken tunnels and clients gone wrong do to the server. Each ends, and the next client is served as ever. */

vi.setConfig({ testTimeout: 180_000 });

let folder: string;
let host: Host;
let server: EditorServer;
let openingKey: OpeningKey;
const token = createToken();
const said: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-server-'));
  const renderer = path.join(folder, 'renderer');
  await mkdir(renderer);
  await writeFile(path.join(renderer, 'index.html'), '<!doctype html><title>Skipwire</title>');
  host = await createHost({ workspace: path.join(folder, 'workspace') });
  openingKey = createOpeningKey();
  const options = { host, workspace: host.workspace, token, openingKey, port: 0, renderer, headTime: 200 };
  for (const way of ['log', 'warn', 'error', 'info'] as const) {
    vi.spyOn(console, way).mockImplementation((...words) => void said.push(words.map(String).join(' ')));
  }
  server = await startEditorServer(options);
});
afterEach(async () => {
  vi.useRealTimers();
  // Whatever happened, others are served.
  expect((await askedBy(await greeted())).received).toMatchObject({ kind: 'reply', ok: true });
});
afterAll(async () => {
  await server.close();
  await host.dispose();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

function get(address: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path: address, headers, method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

interface Client {
  readonly socket: WebSocket;
  readonly heard: unknown[];
  readonly closed: Promise<number>;
}

function open(options: ConstructorParameters<typeof WebSocket>[2] = {}): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/host`, options);
  const heard: unknown[] = [];
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString('utf8'))));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, heard, closed }));
    socket.on('unexpected-response', (_, { statusCode }) => reject(new Error(`refused with ${statusCode}`)));
    socket.on('error', reject);
  });
}

const until = (wanted: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(wanted()).toBe(true), { timeout: 60_000, interval: 5 });

async function greeted(options?: ConstructorParameters<typeof WebSocket>[2]): Promise<Client> {
  const client = await open(options);
  client.socket.send(JSON.stringify({ kind: 'hello', token }));
  await until(() => client.heard.length > 0);
  return client;
}

/** Sends a request (by default, what machine this is), waits for the answer and leaves. */
async function askedBy({ socket, heard }: Client, text = requestText('host/describe', '{}')) {
  socket.send(text);
  await until(() => heard.some((message) => isReply(message)));
  socket.close();
  return { received: heard.find(isReply) };
}

const requestText = (call: string, input: string): string =>
  `{"kind":"request","id":1,"call":"${call}","input":${input}}`;
const isReply = (message: unknown): boolean => JSON.stringify(message).startsWith('{"kind":"reply"');

function raw(): Promise<Socket & { text: () => string }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(server.port, '127.0.0.1', () => resolve(Object.assign(socket, { text: () => text })));
    socket.setEncoding('utf8').on('data', (data: string) => (text += data));
    socket.on('error', reject);
  });
}

const over = (socket: Socket): Promise<void> =>
  new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));

/** The head of a frame that says how long its text is, masked as a client's must be. */
function frameHead(length: number): Buffer {
  const head = Buffer.alloc(14);
  head[0] = 0x81;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

describe('who is let in', () => {
  test.each([
    'evil.example',
    'evil.example:4747',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    'localhost:4747/evil',
    '',
  ])('a name of a web site that was made to point here is refused: %j', async (name) => {
    // Not by `Host` of the library, which leaves out what makes no sense.
    const socket = await raw();
    socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
    await over(socket);
    expect(socket.text()).toMatch(/^HTTP\/1\.1 (403|400) /);
    await expect(open({ headers: { Host: name === '' ? ' ' : name } })).rejects.toThrow('refused with 40');
  });

  test.each(['https://evil.example', 'null', 'app://evil', 'app://skipwire.evil', 'file://', 'http://127.0.0.1:1'])(
    'a page of %s is refused, token or not',
    async (origin) => {
      expect((await get('/', { Origin: origin })).status).toBe(403);
      expect((await get('/files/a', { Origin: origin, Authorization: `Bearer ${token}` })).status).toBe(403);
      // The editor asks in this way why it was not let in.
      expect((await get('/host', { Origin: origin }, 'POST')).status).toBe(403);
      await expect(open({ origin })).rejects.toThrow('refused with 403');
    },
  );

  test('the page of the desktop app is let in, and may read what it asks for', async () => {
    await writeFile(path.join(host.workspace.root, 'net.onnx'), 'model');
    const headers = { Origin: APP_ORIGIN, Authorization: `Bearer ${token}` };
    const preflight = await get('/files/net.onnx', { Origin: APP_ORIGIN }, 'OPTIONS');
    expect([preflight.status, preflight.headers['access-control-allow-headers']]).toEqual([204, 'Authorization']);
    const file = await get('/files/net.onnx', headers);
    expect([file.body, file.headers['access-control-allow-origin']]).toEqual(['model', APP_ORIGIN]);
    expect((await get('/files/net.onnx', { Origin: APP_ORIGIN })).status).toBe(401);
    (await greeted({ origin: APP_ORIGIN })).socket.close();
    const own = await get('/files/net.onnx', { Authorization: `Bearer ${token}` });
    expect(own.headers['access-control-allow-origin']).toBeUndefined();
    expect((await get('/', {}, 'OPTIONS')).status).toBe(405);
  });

  test('nobody from another machine is: untold, it listens on the loopback alone', async () => {
    // Another address of this same machine.
    const elsewhere = connect(server.port, '127.0.0.2');
    const outcome = await new Promise((resolve) => {
      elsewhere.once('connect', () => resolve('connected'));
      elsewhere.once('error', () => resolve('refused'));
    });
    elsewhere.destroy();
    expect(outcome).toBe('refused');
  });

  test('an opening key opens once, and tells the token that is good from then on', async () => {
    const hello = JSON.stringify({ kind: 'hello', token: openingKey.key });
    const first = await open();
    first.socket.send(hello);
    await until(() => first.heard.length > 0);
    expect(first.heard[0]).toMatchObject({ kind: 'welcome', token });
    first.socket.close();
    const second = await open();
    second.socket.send(hello);
    expect(await second.closed).toBe(CLOSE_REFUSED);
    const late = createOpeningKey(() => 0);
    let now = 0;
    const short = createOpeningKey(() => now);
    now = 301_000;
    expect([late.take(late.key), late.take(late.key), short.take(short.key)]).toEqual([true, false, false]);
  });

  test('every answer carries the policy, refusals too', async () => {
    const answers = await Promise.all([
      get('/'),
      get('/nothing'),
      get('/files/net.onnx'),
      get('/', { Origin: 'https://evil.example' }),
      get('/', {}, 'POST'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 403, 405]);
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toBe(contentPolicy);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
    }
  });
});

describe('what a client may cost', () => {
  test('before the token was shown, no more is taken than a greeting', async () => {
    const client = await open();
    const under = (client.socket as unknown as { readonly _socket: Socket })._socket;
    under.write(Buffer.concat([frameHead(MAXIMUM_MESSAGE_BYTES - 1), Buffer.alloc(8000)]));
    expect(await client.closed).toBe(1006);
  });

  test('a frame that says it is larger than any message is refused before it comes', async () => {
    const client = await greeted();
    (client.socket as unknown as { readonly _socket: Socket })._socket.write(frameHead(MAXIMUM_MESSAGE_BYTES + 1));
    // "Message too big".
    expect(await client.closed).toBe(1009);
  });

  test('who does not greet is closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const client = await open();
    await until(() => vi.getTimerCount() > 0);
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    expect(await client.closed).toBe(CLOSE_REFUSED);
  });

  test('who takes ages over a request is closed', async () => {
    const socket = await raw();
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    await over(socket);
    expect(socket.text()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('who reads nothing is let go instead of filling the memory, and may come again', async () => {
    await writeFile(path.join(host.workspace.root, 'large.json'), Buffer.alloc(10 * 2 ** 20, 0x20));
    const client = await greeted();
    client.socket.pause();
    for (let times = 0; times < 8; times++) client.socket.send(requestText('document/read', '{"path":"large.json"}'));
    // Who does not read learns of the end when it writes.
    await until(() => {
      if (client.socket.readyState === WebSocket.OPEN) client.socket.ping();
      return client.socket.readyState !== WebSocket.OPEN;
    });
    client.socket.terminate();
    expect(client.heard.length).toBeLessThan(8);
  });

  test('a request that nests deeper than any stack is refused in words', async () => {
    for (const [open, close] of ['[]', ['{"a":', '}']]) {
      const deep = `${open?.repeat(200_000)}0${close?.repeat(200_000)}`;
      const { received } = await askedBy(await greeted(), requestText('run/start', `{"document":${deep}}`));
      expect(received).toMatchObject({ ok: false, problem: { code: 'host/bad-input' } });
    }
  });

  test('keys that reach the prototype reach nothing', async () => {
    const input = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const { received } = await askedBy(await greeted(), requestText('host/describe', input));
    expect(received).toMatchObject({ ok: false, problem: { code: 'host/bad-input' } });
    expect('polluted' in {}).toBe(false);
  });
});

describe('signs of life', () => {
  test('come to the client, and who gives none is let go', async () => {
    await server.close();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    server = await startEditorServer({ host, workspace: host.workspace, token, port: 0 });
    const [lively, silent] = [await greeted(), await greeted({ autoPong: false })];
    const signs = ({ heard }: Client): number => heard.filter((one) => JSON.stringify(one).includes('"alive"')).length;
    for (let beat = 1; beat <= 7; beat++) {
      const answered = new Promise((resolve) => lively.socket.once('ping', resolve));
      vi.advanceTimersByTime(ALIVE_EVERY);
      await answered;
      // Its answer lies before this one's on the way.
      await new Promise((resolve) => {
        lively.socket.once('pong', resolve);
        lively.socket.ping();
      });
    }
    expect(await silent.closed).toBe(1006);
    await until(() => signs(lively) === 7);
    lively.socket.close();
  });
});

test('nothing of all this was told anywhere with a token in it', () => {
  expect(said.filter((line) => line.includes(token) || line.includes(openingKey.key))).toEqual([]);
});
