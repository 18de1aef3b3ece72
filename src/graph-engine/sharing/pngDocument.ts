import { strFromU8, strToU8, zlibSync } from 'fflate';
import { loadDocument, type LoadResult } from '../document/loadDocument.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { serializeDocument } from '../document/serializeDocument.ts';
import { inflateBounded } from './inflateBounded.ts';
import { encodePngChunk, isPng, pngChunks } from './pngChunks.ts';

const KEYWORD = 'Skipwire document';
/** Keyword, its end, "compressed", deflate, and empty language and translation (PNG specification, 11.3.3.4). */
const HEADER = strToU8(`${KEYWORD}\0\u0001\0\0\0`, true);
/** Bytes of JSON. */
const LARGEST_DOCUMENT = 64_000_000;

/** A picture that carries its document in a text chunk, which every program that shows pictures passes over. */
export function pngWithDocument(png: Uint8Array, document: SkipwireDocument): Uint8Array<ArrayBuffer> {
  if (!isPng(png)) throw new Error('This is no PNG file.');
  const end = [...pngChunks(png)].find(({ type }) => type === 'IEND')?.start ?? png.length;
  const packed = zlibSync(strToU8(serializeDocument(document)), { level: 9 });
  const data = new Uint8Array(HEADER.length + packed.length);
  data.set(HEADER);
  data.set(packed, HEADER.length);
  const chunk = encodePngChunk('iTXt', data);
  const whole = new Uint8Array(png.length + chunk.length);
  whole.set(png.subarray(0, end));
  whole.set(chunk, end);
  whole.set(png.subarray(end), end + chunk.length);
  return whole;
}

/** Reads the document that a picture carries; says so where it carries none, and `undefined` where the file is no PNG. */
export function documentInPng(bytes: Uint8Array): LoadResult<SkipwireDocument> | undefined {
  if (!isPng(bytes)) return undefined;
  for (const { type, data } of pngChunks(bytes)) {
    if (type !== 'iTXt' || !HEADER.every((byte, index) => data[index] === byte)) continue;
    const text = inflateBounded(data.subarray(HEADER.length), 'zlib', LARGEST_DOCUMENT);
    if (text === undefined) return refuse('picture/damaged', 'The document inside the picture is damaged.');
    return loadDocument(strFromU8(text));
  }
  return refuse(
    'picture/no-document',
    'The picture carries no network. Only pictures exported by Skipwire do, and many sites strip them when they are uploaded.',
  );
}

function refuse(code: string, message: string): LoadResult<never> {
  return { ok: false, error: [{ code, severity: 'error', at: { path: [] }, message }] };
}
