import type { Graph, SkipwireDocument } from './schema.ts';
import { nodesOf } from './graphs.ts';

const known = new WeakMap<SkipwireDocument, string>();

/** A graph without what does not touch its weights: places, ways of wires, frames and notes; keys sorted. */
function essence(graph: Graph): unknown {
  return [...nodesOf(graph)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { position: _position, note: _note, frozen: _frozen, inputs, ...node }]) => [
      id,
      sorted(node),
      Object.entries(inputs)
        .map(([input, { node: from, port }]) => [input, from, port])
        .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    ]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)]);
}

/** FNV-1a of UTF-16 units from two starting points, as 16 hexadecimal digits. */
function hash(text: string): string {
  let [low, high] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x01000193) ^ (low >>> 13);
  }
  return [low, high].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/**
 * Text that is equal for documents that describe the same network, whatever they are called, wherever their nodes lie and
 * however they are trained: weights of one fit the other. Not a defence against forgery.
 */
export function networkFingerprint(document: SkipwireDocument): string {
  let fingerprint = known.get(document);
  if (fingerprint === undefined) {
    const blocks = Object.entries(document.blocks)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { parameters, graph }]) => [id, sorted(parameters), essence(graph)]);
    fingerprint = hash(JSON.stringify([essence(document.graph), blocks]));
    known.set(document, fingerprint);
  }
  return fingerprint;
}
