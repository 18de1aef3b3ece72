import { addNode } from '../../graph-engine/document/commands/addNode.ts';
import { insertBlock } from '../../graph-engine/document/commands/blocks.ts';
import { connect, disconnect, swapInputs } from '../../graph-engine/document/commands/connect.ts';
import { moveNodes, setEnabled, setFrozen, setMuted } from '../../graph-engine/document/commands/editNode.ts';
import { insertOnWire } from '../../graph-engine/document/commands/insertOnWire.ts';
import { removeNodes } from '../../graph-engine/document/commands/removeNodes.ts';
import { freshNodeId, reaches } from '../../graph-engine/document/graphs.ts';
import type { Endpoint, NodeId } from '../../graph-engine/document/schema.ts';
import { rememberAdded } from '../palette/favourites.ts';
import { opItems, type CatalogueItem } from '../palette/catalogue.ts';
import { currentDocument, dispatch, gesture } from '../store/documentStore.ts';
import { editedScope, shownScope } from '../store/scope.ts';
import { reveal, select, uiStore } from '../store/uiStore.ts';
import { bestOutput, canConnect, wiresAmong, type OpenWire, type Verdict } from './dropRules.ts';
import { carriedBy } from './carry.ts';
import { placeAll, removeMarks } from './marks/editMarks.ts';
import { placesOf } from './marks/frameMembers.ts';
import { portsOf } from './nodeView.ts';
import { freePlace, placeBehind, roomOnWire } from './placeNode.ts';
import type { Point } from './routeWire.ts';
import { wireEnd } from './skipWires.ts';

/** Draws a wire, or says why not. What was in the input is replaced, in one step of undo. */
export function connectWire(from: Endpoint, to: Endpoint): Verdict {
  const { scope, graph } = editedScope();
  const verdict = canConnect(graph, from, to);
  if (verdict.ok) dispatch(connect, { scope, from, to });
  return verdict;
}

/** Takes a wire from one input to another, or to another source. */
export function moveWire(old: Endpoint, from: Endpoint, to: Endpoint): Verdict {
  const { scope, graph } = editedScope();
  if (old.node === to.node && old.port === to.port) return connectWire(from, to);
  const verdict = canConnect(graph, from, to);
  if (!verdict.ok) return verdict;
  gesture('Move wire', () => {
    dispatch(disconnect, { scope, to: old });
    dispatch(connect, { scope, from, to });
  });
  return verdict;
}

/** Takes a wire off. */
export function cutWire(to: Endpoint): void {
  dispatch(disconnect, { scope: editedScope().scope, to });
}

export interface AddOptions {
  /** Top left corner of the card. */
  readonly position: Point;
  /** An open wire to complete with the new node. */
  readonly open?: OpenWire;
  /** Outputs that feed the new node's first inputs, in order. */
  readonly sources?: readonly Endpoint[];
  /** A wire the new node goes into. */
  readonly onWire?: Endpoint;
}

function baseId(item: CatalogueItem): string {
  return item.kind === 'op'
    ? (item.op.documentation.shortName ?? item.op.type)
    : item.kind === 'library'
      ? item.library.id
      : item.block;
}

/** Puts an item on the canvas, wires it as wished and selects it: one step of undo. */
export function addItem(item: CatalogueItem, { position, open, sources = [], onWire }: AddOptions): NodeId {
  const { scope, graph } = editedScope();
  const id = freshNodeId(graph, baseId(item));
  const room = onWire === undefined ? undefined : roomOnWire(graph, onWire, position);
  const place = room?.place ?? freePlace(graph, position);
  gesture(`Add ${item.title}`, () => {
    const node = { parameters: {}, inputs: {}, position: place };
    if (item.kind === 'library') dispatch(insertBlock, { scope, id, library: item.library, position: place });
    else if (item.kind === 'op') dispatch(addNode, { scope, id, node: { op: item.op.type, ...node } });
    else dispatch(addNode, { scope, id, node: { block: item.block, ...node } });
    const [input] = item.inputs;
    const [output] = item.outputs;
    if (onWire !== undefined && input !== undefined && output !== undefined) {
      dispatch(insertOnWire, { scope, to: onWire, id, input, output });
      dispatch(moveNodes, { scope, positions: room?.moved ?? {} });
    }
    sources.slice(0, item.inputs.length).forEach((from, index) => {
      const port = item.inputs[index];
      if (port !== undefined) dispatch(connect, { scope, from, to: { node: id, port } });
    });
    const end = open === undefined ? undefined : { node: open.node, port: open.port };
    if (end !== undefined && open?.side === 'output' && input !== undefined) {
      dispatch(connect, { scope, from: end, to: { node: id, port: input } });
    } else if (end !== undefined && open?.side === 'input' && output !== undefined) {
      dispatch(connect, { scope, from: { node: id, port: output }, to: end });
    }
  });
  rememberAdded(item.id);
  select([id]);
  return id;
}

/** Adds an item behind what is selected and feeds it from there; without a selection at the given place. */
export function addBehindSelection(item: CatalogueItem, otherwise: Point): NodeId {
  const { graph } = shownScope();
  const { blocks } = currentDocument();
  const selected = [...uiStore.getState().selection].filter((id) => graph.nodes[id] !== undefined);
  const place = placeBehind(graph, selected);
  if (place === undefined) return addItem(item, { position: freePlace(graph, otherwise) });
  const sources = [...selected]
    .sort((a, b) => (graph.nodes[b]?.position.x ?? 0) - (graph.nodes[a]?.position.x ?? 0))
    .flatMap((node) => {
      const port = bestOutput(graph, node, blocks);
      return port === undefined ? [] : [{ node, port }];
    });
  const id = addItem(item, { position: place, sources });
  reveal([id]);
  return id;
}

/** Deletes what is selected. With `heal`, what a deleted node fed is fed by what fed it. */
export function deleteSelection(heal: boolean): void {
  const { scope, graph } = editedScope();
  const { selection, selectedWires, selectedMarks } = uiStore.getState();
  const ids = [...selection].filter((id) => graph.nodes[id] !== undefined);
  const wires = [...selectedWires]
    .map(wireEnd)
    .filter(({ node, port }) => graph.nodes[node]?.inputs[port] !== undefined);
  if (ids.length === 0 && wires.length === 0 && selectedMarks.size === 0) return;
  gesture(ids.length === 0 && selectedMarks.size === 0 ? 'Disconnect' : 'Delete', () => {
    removeMarks(selectedMarks);
    for (const to of wires) dispatch(disconnect, { scope, to });
    if (ids.length > 0) dispatch(removeNodes, { scope, ids, heal });
  });
  select([]);
}

/** Bypasses the selected nodes; takes the bypass off when all of them have it. */
export function toggleBypass(): void {
  const { scope, graph } = editedScope();
  const ids = [...uiStore.getState().selection].filter((id) => graph.nodes[id] !== undefined);
  if (ids.length === 0) return;
  const allBypassed = ids.every((id) => graph.nodes[id]?.enabled === false);
  dispatch(setEnabled, { scope, ids, enabled: allBypassed });
}

/** Mutes the selected nodes; takes the mute off when all of them have it. */
export function toggleMute(): void {
  const { scope, graph } = editedScope();
  const ids = [...uiStore.getState().selection].filter((id) => graph.nodes[id] !== undefined);
  if (ids.length === 0) return;
  const allMuted = ids.every((id) => graph.nodes[id]?.muted === true);
  dispatch(setMuted, { scope, ids, muted: !allMuted });
}

/** Keeps the weights of the selected nodes as they are; lets them learn again when all of them are frozen. */
export function toggleFrozen(): void {
  const { scope, graph } = editedScope();
  const ids = [...uiStore.getState().selection].filter((id) => graph.nodes[id] !== undefined);
  if (ids.length === 0) return;
  const allFrozen = ids.every((id) => graph.nodes[id]?.frozen === true);
  dispatch(setFrozen, { scope, ids, frozen: !allFrozen });
}

/** Joins the selected nodes from left to right; returns how many wires were drawn. */
export function connectSelection(): number {
  const { scope, graph } = editedScope();
  const wires = wiresAmong(graph, [...uiStore.getState().selection], currentDocument().blocks);
  let drawn = 0;
  gesture('Connect', () => {
    for (const { from, to } of wires) {
      // Each wire may bar the next one.
      if (reaches(editedScope().graph, to.node, from.node)) continue;
      dispatch(connect, { scope, from, to });
      drawn += 1;
    }
  });
  return drawn;
}

/** Moves what is selected by a distance, frames with what lies in them. */
export function nudgeSelection(dx: number, dy: number): void {
  const { graph } = editedScope();
  const { selection, selectedMarks } = uiStore.getState();
  const keys = [...selection, ...selectedMarks];
  const carried = carriedBy(graph, currentDocument().blocks, keys);
  const places = placesOf(graph, [...keys, ...carried.keys()]);
  if (places.size === 0) return;
  const moved = new Map([...places].map(([key, { x, y }]) => [key, { x: x + dx, y: y + dy }]));
  gesture('Move', () => placeAll(moved));
}

/** Exchanges the first two inputs of each selected node. */
export function swapSelectedInputs(): number {
  const { scope, graph } = editedScope();
  const { blocks } = currentDocument();
  let swapped = 0;
  gesture('Swap inputs', () => {
    for (const id of uiStore.getState().selection) {
      const node = graph.nodes[id];
      const [first, second] = node === undefined ? [] : portsOf(node, blocks).inputs;
      if (first === undefined || second === undefined) continue;
      dispatch(swapInputs, { scope, id, first, second });
      swapped += 1;
    }
  });
  return swapped;
}

/** Adds an op of that type behind nodes and feeds it from them, in their order. */
export function mergeNodes(type: string, ids: readonly NodeId[]): NodeId | undefined {
  const { scope, graph } = shownScope();
  const { blocks } = currentDocument();
  const item = opItems(scope).find((one) => one.id === type);
  const place = placeBehind(graph, ids);
  const sources = ids.flatMap((node) => {
    const port = bestOutput(graph, node, blocks);
    return port === undefined ? [] : [{ node, port }];
  });
  if (item === undefined || place === undefined || sources.length < 2) return undefined;
  const id = addItem(item, { position: place, sources });
  reveal([id]);
  return id;
}

/** Puts a node that stands alone into a wire, where it was dropped. */
export function dropOnWire(id: NodeId, to: Endpoint, ports: { readonly input: string; readonly output: string }): void {
  const { scope, graph } = editedScope();
  const source = graph.nodes[to.node]?.inputs[to.port];
  if (source === undefined || source.node === id || to.node === id) return;
  const { place, moved } = roomOnWire(graph, to, graph.nodes[id]?.position ?? { x: 0, y: 0 });
  gesture('Insert on wire', () => {
    dispatch(insertOnWire, { scope, to, id, ...ports });
    dispatch(moveNodes, { scope, positions: { ...moved, [id]: place } });
  });
}
