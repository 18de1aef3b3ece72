import type { BlockDefinition, BlockId, SkipwireDocument } from '../document/schema.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import { flattenSettings } from './compareSettings.ts';
import { compareField, diffDefinitions, diffGraphs, showValue } from './diffGraphs.ts';
import type { BlockChange, DocumentDiff, FieldChange, GraphDiff } from './documentDiff.ts';

type NamedBlock = readonly [BlockId, BlockDefinition];

function blocksOf(document: SkipwireDocument): readonly NamedBlock[] {
  return Object.entries(document.blocks) as [BlockId, BlockDefinition][];
}

/** Which block of the later document each of the earlier one became: by id, then by name. */
function matchBlocks(before: SkipwireDocument, after: SkipwireDocument): ReadonlyMap<BlockId, BlockId> {
  const match = new Map<BlockId, BlockId>();
  for (const [id] of blocksOf(before)) if (after.blocks[id] !== undefined) match.set(id, id);
  const free = blocksOf(after).filter(([id]) => before.blocks[id] === undefined);
  for (const [id, { name }] of blocksOf(before)) {
    if (match.has(id)) continue;
    const place = free.findIndex(([, definition]) => definition.name === name);
    const [found] = place === -1 ? [] : free.splice(place, 1);
    if (found !== undefined) match.set(id, found[0]);
  }
  return match;
}

/** A copy in which blocks have the ids of the later document, so that a renamed id is no change of every use. */
function withBlockIds(document: SkipwireDocument, match: ReadonlyMap<BlockId, BlockId>): SkipwireDocument {
  if ([...match].every(([a, b]) => a === b)) return document;
  const rename = (graph: SkipwireDocument['graph']): SkipwireDocument['graph'] => ({
    ...graph,
    nodes: Object.fromEntries(
      Object.entries(graph.nodes).map(([id, node]) => [
        id,
        'block' in node ? { ...node, block: match.get(node.block) ?? node.block } : node,
      ]),
    ),
  });
  const blocks = blocksOf(document).map(([id, definition]) => [
    match.get(id) ?? id,
    { ...definition, graph: rename(definition.graph) },
  ]);
  return {
    ...document,
    graph: rename(document.graph),
    blocks: Object.fromEntries(blocks) as SkipwireDocument['blocks'],
  };
}

function documentFields(before: SkipwireDocument, after: SkipwireDocument): FieldChange[] {
  const fields: FieldChange[] = [];
  compareField(fields, 'name', before.name, after.name);
  compareField(fields, 'description', showValue(before.description), showValue(after.description));
  const [old, now] = [flattenSettings(before.training), flattenSettings(after.training)];
  for (const field of new Set([...old.keys(), ...now.keys()]))
    compareField(fields, `training ${field}`, old.get(field), now.get(field));
  return fields;
}

/** What differs between two documents: nodes added, removed, changed (with their parameters) and moved, in every graph. */
export function diffDocuments(earlier: SkipwireDocument, after: SkipwireDocument): DocumentDiff {
  const match = matchBlocks(earlier, after);
  const before = withBlockIds(earlier, match);
  const oldIds = new Map([...match].map(([a, b]) => [b, a]));
  const graphs: GraphDiff[] = [];
  const root = diffGraphs(before.graph, after.graph, before.blocks, after.blocks);
  if (root.nodes.length + root.marks.length > 0)
    graphs.push({ scope: null, scopeBefore: null, block: null, fields: [], ...root });
  const blocks: BlockChange[] = [];
  for (const [id, definition] of blocksOf(after)) {
    const old = before.blocks[id];
    if (old === undefined) {
      blocks.push({ kind: 'added', id, name: definition.name });
      continue;
    }
    const diff = diffDefinitions([old, oldIds.get(id) ?? id], [definition, id], before.blocks, after.blocks);
    if (diff !== undefined) graphs.push(diff);
  }
  for (const [id, { name }] of blocksOf(before))
    if (after.blocks[id] === undefined) blocks.push({ kind: 'removed', id, name });
  const [a, b] = [inferDocument(earlier).totals, inferDocument(after).totals];
  return {
    fields: documentFields(before, after),
    blocks,
    graphs,
    costs: { parameters: [a.parameters, b.parameters], macs: [a.macs, b.macs] },
  };
}
