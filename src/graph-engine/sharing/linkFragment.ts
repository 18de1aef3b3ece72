import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire';
import { deflateSync, strFromU8, strToU8 } from 'fflate';
import { loadDocument, type LoadResult } from '../document/loadDocument.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { inflateBounded } from './inflateBounded.ts';

/** Name of the field in a link's fragment. */
export const LINK_FIELD = 'network';
/** Characters; longer addresses are cut by mail programs and chats. */
export const LONGEST_LINK = 16_000;
/** Bytes of JSON. */
const LARGEST_DOCUMENT = 4_000_000;

export type LinkResult =
  | { readonly ok: true; readonly fragment: string }
  /** Characters the link would have. */
  | { readonly ok: false; readonly length: number };

/**
 * A document as the fragment of a link, `#network=…`: deflated JSON (RFC 1951) in base64url (RFC 4648). A fragment is never
 * sent to a server. Documents that would make a link too long for mail and chat are refused.
 */
export function linkFragment(document: SkipwireDocument): LinkResult {
  const packed = deflateSync(strToU8(JSON.stringify(document)), { level: 9 });
  const fragment = `#${LINK_FIELD}=${base64Encode(packed, 'url')}`;
  return fragment.length > LONGEST_LINK ? { ok: false, length: fragment.length } : { ok: true, fragment };
}

/** Whether a text is a link, or the fragment of one, that carries a document. */
export function isNetworkLink(text: string): boolean {
  return fieldIn(text) !== undefined;
}

/** Reads the document that a link, or its fragment, carries. `undefined` where the text is no such link. */
export function documentInLink(text: string): LoadResult<SkipwireDocument> | undefined {
  const field = fieldIn(text);
  if (field === undefined) return undefined;
  const bytes = unpacked(field);
  if (bytes === undefined) {
    const message = 'The link is damaged: what it carries cannot be unpacked. It may have been cut when it was copied.';
    return { ok: false, error: [{ code: 'link/damaged', severity: 'error', at: { path: [] }, message }] };
  }
  return loadDocument(strFromU8(bytes));
}

function fieldIn(text: string): string | undefined {
  const trimmed = text.trim();
  // Whole documents are no links, however their text may look inside.
  if (trimmed.length > LONGEST_LINK * 2 || /\s/.test(trimmed)) return undefined;
  return new RegExp(`^[^#]*#(?:[^#]*&)?${LINK_FIELD}=([^&]*)`).exec(trimmed)?.[1];
}

function unpacked(base64Url: string): Uint8Array | undefined {
  try {
    return inflateBounded(base64Decode(base64Url), 'raw', LARGEST_DOCUMENT);
  } catch {
    return undefined;
  }
}
