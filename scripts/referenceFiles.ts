import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadBlock, loadDocument, type LoadResult } from '../src/graph-engine/document/loadDocument.ts';
import { formatSchemas } from '../src/graph-engine/document/jsonSchema.ts';
import { writeReference } from '../src/graph-engine/reference/markdown.ts';
import { pageEntries, type Library } from '../src/graph-engine/reference/pageEntries.ts';
import { pageOf } from '../src/graph-engine/reference/pageOf.ts';

const templates = path.join(import.meta.dirname, '../templates');
const natural = new Intl.Collator('en', { numeric: true });

function read<T>(kind: string, name: string, load: (text: string) => LoadResult<T>): T {
  const loaded = load(readFileSync(path.join(templates, kind, `${name}.json`), 'utf8'));
  if (!loaded.ok) throw new Error(`${kind}/${name}: ${loaded.error.map(({ message }) => message).join(' ')}`);
  return loaded.value;
}

function namesIn(kind: string): readonly string[] {
  return readdirSync(path.join(templates, kind))
    .map((file) => file.replace(/\.json$/, ''))
    .sort((a, b) => natural.compare(a, b));
}

/** The blocks and networks that are shipped. */
export function shippedLibrary(): Library {
  return {
    blocks: namesIn('blocks').map((name) => read('blocks', name, loadBlock)),
    networks: namesIn('networks').map((id) => {
      const { name, description = '' } = read('networks', id, loadDocument);
      return { id, name, description, load: () => read('networks', id, loadDocument) };
    }),
  };
}

/** The file format as JSON Schema, by paths below `docs/reference`. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const schemas = Object.entries(formatSchemas());
  return new Map(schemas.map(([kind, schema]) => [`${kind}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`]));
}

/** The reference as Markdown and the file format as JSON Schema, by paths below `docs/reference`. */
export function referenceFiles(): ReadonlyMap<string, string> {
  const library = shippedLibrary();
  return new Map([...writeReference(pageEntries(library), (ref) => pageOf(ref, library)), ...schemaFiles()]);
}
