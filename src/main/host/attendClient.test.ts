import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { HostMessage, PartMessage, PIECE } from '../../contract/messages.ts';
import { createToken } from './accessGuard.ts';
import { attendClient } from './attendClient.ts';
import { createHost, type Host } from './createHost.ts';

/* A way so slow that one message takes minutes. */

let folder: string;
let host: Host;
const token = createToken();
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-slow-'));
  host = await createHost({ workspace: folder });
});
afterEach(async () => {
  await host.dispose();
  await rm(folder, { recursive: true });
});

/** A client that has been let in. What is sent to it is kept; nothing that is asked of it is answered. */
function letIn() {
  const events = new EventEmitter();
  const state = { ended: false, bufferedAmount: 0 };
  const sent: string[] = [];
  const socket = Object.assign(events, {
    OPEN: 1,
    readyState: 1,
    send: (text: string) => sent.push(text),
    ping: () => undefined,
    close: () => undefined,
    terminate: () => (state.ended = true),
  });
  Object.defineProperty(socket, 'bufferedAmount', { get: () => state.bufferedAmount });
  const stream = new PassThrough();
  const client = attendClient(socket as unknown as WebSocket, stream, { host, token });
  const receive = (message: object) => events.emit('message', Buffer.from(JSON.stringify(message)), false);
  receive({ kind: 'hello', token });
  return { client, state, sent, stream, receive, close: () => events.emit('close') };
}

const LONG = 20;

test('who does not answer any more is given up; who is still sending, or still taking, is not', async () => {
  const silent = letIn();
  for (let beat = 0; beat < LONG; beat++) silent.client.beat();
  expect(silent.state.ended).toBe(true);

  const sending = letIn();
  for (let beat = 0; beat < LONG; beat++) {
    const came = once(sending.stream, 'data');
    sending.stream.write('a part of a large message');
    await came;
    sending.client.beat();
  }
  expect(sending.state.ended).toBe(false);

  const taking = letIn();
  for (let beat = LONG; beat > 0; beat--) {
    taking.state.bufferedAmount = beat * 1000;
    taking.client.beat();
  }
  expect(taking.state.ended).toBe(false);
  for (const { close } of [silent, sending, taking]) close();
});

test('a large answer goes in pieces, each of which is heard, and is the answer when they are joined', async () => {
  const { sent, receive, close } = letIn();
  const text = '"\u{1F9E0} a brain" '.repeat(100_000);
  receive({ kind: 'request', id: 1, call: 'document/write', input: { path: 'large.txt', text } });
  receive({ kind: 'request', id: 2, call: 'nothing', input: {} });
  await expect.poll(() => sent.length, { timeout: 60_000 }).toBe(3);
  receive({ kind: 'request', id: 3, call: 'document/read', input: { path: 'large.txt' } });
  await expect.poll(() => sent.at(-1)?.slice(-12), { timeout: 60_000 }).toBe('"last":true}');
  const parts = sent.slice(3).map((frame) => PartMessage.parse(JSON.parse(frame)));
  expect(parts.every((part) => part.text.length <= PIECE)).toBe(true);
  const answer = HostMessage.parse(JSON.parse(parts.map((part) => part.text).join('')));
  expect(answer).toMatchObject({ kind: 'reply', id: 3, ok: true, value: { text } });
  close();
});
