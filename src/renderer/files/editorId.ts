import { keep, readKept } from '../store/kept.ts';

const NAME = 'skipwire.editor';
let ofThisPage: string | undefined;

/** Names this editor to its host: the same in every window of this browser, and the next time. */
export function editorId(): string {
  ofThisPage ??= readKept(NAME) ?? newId();
  return ofThisPage;
}

function newId(): string {
  // `randomUUID` is there only where the address is trusted.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  keep(NAME, id);
  return id;
}
