import { z } from 'zod';
import { BlockDocument, BlockId } from '../graph-engine/document/schema.ts';
import { call } from './call.ts';
import { WorkspacePath } from './workspacePath.ts';

const nothing = z.strictObject({});
const text = z.string().max(64_000_000);
/** Milliseconds since 1970. */
const time = z.number();

const FileIdentity = z.strictObject({ path: WorkspacePath, modified: time });
/** Names an open document; used in file names. */
const DocumentId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);

/** Unsaved work that the host keeps, without its content. */
export const JournalEntry = z.strictObject({
  id: DocumentId,
  name: z.string(),
  file: FileIdentity.nullable(),
  saved: time,
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** Names an editor: all windows of one browser, or the desktop app. Left out by programs. */
const EditorId = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/)
  .optional();

/** Work that was left behind; `isOpen` when an editor of the same name that is connected has it. */
export const LeftEntry = JournalEntry.extend({ isOpen: z.boolean() });
export type LeftEntry = z.infer<typeof LeftEntry>;

export const RecentDocument = z.strictObject({ path: WorkspacePath, opened: time });
export type RecentDocument = z.infer<typeof RecentDocument>;

export const DocumentVersion = z.strictObject({ revision: z.string(), subject: z.string(), time });
export type DocumentVersion = z.infer<typeof DocumentVersion>;

/** Requests about documents, their files and what was not saved. */
export const documentCalls = {
  /** Reads a file; it becomes a recent document unless it is only glanced at. */
  'document/read': call(
    z.strictObject({ path: WorkspacePath, glance: z.boolean().default(false) }),
    z.strictObject({ path: z.string(), text: z.string(), modified: time }),
  ),
  /** Writes atomically. With `expectedModified`, refuses to overwrite a file that changed since it was read; `null` refuses to overwrite at all. */
  'document/write': call(
    z.strictObject({ path: WorkspacePath, text, expectedModified: time.nullable().optional() }),
    z.strictObject({ path: z.string(), modified: time }),
  ),
  /** How old files are now; `null` for one that is not there. */
  'document/check': call(
    z.strictObject({ paths: z.array(WorkspacePath).max(500) }),
    z.strictObject({ files: z.array(z.strictObject({ path: z.string(), modified: time.nullable() })) }),
  ),
  /** Files opened or saved lately that are still there, the last one first. */
  'document/recent': call(nothing, z.strictObject({ documents: z.array(RecentDocument) })),
  /** The commits of a git repository in which a file changed, the last one first. */
  'document/versions': call(
    z.strictObject({ path: WorkspacePath }),
    z.strictObject({ versions: z.array(DocumentVersion) }),
  ),
  /** A file as it was in a commit. */
  'document/version': call(
    z.strictObject({ path: WorkspacePath, revision: z.string().regex(/^[0-9a-f]{4,64}$/) }),
    z.strictObject({ text: z.string() }),
  ),
  'journal/write': call(
    z.strictObject({
      id: DocumentId,
      name: z.string().max(200),
      file: FileIdentity.nullable(),
      text,
      editor: EditorId,
    }),
    nothing,
  ),
  'journal/remove': call(z.strictObject({ id: DocumentId }), nothing),
  /**
   * What was left behind, for one editor: not what another one has open, or had until a moment ago and may come back to. `again`:
   * milliseconds until it is worth asking once more, where something may become free.
   */
  'journal/list': call(
    z.strictObject({ editor: EditorId }),
    z.strictObject({ entries: z.array(LeftEntry), again: z.number().nullable() }),
  ),
  'journal/read': call(z.strictObject({ id: DocumentId }), JournalEntry.extend({ text: z.string() })),
} as const;

/** A block of the user's own library, and how it looks. */
export const LibraryBlock = z.strictObject({ document: BlockDocument, picture: z.string().nullable() });
export type LibraryBlock = z.infer<typeof LibraryBlock>;

/** Requests about the blocks a user has published for use in other networks. */
export const libraryCalls = {
  /** Files that are no blocks are named in `unreadable`, with the reason. */
  'library/list': call(
    nothing,
    z.strictObject({
      blocks: z.array(LibraryBlock),
      unreadable: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
    }),
  ),
  /** Publishes a block with its picture (SVG); refuses to replace one unless `replace` says so. */
  'library/write': call(
    z.strictObject({
      document: BlockDocument,
      picture: z.string().max(4_000_000).nullable(),
      replace: z.boolean().default(false),
    }),
    z.strictObject({ path: z.string() }),
  ),
  'library/remove': call(z.strictObject({ id: BlockId }), nothing),
} as const;
