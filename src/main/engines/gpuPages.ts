import { GpuPageNews, type GpuPageRequest } from '../../contract/gpuPage.ts';
import { isPageMessage, type PageMessage } from '../executors/remote/processPort.ts';

/** Has the engine's process compute in the hidden page. */
export const GPU_PAGE_VARIABLE = 'SKIPWIRE_GPU_PAGE';

/** A port to a hidden page, as Electron's utility process has them. */
export interface PagePort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start?(): void;
  close?(): void;
}

export interface PageListeners {
  onMessage(message: unknown): void;
  onGone(reason: string): void;
}

/** A hidden page that is there or on its way; what is posted before it is there waits. */
export interface GpuPage {
  post(message: unknown): void;
  close(): void;
}

export type OpenGpuPage = (listeners: PageListeners) => GpuPage;

let opener: OpenGpuPage | undefined;

/** Says how this process gets hidden pages; only the desktop's host has a way. */
export function provideGpuPages(open: OpenGpuPage | undefined): void {
  opener = open;
}

export function hasGpuPages(): boolean {
  return opener !== undefined;
}

/** The host's side of the agreement with the shell: asks it for pages, and hears of them in `receive`. */
export function createGpuPageAsker(ask: (request: GpuPageRequest) => void) {
  const pages = new Map<number, { settle(port: PagePort): void; lose(reason: string): void }>();
  let last = 0;

  function open({ onMessage, onGone }: PageListeners): GpuPage {
    const number = ++last;
    const early: unknown[] = [];
    let port: PagePort | undefined;
    const lose = (reason: string): void => {
      if (pages.delete(number)) onGone(reason);
    };
    pages.set(number, {
      lose,
      settle(given) {
        port = given;
        given.on('message', ({ data }) => onMessage(data));
        given.on('close', () => lose('The page that computes on the graphics processor has ended.'));
        given.start?.();
        for (const message of early.splice(0)) given.postMessage(message);
      },
    });
    ask({ kind: 'gpu/open', page: number });
    return {
      post(message) {
        if (port === undefined) early.push(message);
        else port.postMessage(message);
      },
      close() {
        if (!pages.delete(number)) return;
        port?.close?.();
        ask({ kind: 'gpu/close', page: number });
      },
    };
  }

  return {
    open,
    /** Whether the message was about a page. */
    receive(message: unknown, port: PagePort | undefined): boolean {
      const news = GpuPageNews.safeParse(message);
      if (!news.success) return false;
      const page = pages.get(news.data.page);
      if (news.data.kind === 'gpu/gone') page?.lose(news.data.reason);
      else if (page === undefined) port?.close?.();
      else if (port !== undefined) page.settle(port);
      return true;
    },
  };
}

/** What is needed of a child process. */
export interface RelayedChild {
  readonly connected: boolean;
  send(message: unknown, done: () => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: () => void): unknown;
}

/** Gives a process that asks for it a hidden page, and carries messages between the two; the page ends with the process. */
export function relayToGpuPage(child: RelayedChild, open: OpenGpuPage | undefined = opener): void {
  if (open === undefined) return;
  let page: GpuPage | undefined;
  const tell = (message: PageMessage): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  child.on('message', (message) => {
    if (!isPageMessage(message)) return;
    if (message.kind === 'page/open') {
      page = open({
        onMessage: (answer) => tell({ kind: 'page/message', message: answer }),
        onGone: (reason) => tell({ kind: 'page/gone', reason }),
      });
    } else if (message.kind === 'page/message') page?.post(message.message);
    else page?.close();
  });
  child.once('exit', () => page?.close());
}
