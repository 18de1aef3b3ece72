import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CLOSE_MALFORMED, CLOSE_REFUSED } from '../../contract/messages.ts';
import { answerOf } from '../files/hostFailure.ts';
import { createToken } from './accessGuard.ts';
import { createHost, type Host } from './createHost.ts';
import { startEditorServer, type EditorServer } from './webSocketTransport.ts';

let folder: string;
let host: Host;
let server: EditorServer;
const token = createToken();

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-serve-'));
  const renderer = path.join(folder, 'renderer');
  await mkdir(path.join(renderer, 'assets'), { recursive: true });
  await writeFile(path.join(renderer, 'index.html'), '<!doctype html><title>Skipwire</title>');
  await writeFile(path.join(renderer, 'assets', 'index-1a2b.js'), 'export {};');
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  host = await createHost({ workspace: path.join(folder, 'workspace') });
  server = await startEditorServer({ host, workspace: host.workspace, token, port: 0, renderer });
});
afterEach(async () => {
  await server.close();
  await host.dispose();
  await rm(folder, { recursive: true });
});

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function get(address: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    // Not `fetch`, which tidies the path and sets Host and Origin itself.
    request({ host: '127.0.0.1', port: server.port, path: address, headers, method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

/** Opens a connection, sends the messages, and returns what comes until it closes or answers to the last one. */
function talk(messages: readonly unknown[], headers: Record<string, string> = {}) {
  return new Promise<{ received: unknown[]; closed?: number }>((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/host`, { headers });
    const received: unknown[] = [];
    socket.on('open', () => messages.forEach((message) => socket.send(JSON.stringify(message))));
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as { readonly kind: string };
      // What the host tells by itself, such as engines that were tried out, comes at any time.
      if (message.kind === 'event' || message.kind === 'alive') return;
      received.push(message);
      if (received.length === messages.length) {
        resolve({ received });
        socket.close();
      }
    });
    socket.on('close', (closed) => resolve({ received, closed }));
    socket.on('unexpected-response', (_, response) => reject(new Error(`refused with ${response.statusCode}`)));
    socket.on('error', reject);
  });
}

const hello = { kind: 'hello', token };
const describeHost = { kind: 'request', id: 1, call: 'host/describe', input: {} };

describe('the page', () => {
  test('is served with a policy that lets only its own scripts run', async () => {
    const page = await get('/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('Skipwire');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect((await get('/assets/index-1a2b.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/%00',
    '/%zz',
    '/no',
  ])('%s is nothing that is served', async (address) => expect((await get(address)).status).toBe(404));

  test('other sites and rebound names get nothing', async () => {
    expect((await get('/', { Host: 'evil.example' })).status).toBe(403);
    expect((await get('/', { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await get('/', { Origin: `http://127.0.0.1:${server.port + 1}` })).status).toBe(403);
    expect((await get('/', { Origin: 'null' })).status).toBe(403);
    expect((await get('/', {}, 'POST')).status).toBe(405);
  });

  test('a tunnel with another port on its near side works', async () => {
    const headers = { Host: 'localhost:9000', Origin: 'http://localhost:9000' };
    expect((await get('/', headers)).status).toBe(200);
    expect((await talk([hello], headers)).received).toMatchObject([{ kind: 'welcome' }]);
  });
});

describe('downloads', () => {
  const bearer = { Authorization: `Bearer ${token}` };

  test('need the token', async () => {
    await writeFile(path.join(host.workspace.root, 'net work.onnx'), 'model');
    expect((await get('/files/net%20work.onnx')).status).toBe(401);
    expect((await get('/files/net%20work.onnx', { Authorization: `Bearer ${createToken()}` })).status).toBe(401);
    const file = await get('/files/net%20work.onnx', bearer);
    expect([file.status, file.body, file.headers['content-type']]).toEqual([200, 'model', 'application/octet-stream']);
  });

  test('stay inside the workspace, whatever the path', async () => {
    await symlink(folder, path.join(host.workspace.root, 'out'));
    for (const address of ['../secret.txt', '%2e%2e%2fsecret.txt', 'out/secret.txt', '%2fetc%2fpasswd', '%00', '']) {
      expect((await get(`/files/${address}`, bearer)).status).toBe(404);
    }
  });
});

describe('the contract over a WebSocket', () => {
  test('greets, answers and keeps the number of the request', async () => {
    const { received } = await talk([hello, describeHost]);
    expect(received).toMatchObject([
      { kind: 'welcome' },
      { kind: 'reply', id: 1, ok: true, value: { workspace: host.workspace.root } },
    ]);
  });

  test('a wrong token closes with the code that the editor shows', async () => {
    for (const wrong of ['', token.slice(1), `${token}x`, createToken()]) {
      expect(await talk([{ kind: 'hello', token: wrong }])).toEqual({ received: [], closed: CLOSE_REFUSED });
    }
  });

  test('nothing is answered before the greeting', async () => {
    expect(await talk([describeHost])).toEqual({ received: [], closed: CLOSE_REFUSED });
  });

  test('a message that is not of the contract closes the connection', async () => {
    const { closed } = await talk([hello, { kind: 'request', id: 'one', call: 'host/describe' }, describeHost]);
    expect(closed).toBe(CLOSE_MALFORMED);
  });

  test('a page of another origin is not let in, token or not', async () => {
    await expect(talk([hello], { Origin: 'https://evil.example' })).rejects.toThrow('refused with 403');
    await expect(talk([hello], { Host: 'evil.example' })).rejects.toThrow('refused with 403');
  });

  test('unknown requests, bad input and paths outside are answers in words', async () => {
    const ask = async (call: string, input: unknown) => {
      const { received } = await talk([hello, { kind: 'request', id: 7, call, input }]);
      return received[1];
    };
    expect(await ask('constructor', {})).toMatchObject({ id: 7, ok: false, problem: { code: 'host/unknown-call' } });
    expect(await ask('run/start', { document: {} })).toMatchObject({ ok: false, problem: { code: 'host/bad-input' } });
    expect(await ask('document/read', { path: '../secret.txt' })).toMatchObject({
      ok: false,
      problem: { code: 'host/bad-input' },
    });
    await symlink(folder, path.join(host.workspace.root, 'out'));
    expect(await ask('document/read', { path: 'out/secret.txt' })).toMatchObject({
      ok: false,
      problem: { code: 'file/outside-workspace' },
    });
  });
});

test('a port that is taken is a problem in words', async () => {
  const options = { host, workspace: host.workspace, token, port: server.port };
  const answer = await answerOf(() => startEditorServer(options));
  expect(answer).toMatchObject({ ok: false, problem: { code: 'server/port-taken' } });
});
