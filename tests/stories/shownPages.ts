import type { Page } from 'playwright-core';

const pages = new Set<Page>();

/** Keeps a picture of this page after each story, until it is closed. */
export function showPage(page: Page): void {
  pages.add(page);
  page.once('close', () => pages.delete(page));
}

/** The pages that stories of this file are told in. */
export function shownPages(): readonly Page[] {
  return [...pages].filter((page) => !page.isClosed());
}
