import { z } from 'zod';
import type { SettingMeta } from './settingMeta.ts';
import { BLOCK_FORMAT, BlockDocument, DOCUMENT_FORMAT, FORMAT_VERSION, SkipwireDocument } from './schema.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The format of documents, and of library blocks, as JSON Schema (draft 2020-12): what a file may hold, with fields that have
 * defaults left out or not. It cannot say everything: reserved words, wiring and shapes are checked by `loadDocument` and
 * inference.
 */
export function formatSchemas(): Readonly<Record<'document' | 'block', JsonSchema>> {
  return {
    document: schemaOf(SkipwireDocument, DOCUMENT_FORMAT, 'A network drawn in Skipwire'),
    block: schemaOf(BlockDocument, BLOCK_FORMAT, 'A block of a Skipwire library, with the blocks it uses'),
  };
}

/** What fields say to forms and not to readers of files. */
const FORM_KEYWORDS = ['group', 'standard', 'names', 'keywords'] satisfies (keyof SettingMeta)[];

function schemaOf(type: z.ZodType, format: string, title: string): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(type, {
    target: 'draft-2020-12',
    io: 'input',
    override({ jsonSchema }) {
      for (const keyword of FORM_KEYWORDS) Reflect.deleteProperty(jsonSchema, keyword);
    },
  });
  return { $schema, $id: `urn:${format.replace('/', ':')}:${FORMAT_VERSION}`, title, ...schema };
}
