import type { z } from 'zod';
import { ok, type Diagnostic } from '../core/diagnostic.ts';
import { createReader } from './createReader.ts';
import { findJsonBreak } from './findJsonBreak.ts';
import { migrations } from './migrations/index.ts';
import { BLOCK_FORMAT, BlockDocument, DOCUMENT_FORMAT, FORMAT_VERSION, SkipwireDocument } from './schema.ts';

export type LoadResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: readonly Diagnostic[] };

const MAXIMUM_CHARACTERS = 64_000_000;
const MAXIMUM_NESTING = 64;
const MAXIMUM_REPORTED = 20;

function refuse(
  code: string,
  message: string,
  details: { expected?: string; received?: string } = {},
): LoadResult<never> {
  return { ok: false, error: [{ code, severity: 'error', at: { path: [] }, message, ...details }] };
}

/** Line and column (from 1) of a character offset. */
function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function whereJsonBreaks(text: string): string {
  const { line, column } = lineAndColumn(text, findJsonBreak(text));
  return `line ${line}, column ${column}`;
}

/** The first key that would reach an object's prototype. Such keys vanish silently in later copies, so the file is refused. */
function findPrototypeKey(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  return Object.hasOwn(json, '__proto__') || Object.values(json).some(findPrototypeKey);
}

/** Deep nesting would exhaust the stack of every later walk, so it is refused before anything walks. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (inString) {
      if (character === 92) i++;
      else if (character === 34) inString = false;
    } else if (character === 34) inString = true;
    else if (character === 123 || character === 91) deepest = Math.max(deepest, ++depth);
    else if (character === 125 || character === 93) depth--;
  }
  return deepest;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const place = issue.path.length === 0 ? 'The document' : `"${issue.path.map(String).join(' › ')}"`;
  return `${place}: ${issue.message}.`;
}

function nodeAt(path: readonly PropertyKey[]): string | undefined {
  const index = path.indexOf('nodes');
  const id = index === -1 ? undefined : path[index + 1];
  return typeof id === 'string' ? id : undefined;
}

interface Format<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly read: (json: unknown) => T | undefined;
}

function formatOf<T>(name: string, schema: z.ZodType<T>): Format<T> {
  return { name, schema, read: createReader(schema) };
}

const documents = formatOf(DOCUMENT_FORMAT, SkipwireDocument);
const libraryBlocks = formatOf(BLOCK_FORMAT, BlockDocument);

function load<T>(text: string, { name: format, schema, read }: Format<T>): LoadResult<T> {
  if (text.length > MAXIMUM_CHARACTERS) {
    return refuse('document/too-large', 'The file is too large for a document.', {
      expected: `at most ${MAXIMUM_CHARACTERS} characters`,
      received: String(text.length),
    });
  }
  if (nestingOf(text) > MAXIMUM_NESTING) {
    return refuse('document/nesting', `The file nests deeper than ${MAXIMUM_NESTING} levels, which no document does.`);
  }
  const clean = text.replace(/^\uFEFF/, '');
  let json: unknown;
  try {
    json = JSON.parse(clean);
  } catch {
    const place = whereJsonBreaks(clean);
    return refuse('document/broken-json', `The file is not valid JSON: it breaks at ${place}.`, { received: place });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return refuse('document/not-a-document', 'The file is valid JSON but not a Skipwire document.', {
      expected: 'an object',
    });
  }
  // Written as such, or with letters in the place of signs.
  if (/__proto__|\\u/.test(clean) && findPrototypeKey(json))
    return refuse('document/schema', 'The file uses "__proto__" as a name, which is not allowed.');
  let record: Record<string, unknown> = { ...json };
  const received = record['format'];
  const match = typeof received === 'string' ? /^(.+)@(\d{1,6})$/.exec(received) : null;
  if (match === null || match[1] !== format) {
    return refuse('document/format', `The file does not say that it is a ${format}.`, {
      expected: `"format": "${format}@${FORMAT_VERSION}"`,
      received: received === undefined ? 'no format' : JSON.stringify(received).slice(0, 100),
    });
  }
  const version = Number(match[2]);
  if (version > FORMAT_VERSION) {
    return refuse(
      'document/newer-version',
      `The file was written by a newer Skipwire (format ${version}); this one reads formats up to ${FORMAT_VERSION}. Update Skipwire to open it.`,
      { expected: `${format}@${FORMAT_VERSION}`, received: match[0] },
    );
  }
  if (version < 1) return refuse('document/format', `There is no format version ${version}.`, { received: match[0] });
  for (const migration of migrations.slice(version - 1)) record = migration.migrate(record);
  record['format'] = `${format}@${FORMAT_VERSION}`;
  const value = read(record);
  if (value !== undefined) return ok(value);
  const parsed = schema.safeParse(record);
  if (parsed.success) return ok(parsed.data);
  return {
    ok: false,
    error: parsed.error.issues.slice(0, MAXIMUM_REPORTED).map((issue): Diagnostic => {
      const node = nodeAt(issue.path);
      return {
        code: 'document/schema',
        severity: 'error',
        at: { path: [], ...(node === undefined ? {} : { node }) },
        message: describeIssue(issue),
      };
    }),
  };
}

/** Reads a document's text: broken JSON, a newer version and every breach of the schema come back in words with their place; nothing throws. */
export function loadDocument(text: string): LoadResult<SkipwireDocument> {
  return load(text, documents);
}

/** Reads a library block's text; the same refusals as `loadDocument`. */
export function loadBlock(text: string): LoadResult<BlockDocument> {
  return load(text, libraryBlocks);
}
