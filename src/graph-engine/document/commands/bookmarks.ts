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

/** Calls a bookmark something else; the name must be free. */
export const renameBookmark = defineCommand<{ from: string; to: string }>({
  name: 'renameBookmark',
  label: 'Rename bookmark',
  run(document, { from, to }) {
    const bookmark = document.bookmarks?.find(({ name }) => name === from);
    if (bookmark === undefined) throw new Error(`There is no bookmark "${from}"`);
    if (from === to) return;
    if (document.bookmarks?.some(({ name }) => name === to) === true) throw new Error(`The name "${to}" is taken`);
    bookmark.name = to;
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
