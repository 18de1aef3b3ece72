import { defineCommand } from './command.ts';
import type { Bookmark } from '../schema.ts';

/** Remembers a place of the canvas under a name; the same name again moves it. */
export const setBookmark = defineCommand<{ bookmark: Bookmark }>({
  name: 'setBookmark',
  label: 'Bookmark',
  run(document, { bookmark }) {
    const present = document.bookmarks?.findIndex((one) => one.name === bookmark.name) ?? -1;
    if (document.bookmarks === undefined) document.bookmarks = [bookmark];
    else if (present === -1) document.bookmarks.push(bookmark);
    else document.bookmarks[present] = bookmark;
  },
});

/** Forgets a bookmark. */
export const removeBookmark = defineCommand<{ name: string }>({
  name: 'removeBookmark',
  label: 'Remove bookmark',
  run(document, { name }) {
    const left = document.bookmarks?.filter((one) => one.name !== name) ?? [];
    if (left.length === document.bookmarks?.length) return;
    if (left.length === 0) delete document.bookmarks;
    else document.bookmarks = left;
  },
});
