import { isFunctionName } from '../../expressions/expression.ts';
import { nodesOf } from '../graphs.ts';
import type { BlockDefinition, BlockId, BlockParameter } from '../schema.ts';
import { defineCommand } from './command.ts';
import { definitionOf, rewriteNode, usesOfBlock } from './editBlock.ts';

/** Names that expressions have a meaning for already. */
const TAKEN: ReadonlySet<string> = new Set(['index', 'repeat', 'true', 'false']);

/** Why a parameter of a block cannot be called so, in words; nothing when it can. */
export function whyNotNamed(definition: BlockDefinition, name: string, before?: string): string | undefined {
  if (!/^[A-Za-z]\w{0,63}$/.test(name)) return 'A name starts with a letter and holds letters, digits and “_”.';
  if (TAKEN.has(name) || isFunctionName(name)) return `“${name}” means something in expressions already.`;
  if (name !== before && definition.parameters.some((one) => one.name === name))
    return `The block declares “${name}” already.`;
  return undefined;
}

/** Why a declaration contradicts itself, in words; nothing when it does not. */
export function whyNotDeclared(parameter: BlockParameter): string | undefined {
  const { kind, default: value, minimum = -Infinity, maximum = Infinity, choices = [] } = parameter;
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'The default must be yes or no.';
    case 'choice':
      if (choices.length === 0) return 'A choice needs at least one value to choose.';
      if (new Set(choices).size < choices.length) return 'Each value to choose is listed once.';
      return choices.includes(String(value)) ? undefined : `The default must be one of ${choices.join(', ')}.`;
    case 'integer':
    case 'number':
      if (typeof value !== 'number') return 'The default must be a number.';
      if (kind === 'integer' && !Number.isInteger(value)) return 'The default must be a whole number.';
      if (minimum > maximum) return 'The minimum is larger than the maximum.';
      return value < minimum || value > maximum ? 'The default lies outside the limits.' : undefined;
  }
}

/** Calls a declared parameter something else, in the block's expressions and wherever the block is used. */
export const renameParameter = defineCommand<{ block: BlockId; from: string; to: string }>({
  name: 'renameParameter',
  label: 'Rename parameter',
  run(document, { block, from, to }) {
    const definition = definitionOf(document, block);
    const parameter = definition.parameters.find((one) => one.name === from);
    if (parameter === undefined) throw new Error(`"${block}" declares no parameter "${from}"`);
    if (from === to) return;
    const reason = whyNotNamed(definition, to, from);
    if (reason !== undefined) throw new Error(reason);
    parameter.name = to;
    for (const [, node] of nodesOf(definition.graph)) rewriteNode(node, { [from]: { expression: to } });
    for (const node of usesOfBlock(document, block)) {
      const value = node.parameters[from];
      if (value === undefined) continue;
      delete node.parameters[from];
      node.parameters[to] = value;
    }
  },
});

/** Lists a declared parameter at another place: the form and the card follow that order. */
export const moveParameter = defineCommand<{ block: BlockId; name: string; place: number }>({
  name: 'moveParameter',
  label: 'Reorder parameters',
  run(document, { block, name, place }) {
    const { parameters } = definitionOf(document, block);
    const now = parameters.findIndex((one) => one.name === name);
    if (now === -1) throw new Error(`"${block}" declares no parameter "${name}"`);
    const target = Math.min(Math.max(0, place), parameters.length - 1);
    if (target === now) return;
    const [parameter] = parameters.splice(now, 1);
    if (parameter !== undefined) parameters.splice(target, 0, parameter);
  },
});
