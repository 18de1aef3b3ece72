import { nodesOf } from './graphs.ts';
import { orderNaturally } from './naturalOrder.ts';
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
  'muted',
  'frozen',
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
  'weights',
  'training',
  'graph',
  'nodes',
  'frames',
  'notes',
  'blocks',
  'bookmarks',
];
const RANKS: ReadonlyMap<string, number> = new Map(KEY_ORDER.map((key, rank) => [key, rank]));
const LINE_WIDTH = 100;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Records whose keys are ids or parameter names rather than fields of the schema. */
const RECORD_FIELDS: ReadonlySet<string> = new Set(['nodes', 'frames', 'notes', 'blocks', 'inputs']);

type JsonObject = { readonly [key: string]: Json | undefined };

/** Thousands of nodes have the same few lists of keys. */
const MAXIMUM_ORDERS = 2000;
const orders = new Map<string, readonly string[]>();

/** The keys of a record are sorted; fields of the schema have an order of their own, and others follow sorted. */
function inOrder(keys: readonly string[], isRecord: boolean): readonly string[] {
  if (isRecord) return orderNaturally(keys);
  const rank = (key: string): number => RANKS.get(key) ?? KEY_ORDER.length;
  return orderNaturally(keys).toSorted((a, b) => rank(a) - rank(b));
}

function orderedKeys(value: JsonObject, field: string): readonly string[] {
  const keys = Object.keys(value);
  const isRecord = RECORD_FIELDS.has(field) || field === 'parameters';
  if (keys.length > 40) return inOrder(keys, isRecord);
  const name = `${isRecord} ${keys.join()}`;
  const known = orders.get(name);
  if (known !== undefined) return known;
  const ordered = inOrder(keys, isRecord);
  if (orders.size >= MAXIMUM_ORDERS) orders.clear();
  orders.set(name, ordered);
  return ordered;
}

function orderedEntries(value: JsonObject, field: string): [string, Json][] {
  const entries: [string, Json][] = [];
  for (const key of orderedKeys(value, field)) {
    const item = value[key];
    if (item !== undefined) entries.push([key, item]);
  }
  return entries;
}

/** A value on one line; `undefined` as soon as it needs more room than there is. */
function inline(value: Json, field: string, room: number): string | undefined {
  if (value === null || typeof value !== 'object') {
    const text = JSON.stringify(value);
    return text.length <= room ? text : undefined;
  }
  const isList = Array.isArray(value);
  const items: (readonly [string, Json])[] = isList
    ? value.map((item: Json) => ['', item] as const)
    : orderedEntries(value as JsonObject, field);
  const [open, close] = isList ? ['[', ']'] : items.length === 0 ? ['{', '}'] : ['{ ', ' }'];
  let text = open;
  for (const [index, [key, item]] of items.entries()) {
    if (index > 0) text += ', ';
    if (!isList) text += `${JSON.stringify(key)}: `;
    const written = inline(item, key, room - text.length - close.length);
    if (written === undefined) return undefined;
    text += written;
  }
  text += close;
  return text.length <= room ? text : undefined;
}

/** How a node was last written, under which key and how far from the left: an edit leaves the other nodes as they are. */
const written = new WeakMap<object, { readonly key: string; readonly indent: string; readonly text: string }>();

function writeNode(node: Json, key: string, indent: string, offset: number): string {
  if (node === null || typeof node !== 'object' || !Object.isFrozen(node)) return write(node, key, indent, offset);
  const known = written.get(node);
  if (known?.key === key && known.indent === indent) return known.text;
  const text = write(node, key, indent, offset);
  written.set(node, { key, indent, text });
  return text;
}

function write(value: Json, field: string, indent: string, offset: number): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  // Graphs keep one node a line or more, so that a change of one node is a change of its own lines.
  if (field !== 'nodes' && field !== 'graph') {
    const oneLine = inline(value, field, LINE_WIDTH - indent.length - offset);
    if (oneLine !== undefined) return oneLine;
  }
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item: Json) => `${deeper}${write(item, '', deeper, 0)}`).join(',\n')}\n${indent}]`;
  }
  const entries = orderedEntries(value as JsonObject, field);
  if (entries.length === 0) return '{}';
  const writeItem = field === 'nodes' ? writeNode : write;
  const lines = entries.map(([key, item]) => {
    const label = `${JSON.stringify(key)}: `;
    return `${deeper}${label}${writeItem(item, key, deeper, label.length)}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/** How far nodes of the network itself stand from the left. */
const ROOT_INDENT = '      ';
const NODES_A_STEP = 50;

/** Writes the nodes of a frozen document ahead, some with each step: `serializeDocument` then finds them written. */
export function* prepareSerialization(document: SkipwireDocument): Generator<void> {
  for (const [index, [id, node]] of nodesOf(document.graph).entries()) {
    writeNode(node, id, ROOT_INDENT, `${JSON.stringify(id)}: `.length);
    if (index % NODES_A_STEP === NODES_A_STEP - 1) yield;
  }
}

/** The one way a document is written: canonical key order, short values on one line, a newline at the end; equal documents give equal bytes. */
export function serializeDocument(document: SkipwireDocument | BlockDocument): string {
  return `${write(document, '', '', 0)}\n`;
}
