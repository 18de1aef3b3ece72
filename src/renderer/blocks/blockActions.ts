import {
  freshBlockId,
  makeUnique,
  promoteParameter,
  usesOfBlock,
} from '../../graph-engine/document/commands/editBlock.ts';
import { setRepeat } from '../../graph-engine/document/commands/editNode.ts';
import { groupNodes, whyNotGrouped } from '../../graph-engine/document/commands/groupNodes.ts';
import { unpackBlock, whyNotUnpacked } from '../../graph-engine/document/commands/unpackBlock.ts';
import { freshNodeId, nodeOf } from '../../graph-engine/document/graphs.ts';
import type { BlockParameter, NodeId, ParameterValue } from '../../graph-engine/document/schema.ts';
import { opNamed } from '../../graph-engine/ops/index.ts';
import { showFileDialog } from '../files/fileDialog.ts';
import type { FormField } from '../inspector/formFields.ts';
import { currentDocument, dispatch } from '../store/documentStore.ts';
import { editedScope } from '../store/scope.ts';
import { select, uiStore } from '../store/uiStore.ts';
import { showToast } from '../ui/Toast.tsx';

function isEnd(type: string): boolean {
  const family = opNamed(type)?.family;
  return family === 'input' || family === 'output';
}

function selectedIds(): readonly NodeId[] {
  const { graph } = editedScope();
  return [...uiStore.getState().selection].filter((id) => graph.nodes[id] !== undefined);
}

/** Makes a block of the selected nodes and selects the node that uses it; says why when that cannot be. */
export function groupSelection(): void {
  const { scope, graph } = editedScope();
  const document = currentDocument();
  const ids = selectedIds();
  const reason = whyNotGrouped(document, scope, ids, isEnd);
  if (reason !== undefined) {
    showToast({ tone: 'danger', title: 'No block was made', description: reason });
    return;
  }
  const block = freshBlockId(document, 'block');
  const id = freshNodeId(graph, 'block');
  dispatch(groupNodes, { scope, ids, id, block, name: block === 'block' ? 'Block' : `Block ${block.slice(6)}` });
  select([id]);
}

/** Puts what is in a block in its place and selects it; says why when that cannot be. */
export function unpack(id: NodeId): void {
  const { scope, graph } = editedScope();
  const node = nodeOf(graph, id);
  if (!('block' in node)) return;
  const reason = whyNotUnpacked(currentDocument(), node);
  if (reason !== undefined) {
    showToast({ tone: 'danger', title: 'Not unpacked', description: reason });
    return;
  }
  const before = new Set(Object.keys(graph.nodes));
  dispatch(unpackBlock, { scope, id });
  select((Object.keys(editedScope().graph.nodes) as NodeId[]).filter((one) => !before.has(one)));
}

/** Unpacks the selected blocks. */
export function unpackSelection(): void {
  const { graph } = editedScope();
  const blocks = selectedIds().filter((id) => 'block' in nodeOf(graph, id));
  if (blocks.length === 0) showToast({ title: 'Nothing to unpack', description: 'Select a block first.' });
  for (const id of blocks) unpack(id);
}

/** Makes the selected blocks unique that are used elsewhere too. */
export function separateSelection(): void {
  const shared = selectedIds().filter((id) => usesBeside(id) > 1);
  if (shared.length === 0)
    showToast({ title: 'Nothing to make unique', description: 'Select a block that is shared.' });
  for (const id of shared) separate(id);
}

/** Asks how the selected block is to be published. */
export function publishSelection(): void {
  const { graph } = editedScope();
  const node = selectedIds()
    .map((id) => nodeOf(graph, id))
    .find((one) => 'block' in one);
  if (node !== undefined && 'block' in node) showFileDialog({ kind: 'publish', block: node.block });
  else showToast({ title: 'Nothing to publish', description: 'Select a block first.' });
}

/** How many nodes of the document use the same block as a node. */
export function usesBeside(id: NodeId): number {
  const { graph } = editedScope();
  const node = graph.nodes[id];
  return node !== undefined && 'block' in node ? usesOfBlock(currentDocument(), node.block).length : 0;
}

/** Gives a node a copy of its block, which can be edited without changing the other uses. */
export function separate(id: NodeId): void {
  const { scope, graph } = editedScope();
  const node = nodeOf(graph, id);
  if (!('block' in node)) return;
  const document = currentDocument();
  const name = document.blocks[node.block]?.name ?? node.block;
  const block = freshBlockId(document, node.block);
  dispatch(makeUnique, { scope, id, block, name: `${name} ${block.replace(/^.*-(?=\d+$)/, '')}`.slice(0, 64) });
}

/** What a block would declare for a parameter of a node inside it; nothing where one value cannot stand for it. */
function declarationFor(
  field: FormField,
  value: ParameterValue,
): { readonly declaration: BlockParameter; readonly list?: number } | undefined {
  const single = Array.isArray(value) ? value[0] : value;
  if (single === undefined || (typeof single === 'string' && single.startsWith('='))) return undefined;
  if (Array.isArray(value) && value.some((item) => item !== single)) return undefined;
  const list = Array.isArray(value) ? { list: value.length } : {};
  const common = { name: field.name, default: single, ...(field.help !== '' && { description: field.help }) };
  if (typeof single === 'boolean') return { declaration: { ...common, kind: 'boolean' }, ...list };
  if (typeof single === 'number') {
    const kind = Number.isInteger(single) && !/rate|epsilon|momentum|scale/i.test(field.name) ? 'integer' : 'number';
    return { declaration: { ...common, kind }, ...list };
  }
  return field.kind === 'choice'
    ? { declaration: { ...common, kind: 'choice', choices: field.choices.map(String) }, ...list }
    : undefined;
}

/** Makes a parameter of a node one of the block it is in: set from outside from now on. */
export function promote(id: NodeId, field: FormField, given: ParameterValue | undefined): void {
  const { scope } = editedScope();
  const value = given ?? (field.initial as ParameterValue | undefined);
  const promoted = value === undefined ? undefined : declarationFor(field, value);
  if (scope === null || promoted === undefined) {
    showToast({
      title: `“${field.label}” stays inside`,
      description: 'One value of the block cannot stand for it. Write an expression instead.',
    });
    return;
  }
  dispatch(promoteParameter, { block: scope, id, parameter: field.name, ...promoted });
}

/** Sets how often a block is chained. */
export function setDepth(id: NodeId, repeat: number): void {
  dispatch(setRepeat, { scope: editedScope().scope, id, repeat });
}
