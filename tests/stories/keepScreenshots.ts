import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { shownPages } from './shownPages.ts';

/** Test output: what a person would see at the end of each story. */
const folder = fileURLToPath(new URL('../../node_modules/.cache/skipwire/screenshots/', import.meta.url));
/** Milliseconds; a page that hangs is for the story to tell. */
const PATIENCE = 5000;

afterEach(async ({ task }) => {
  const pages = shownPages();
  if (pages.length === 0) return;
  const place = path.join(folder, path.basename(task.file.name, '.test.ts'));
  mkdirSync(place, { recursive: true });
  const name = task.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 100);
  for (const [index, page] of pages.entries()) {
    const file = path.join(place, `${name}${index === 0 ? '' : `-${index + 1}`}.jpg`);
    await page.screenshot({ path: file, quality: 70, timeout: PATIENCE }).catch(() => undefined);
  }
});
