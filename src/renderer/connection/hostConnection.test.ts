import { expect, test, vi } from 'vitest';
import type { ClientMessage } from '../../contract/messages.ts';
import { createHostConnection, defaultRetryDelay } from './hostConnection.ts';
import type { LinkEvents } from './link.ts';

/** A line to a host that is played by the test: what was sent, and the events to fire. */
function line() {
  const links: { events: LinkEvents; sent: ClientMessage[]; closed: boolean }[] = [];
  const connection = createHostConnection({
    openLink: (events) => {
      const link = { events, sent: [] as ClientMessage[], closed: false };
      links.push(link);
      return { send: (message) => link.sent.push(message), close: () => (link.closed = true) };
    },
    retryDelay: () => 1,
  });
  const states: string[] = [];
  connection.onState((state) => states.push(state));
  const last = () => {
    const link = links.at(-1);
    if (link === undefined) throw new Error('no link was opened');
    return link;
  };
  return { connection, links, last, states };
}

const dataList = { dataSets: [] };

test('a call made while connecting is sent once the host welcomes, and answered', async () => {
  const { connection, last } = line();
  const answer = connection.call('data/list', {});
  expect(last().sent).toEqual([]);
  last().events.opened();
  expect(last().sent).toEqual([{ kind: 'request', id: 1, call: 'data/list', input: {} }]);
  last().events.received({ kind: 'reply', id: 1, ok: true, value: dataList });
  expect(await answer).toEqual({ ok: true, value: dataList });
});

test('answers find their calls in any order', async () => {
  const { connection, last } = line();
  last().events.opened();
  const first = connection.call('run/list', {});
  const second = connection.call('data/list', {});
  last().events.received({ kind: 'reply', id: 2, ok: true, value: dataList });
  last().events.received({ kind: 'reply', id: 1, ok: true, value: { runs: [] } });
  expect(await first).toEqual({ ok: true, value: { runs: [] } });
  expect(await second).toEqual({ ok: true, value: dataList });
});

test('a lost link answers what is pending with a problem and never hangs', async () => {
  const { connection, last, states } = line();
  last().events.opened();
  const answer = connection.call('run/list', {});
  last().events.closed('lost');
  expect(await answer).toMatchObject({ ok: false, problem: { code: 'connection/lost' } });
  expect(await connection.call('run/list', {})).toMatchObject({ ok: false, problem: { code: 'connection/lost' } });
  expect(states).toEqual(['open', 'lost']);
});

test('it connects again by itself and the new link works', async () => {
  const { connection, links, last, states } = line();
  last().events.opened();
  last().events.closed('lost');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(links).toHaveLength(2);
  last().events.opened();
  const answer = connection.call('data/list', {});
  last().events.received({ kind: 'reply', id: 1, ok: true, value: dataList });
  expect(await answer).toEqual({ ok: true, value: dataList });
  expect(states).toEqual(['open', 'lost', 'open']);
});

test.each(['refused', 'foreign', 'other-version'] as const)('%s is final: no further attempt', async (reason) => {
  const { connection, links, last, states } = line();
  last().events.closed(reason, 'Because.');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(links).toHaveLength(1);
  expect(states).toEqual([reason]);
  expect([connection.detail, connection.nextAttempt]).toEqual(['Because.', undefined]);
  expect(await connection.call('run/list', {})).toMatchObject({ ok: false, problem: { code: 'connection/lost' } });
});

test('each attempt that fails says when the next one is', async () => {
  const { connection, links, last, states } = line();
  last().events.closed('lost');
  const first = connection.nextAttempt ?? 0;
  expect(Math.abs(first - Date.now())).toBeLessThan(10_000);
  await vi.waitFor(() => expect(links).toHaveLength(2), { timeout: 60_000 });
  last().events.closed('lost');
  expect(connection.nextAttempt).toBeGreaterThanOrEqual(first);
  await vi.waitFor(() => expect(links).toHaveLength(3), { timeout: 60_000 });
  last().events.opened();
  expect(connection.nextAttempt).toBeUndefined();
  expect(states).toEqual(['lost', 'lost', 'open']);
});

test('after a refusal a new token can be tried', async () => {
  const { connection, links, last, states } = line();
  last().events.closed('refused');
  connection.retry();
  expect(links).toHaveLength(2);
  const answer = connection.call('data/list', {});
  last().events.opened();
  last().events.received({ kind: 'reply', id: 1, ok: true, value: dataList });
  expect(await answer).toEqual({ ok: true, value: dataList });
  expect(states).toEqual(['refused', 'connecting', 'open']);
});

test('an answer outside the contract is a problem, not an exception', async () => {
  const { connection, last } = line();
  last().events.opened();
  const answer = connection.call('data/list', {});
  last().events.received({ kind: 'reply', id: 1, ok: true, value: { dataSets: 'many' } });
  expect(await answer).toMatchObject({ ok: false, problem: { code: 'connection/unexpected-answer' } });
});

test('events reach listeners until they stop listening; nonsense reaches nobody', () => {
  const { connection, last } = line();
  const heard: string[] = [];
  const stop = connection.onEvent((event) => heard.push(event.event));
  last().events.opened();
  const event = { event: 'run', payload: { kind: 'notice', run: 'first', text: 'resized' } };
  last().events.received({ kind: 'event', event });
  const complain = console.error;
  const complaints: unknown[] = [];
  console.error = (...words: unknown[]) => complaints.push(words);
  last().events.received({ kind: 'event', event: { event: 'gossip' } });
  last().events.received(undefined);
  console.error = complain;
  expect(complaints).toHaveLength(2);
  stop();
  last().events.received({ kind: 'event', event });
  expect(heard).toEqual(['run']);
});

test('the delay doubles up to ten seconds', () => {
  expect([1, 2, 3, 6, 50].map(defaultRetryDelay)).toEqual([500, 1000, 2000, 10_000, 10_000]);
});
