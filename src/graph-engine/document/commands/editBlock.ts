import { meaningOf, namesIn, rewriteValue, type Meaning } from '../../expressions/rewriteExpression.ts';
import { graphOf, nodeOf, nodesOf, type Scope } from '../graphs.ts';
import {
  BlockId,
  type BlockDefinition,
  type BlockParameter,
  type Graph,
  type GraphNode,
  type NodeId,
  type ParameterValue,
  type SkipwireDocument,
} from '../schema.ts';
import { defineCommand } from './command.ts';

/** The definition of a block; throws when it does not exist, which is a bug of the caller. */
export function definitionOf(document: SkipwireDocument, block: BlockId): BlockDefinition {
  const definition = document.blocks[block];
  if (definition === undefined) throw new Error(`There is no block "${block}" in the document`);
  return definition;
}

/** A free block id such as `my-block-2` for a name. */
export function freshBlockId(document: SkipwireDocument, name: string): BlockId {
  const stem =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 48) || 'block';
  for (let number = 1; ; number++) {
    const id = BlockId.parse(number === 1 ? stem : `${stem}-${number}`);
    if (!Object.hasOwn(document.blocks, id)) return id;
  }
}

function graphsOf(document: SkipwireDocument): readonly Graph[] {
  return [document.graph, ...Object.values(document.blocks).map(({ graph }) => graph)];
}

/** The nodes that use a block, wherever they are. */
export function usesOfBlock(document: SkipwireDocument, block: BlockId): readonly GraphNode[] {
  return graphsOf(document).flatMap((graph) =>
    nodesOf(graph).flatMap(([, node]) => ('block' in node && node.block === block ? [node] : [])),
  );
}

/** Gives a node a definition of its own, which can be edited without changing other uses of the block. */
export const makeUnique = defineCommand<{ scope: Scope; id: NodeId; block: BlockId; name: string }>({
  name: 'makeUnique',
  label: 'Make unique',
  run(document, { scope, id, block, name }) {
    const node = nodeOf(graphOf(document, scope), id);
    if (!('block' in node)) throw new Error(`"${id}" is no block`);
    if (document.blocks[block] !== undefined) throw new Error(`The block "${block}" exists`);
    // A part of a draft in two places would be one thing, so it is copied as plain data.
    const copy = JSON.parse(JSON.stringify(definitionOf(document, node.block))) as BlockDefinition;
    document.blocks[block] = { ...copy, name };
    node.block = block;
  },
});

/** Changes a block's name or description; an empty description takes it away. */
export const describeBlock = defineCommand<{ block: BlockId; name?: string; description?: string }>({
  name: 'describeBlock',
  label: 'Edit block',
  run(document, { block, name, description }) {
    const definition = definitionOf(document, block);
    if (name !== undefined) definition.name = name;
    if (description === '') delete definition.description;
    else if (description !== undefined) definition.description = description;
  },
});

/** Declares a parameter of a block, or changes one that is declared. */
export const declareParameter = defineCommand<{ block: BlockId; parameter: BlockParameter }>({
  name: 'declareParameter',
  label: 'Declare parameter',
  run(document, { block, parameter }) {
    const { parameters } = definitionOf(document, block);
    const place = parameters.findIndex(({ name }) => name === parameter.name);
    if (place === -1) parameters.push(parameter);
    else if (JSON.stringify(parameters[place]) !== JSON.stringify(parameter)) parameters[place] = parameter;
  },
});

function mentions(value: ParameterValue, known: Readonly<Record<string, Meaning>>): boolean {
  return [...namesIn(value)].some((name) => Object.hasOwn(known, name));
}

/** Replaces names in the expressions of a node; those that do not mention them stay as they are written. */
export function rewriteNode(node: GraphNode, known: Readonly<Record<string, Meaning>>): void {
  for (const [name, value] of Object.entries(node.parameters)) {
    if (!mentions(value, known)) continue;
    const next = rewriteValue(value, known);
    if (JSON.stringify(next) !== JSON.stringify(value)) node.parameters[name] = next;
  }
  if (typeof node.enabled === 'string' && mentions(node.enabled, known)) {
    const enabled = rewriteValue(node.enabled, known);
    if (enabled === true) delete node.enabled;
    else if (typeof enabled === 'boolean' || typeof enabled === 'string') node.enabled = enabled;
  }
  if (typeof node.muted === 'string' && mentions(node.muted, known)) {
    const muted = rewriteValue(node.muted, known);
    if (muted === false) delete node.muted;
    else if (typeof muted === 'boolean' || typeof muted === 'string') node.muted = muted;
  }
  if ('block' in node && typeof node.repeat === 'string' && mentions(node.repeat, known)) {
    const repeat = rewriteValue(node.repeat, known);
    if (typeof repeat === 'number' || typeof repeat === 'string') node.repeat = repeat;
  }
}

/** Takes a declared parameter away: inside the block its default stands in its place, and no use sets it any more. */
export const removeParameter = defineCommand<{ block: BlockId; name: string }>({
  name: 'removeParameter',
  label: 'Remove parameter',
  run(document, { block, name }) {
    const definition = definitionOf(document, block);
    const parameter = definition.parameters.find((one) => one.name === name);
    if (parameter === undefined) throw new Error(`"${block}" declares no parameter "${name}"`);
    const known = { [name]: meaningOf(parameter.default) };
    for (const [, node] of nodesOf(definition.graph)) rewriteNode(node, known);
    definition.parameters = definition.parameters.filter((one) => one.name !== name);
    for (const graph of graphsOf(document))
      for (const [, node] of nodesOf(graph))
        if ('block' in node && node.block === block && name in node.parameters) delete node.parameters[name];
  },
});

/** Makes a parameter of a node inside a block one of the block's own; its value there becomes the default. */
export const promoteParameter = defineCommand<{
  block: BlockId;
  id: NodeId;
  parameter: string;
  /** What the block declares; an equal one that is declared already is shared. */
  declaration: BlockParameter;
  /** Whether the node takes a list of that value, as a kernel or a stride does, and of how many. */
  list?: number;
}>({
  name: 'promoteParameter',
  label: 'Promote parameter',
  run(document, { block, id, parameter, declaration, list }) {
    const definition = definitionOf(document, block);
    const node = nodeOf(definition.graph, id);
    if (!definition.parameters.some(({ name }) => name === declaration.name)) definition.parameters.push(declaration);
    const value = `= ${declaration.name}`;
    const next: ParameterValue = list === undefined ? value : Array.from({ length: list }, () => value);
    if (JSON.stringify(node.parameters[parameter]) !== JSON.stringify(next)) node.parameters[parameter] = next;
  },
});

/** Takes a definition out of the document. That nothing uses it is for the caller to make sure. */
export const removeBlock = defineCommand<{ block: BlockId }>({
  name: 'removeBlock',
  label: 'Remove block',
  run(document, { block }) {
    if (usesOfBlock(document, block).length > 0) throw new Error(`The block "${block}" is in use`);
    delete document.blocks[block];
  },
});
