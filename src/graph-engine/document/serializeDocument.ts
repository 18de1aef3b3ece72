import type { BlockDocument, SkipwireDocument } from './schema.ts';

/** Keys in the order a reader wants them; keys not listed follow, sorted. Records keyed by id are sorted naturally. */
const KEY_ORDER = [
  'format',
  'id',
  'name',
  'title',
  'text',
  'colour',
  'op',
  'block',
  'repeat',
  'enabled',
  'description',
  'source',
  'note',
  'kind',
  'default',
  'minimum',
  'maximum',
  'choices',
  'parameters',
  'inputs',
  'node',
  'port',
  'via',
  'path',
  'position',
  'centre',
  'x',
  'y',
  'size',
  'width',
  'height',
  'zoom',
  'training',
  'graph',
  'nodes',
  'frames',
  'notes',
  'blocks',
  'bookmarks',
];
const LINE_WIDTH = 100;
const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'variant' });

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Records whose keys are ids or parameter names rather than fields of the schema. */
const RECORD_FIELDS: ReadonlySet<string> = new Set(['nodes', 'frames', 'notes', 'blocks', 'inputs']);

function orderedEntries(value: { readonly [key: string]: Json | undefined }, field: string): [string, Json][] {
  const isRecord = RECORD_FIELDS.has(field) || (field === 'parameters' && !Array.isArray(value));
  const rank = (key: string): number => {
    const index = isRecord ? -1 : KEY_ORDER.indexOf(key);
    return index === -1 ? KEY_ORDER.length : index;
  };
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) if (item !== undefined) entries.push([key, item]);
  return entries.sort(([a], [b]) => rank(a) - rank(b) || natural.compare(a, b) || (a < b ? -1 : 1));
}

function inline(value: Json, field: string): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => inline(item, '')).join(', ')}]`;
  const entries = orderedEntries(value as { readonly [key: string]: Json }, field);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${inline(item, key)}`).join(', ')} }`;
}

function write(value: Json, field: string, indent: string, offset: number): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const oneLine = inline(value, field);
  // Graphs keep one node a line or more, so that a change of one node is a change of its own lines.
  if (field !== 'nodes' && field !== 'graph' && indent.length + offset + oneLine.length <= LINE_WIDTH) return oneLine;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item: Json) => `${deeper}${write(item, '', deeper, 0)}`).join(',\n')}\n${indent}]`;
  }
  const entries = orderedEntries(value as { readonly [key: string]: Json }, field);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => {
    const label = `${JSON.stringify(key)}: `;
    return `${deeper}${label}${write(item, key, deeper, label.length)}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/** The one way a document is written: canonical key order, short values on one line, a newline at the end; equal documents give equal bytes. */
export function serializeDocument(document: SkipwireDocument | BlockDocument): string {
  return `${write(document, '', '', 0)}\n`;
}
