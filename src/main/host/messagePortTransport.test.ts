import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { HostMessage } from '../../contract/messages.ts';
import { createHost } from './createHost.ts';
import { serveMessagePort, type Port } from './messagePortTransport.ts';

/** A port of Node in the clothes of Electron's: its messages come in events. */
function asElectronHasThem(port: MessagePort): Port {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event: string, listener: (event: { data: unknown }) => void) =>
      port.on(event, (data: unknown) => listener({ data })),
    start: () => port.start(),
  };
}

test('the contract works over a port: requests are answered by number, strange messages are left out', async () => {
  const workspace = await mkdtemp(path.join(os.tmpdir(), 'skipwire-port-'));
  const host = await createHost({ workspace });
  const { port1, port2 } = new MessageChannel();
  serveMessagePort(host, asElectronHasThem(port2));
  const replies: HostMessage[] = [];
  const answered = new Promise<void>((resolve) =>
    port1.on('message', (message) => {
      replies.push(HostMessage.parse(message));
      if (replies.length === 2) resolve();
    }),
  );
  port1.postMessage({ kind: 'nonsense' });
  port1.postMessage({ kind: 'request', id: 4, call: 'data/list', input: {} });
  port1.postMessage({ kind: 'request', id: 5, call: 'document/read', input: { path: 'nothing.json' } });
  await answered;
  expect(replies.find((reply) => reply.kind === 'reply' && reply.id === 4)).toMatchObject({ ok: true });
  expect(replies.find((reply) => reply.kind === 'reply' && reply.id === 5)).toMatchObject({
    ok: false,
    problem: { code: 'file/missing' },
  });
  // What this editor has open is nobody else's while the port is there, and becomes free some time after it is not.
  const input = { id: 'net', name: 'Net', file: null, text: '{}', editor: 'ada' };
  const written = new Promise<void>((resolve) => port1.once('message', () => resolve()));
  port1.postMessage({ kind: 'request', id: 6, call: 'journal/write', input });
  await written;
  const whenFree = async () => {
    const answer = await host.call('journal/list', { editor: 'ben' });
    return answer.ok ? answer.value : answer.problem;
  };
  expect(await whenFree()).toEqual({ entries: [], again: null });
  port1.close();
  await expect.poll(whenFree, { timeout: 60_000 }).toEqual({ entries: [], again: expect.any(Number) as number });
  await host.dispose();
  await rm(workspace, { recursive: true });
});
