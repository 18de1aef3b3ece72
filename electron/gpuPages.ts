import type { GpuPageNews, GpuPageRequest } from '../src/contract/gpuPage.ts';

/** A window that nobody sees, as far as its life goes. */
export interface HiddenPage<Port> {
  /** Resolves when the page can take its port; rejects where it cannot be loaded. */
  readonly loaded: Promise<void>;
  give(port: Port): void;
  /** Called when the page ends by itself. */
  onGone(listener: (reason: string) => void): void;
  close(): void;
}

export interface GpuPagesOptions<Port> {
  openPage(): HiddenPage<Port>;
  openChannel(): { readonly forHost: Port; readonly forPage: Port };
  /** Tells the engine host. */
  tell(news: GpuPageNews, ports: Port[]): void;
}

/** Opens and closes hidden pages as the engine host asks. One that has ended is not opened again: the next engine asks for its own. */
export function createGpuPages<Port>({ openPage, openChannel, tell }: GpuPagesOptions<Port>) {
  const pages = new Map<number, HiddenPage<Port>>();

  async function open(number: number): Promise<void> {
    const page = openPage();
    pages.set(number, page);
    const lose = (reason: string): void => {
      if (pages.get(number) !== page) return;
      pages.delete(number);
      page.close();
      tell({ kind: 'gpu/gone', page: number, reason }, []);
    };
    page.onGone(lose);
    try {
      await page.loaded;
    } catch (error) {
      lose(`The page for the graphics processor cannot be loaded: ${error instanceof Error ? error.message : ''}`);
      return;
    }
    // It may have been closed, or have ended, while it was loading.
    if (pages.get(number) !== page) return;
    const { forHost, forPage } = openChannel();
    page.give(forPage);
    tell({ kind: 'gpu/port', page: number }, [forHost]);
  }

  function close(number: number): void {
    const page = pages.get(number);
    pages.delete(number);
    page?.close();
  }

  return {
    attend({ kind, page }: GpuPageRequest): void {
      if (kind === 'gpu/close') close(page);
      else if (!pages.has(page)) void open(page);
    },
    /** When the engine host has ended, and with it all that computed on them. */
    closeAll(): void {
      for (const number of [...pages.keys()]) close(number);
    },
  };
}
