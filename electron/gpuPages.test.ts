import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { GpuPageNews } from '../src/contract/gpuPage.ts';
import { createGpuPages, type HiddenPage } from './gpuPages.ts';

/** Pages that are loaded, and end, when the test says so. */
function pagesOf() {
  const opened: {
    readonly load: () => void;
    readonly fail: (error: Error) => void;
    readonly end: (reason: string) => void;
    readonly given: MessagePort[];
    closed: number;
  }[] = [];
  const told: { readonly news: GpuPageNews; readonly ports: readonly MessagePort[] }[] = [];
  const pages = createGpuPages<MessagePort>({
    openPage(): HiddenPage<MessagePort> {
      let load: () => void = () => undefined;
      let fail: (error: Error) => void = () => undefined;
      let end: (reason: string) => void = () => undefined;
      const loaded = new Promise<void>((resolve, reject) => ([load, fail] = [resolve, reject]));
      const one = { load: () => load(), fail: (error: Error) => fail(error), end: (reason: string) => end(reason) };
      const page = { ...one, given: [] as MessagePort[], closed: 0 };
      opened.push(page);
      return {
        loaded,
        give: (port) => void page.given.push(port),
        onGone: (listener) => (end = listener),
        close: () => void page.closed++,
      };
    },
    openChannel() {
      const { port1, port2 } = new MessageChannel();
      return { forHost: port1, forPage: port2 };
    },
    tell: (news, ports) => void told.push({ news, ports }),
  });
  return { pages, opened, told };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a page gets one end of a channel when it is loaded, and the host the other', async () => {
  const { pages, opened, told } = pagesOf();
  pages.attend({ kind: 'gpu/open', page: 1 });
  await settled();
  expect(told).toEqual([]);
  opened[0]?.load();
  await settled();
  expect(told.map(({ news }) => news)).toEqual([{ kind: 'gpu/port', page: 1 }]);
  const [host, page] = [told[0]?.ports[0], opened[0]?.given[0]];
  const heard = new Promise((resolve) => page?.once('message', resolve));
  host?.postMessage({ number: 1 });
  expect(await heard).toEqual({ number: 1 });
  pages.attend({ kind: 'gpu/close', page: 1 });
  expect(opened[0]?.closed).toBe(1);
  // It was asked to.
  opened[0]?.end('closed');
  expect(told.length).toBe(1);
  host?.close();
});

test('a page that ends is told of once, and the next engine gets a new one', async () => {
  const { pages, opened, told } = pagesOf();
  pages.attend({ kind: 'gpu/open', page: 1 });
  opened[0]?.load();
  await settled();
  opened[0]?.end('It crashed.');
  opened[0]?.end('It was closed.');
  expect(told.at(-1)?.news).toEqual({ kind: 'gpu/gone', page: 1, reason: 'It crashed.' });
  expect(told.length).toBe(2);
  pages.attend({ kind: 'gpu/open', page: 2 });
  expect(opened.length).toBe(2);
  pages.closeAll();
  expect(opened[1]?.closed).toBe(1);
  for (const { ports } of told) for (const port of ports) port.close();
});

test('a page that cannot be loaded, or is closed before it is, gives no port', async () => {
  const { pages, opened, told } = pagesOf();
  pages.attend({ kind: 'gpu/open', page: 1 });
  opened[0]?.fail(new Error('no such file'));
  await settled();
  expect(told.map(({ news }) => news)).toEqual([
    { kind: 'gpu/gone', page: 1, reason: expect.stringContaining('no such file') as string },
  ]);
  pages.attend({ kind: 'gpu/open', page: 2 });
  pages.attend({ kind: 'gpu/close', page: 2 });
  opened[1]?.load();
  await settled();
  expect(told.length).toBe(1);
  expect(opened[1]?.given).toEqual([]);
});
