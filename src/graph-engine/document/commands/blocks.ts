import { sameContent } from '../sameContent.ts';
import { defineCommand } from './command.ts';
import { graphOf, type Scope } from '../graphs.ts';
import { BlockId, type BlockDefinition, type BlockDocument, type NodeId, type SkipwireDocument } from '../schema.ts';

/** A definition with its references to other blocks renamed. */
function withReferences(definition: BlockDefinition, renamed: ReadonlyMap<string, BlockId>): BlockDefinition {
  const nodes: BlockDefinition['graph']['nodes'] = {};
  for (const [id, node] of Object.entries(definition.graph.nodes)) {
    const target = 'block' in node ? renamed.get(node.block) : undefined;
    nodes[id as NodeId] = 'block' in node && target !== undefined ? { ...node, block: target } : node;
  }
  return { ...definition, graph: { ...definition.graph, nodes } };
}

/**
 * Copies definitions into the document and returns where each came to lie. An equal definition is shared; a different one
 * under the same id gets a numbered id, so that what is in the document never changes behind the user's back.
 */
function adopt(
  document: SkipwireDocument,
  definitions: Readonly<Record<string, BlockDefinition>>,
): Map<string, BlockId> {
  const renamed = new Map<string, BlockId>();
  for (const id of Object.keys(definitions)) {
    let target = BlockId.parse(id);
    for (let number = 2; ; number++) {
      const present = document.blocks[target];
      const wanted = definitions[id];
      if (present === undefined || sameContent(present, wanted)) break;
      target = BlockId.parse(`${id}-${number}`);
    }
    renamed.set(id, target);
  }
  for (const [id, definition] of Object.entries(definitions)) {
    const target = renamed.get(id);
    if (target !== undefined && document.blocks[target] === undefined)
      document.blocks[target] = withReferences(definition, renamed);
  }
  return renamed;
}

/** Adds a node that uses a library block, copying the block and what it uses into the document. */
export const insertBlock = defineCommand<{
  scope: Scope;
  id: NodeId;
  library: BlockDocument;
  position: { readonly x: number; readonly y: number };
}>({
  name: 'insertBlock',
  label: 'Add block',
  run(document, { scope, id, library, position }) {
    const graph = graphOf(document, scope);
    if (Object.hasOwn(graph.nodes, id)) throw new Error(`The id "${id}" is taken`);
    const renamed = adopt(document, { ...library.blocks, [library.id]: library.block });
    graph.nodes[id] = {
      block: renamed.get(library.id) ?? library.id,
      parameters: {},
      inputs: {},
      position: { ...position },
    };
  },
});

/** Copies block definitions into the document, as pasting from another document needs. */
export const adoptBlocks = defineCommand<{ blocks: Readonly<Record<string, BlockDefinition>> }>({
  name: 'adoptBlocks',
  label: 'Add blocks',
  run(document, { blocks }) {
    adopt(document, blocks);
  },
});
