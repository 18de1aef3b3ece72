import { isDraft, original } from 'immer';
import { defineCommand } from './command.ts';
import { graphOf, nodeOf, type Scope } from '../graphs.ts';
import type { NodeId, ParameterValue } from '../schema.ts';

/** Sets a parameter to a literal or an expression; `undefined` takes it back to the default. */
export const setParameter = defineCommand<{
  scope: Scope;
  id: NodeId;
  parameter: string;
  value: ParameterValue | undefined;
}>({
  name: 'setParameter',
  label: 'Change parameter',
  run(document, { scope, id, parameter, value }) {
    const { parameters } = nodeOf(graphOf(document, scope), id);
    if (value === undefined) delete parameters[parameter];
    else if (JSON.stringify(parameters[parameter]) !== JSON.stringify(value)) parameters[parameter] = value;
  },
});

/** Sets one parameter of several nodes alike. */
export const setParameterOfNodes = defineCommand<{
  scope: Scope;
  ids: readonly NodeId[];
  parameter: string;
  value: ParameterValue;
}>({
  name: 'setParameterOfNodes',
  label: 'Change parameter',
  run(document, { scope, ids, parameter, value }) {
    const graph = graphOf(document, scope);
    for (const id of ids) nodeOf(graph, id).parameters[parameter] = value;
  },
});

/** Sets several parameters of one node in one step. */
export const setParameters = defineCommand<{
  scope: Scope;
  id: NodeId;
  parameters: Readonly<Record<string, ParameterValue>>;
}>({
  name: 'setParameters',
  label: 'Change parameters',
  run(document, { scope, id, parameters }) {
    Object.assign(nodeOf(graphOf(document, scope), id).parameters, parameters);
  },
});

/** Gives a node a name; empty text takes it back to the id. */
export const renameNode = defineCommand<{ scope: Scope; id: NodeId; name: string }>({
  name: 'renameNode',
  label: 'Rename',
  run(document, { scope, id, name }) {
    const node = nodeOf(graphOf(document, scope), id);
    const trimmed = name.trim();
    if (trimmed === '' || trimmed === id) delete node.name;
    else node.name = trimmed;
  },
});

/** Bypasses nodes (`false`), takes the bypass off (`true`), or sets the expression that decides. Takes a mute off. */
export const setEnabled = defineCommand<{ scope: Scope; ids: readonly NodeId[]; enabled: boolean | string }>({
  name: 'setEnabled',
  label: 'Bypass',
  run(document, { scope, ids, enabled }) {
    const graph = graphOf(document, scope);
    for (const id of ids) {
      const node = nodeOf(graph, id);
      if (enabled === true) delete node.enabled;
      else node.enabled = enabled;
      if (enabled === false && node.muted === true) delete node.muted;
    }
  },
});

/** Mutes nodes (`true`), takes the mute off (`false`), or sets the expression that decides. Takes a bypass off. */
export const setMuted = defineCommand<{ scope: Scope; ids: readonly NodeId[]; muted: boolean | string }>({
  name: 'setMuted',
  label: 'Mute',
  run(document, { scope, ids, muted }) {
    const graph = graphOf(document, scope);
    for (const id of ids) {
      const node = nodeOf(graph, id);
      if (muted === false) delete node.muted;
      else node.muted = muted;
      if (muted === true && node.enabled === false) delete node.enabled;
    }
  },
});

/** Keeps the weights of nodes as they are in training, or lets them learn again. */
export const setFrozen = defineCommand<{ scope: Scope; ids: readonly NodeId[]; frozen: boolean }>({
  name: 'setFrozen',
  label: 'Freeze',
  run(document, { scope, ids, frozen }) {
    const graph = graphOf(document, scope);
    for (const id of ids) {
      const node = nodeOf(graph, id);
      if (frozen) node.frozen = true;
      else delete node.frozen;
    }
  },
});

/** How often a block is chained: a number or an expression. */
export const setRepeat = defineCommand<{ scope: Scope; id: NodeId; repeat: number | string }>({
  name: 'setRepeat',
  label: 'Change repeat',
  run(document, { scope, id, repeat }) {
    const node = nodeOf(graphOf(document, scope), id);
    if (!('block' in node)) throw new Error(`Only a block repeats; "${id}" is an op`);
    if (repeat === 1) delete node.repeat;
    else node.repeat = repeat;
  },
});

/** Keeps a remark with a node; empty text removes it. */
export const setNote = defineCommand<{ scope: Scope; id: NodeId; note: string }>({
  name: 'setNote',
  label: 'Edit note',
  run(document, { scope, id, note }) {
    const node = nodeOf(graphOf(document, scope), id);
    if (note === '') delete node.note;
    else node.note = note;
  },
});

/**
 * Places nodes; positions are canvas units of their top left corners. A wire between two nodes that move alike keeps its
 * shape: the points it is led through move with them.
 */
export const moveNodes = defineCommand<{
  scope: Scope;
  positions: Readonly<Record<string, { readonly x: number; readonly y: number }>>;
}>({
  name: 'moveNodes',
  label: 'Move',
  run(document, { scope, positions }) {
    const graph = graphOf(document, scope);
    // Read as it was before: a draft makes a proxy of whatever is looked at, and hundreds of nodes may move.
    const before = (isDraft(graph) && original(graph)) || graph;
    const shifts = new Map<NodeId, { readonly x: number; readonly y: number }>();
    for (const [id, { x, y }] of Object.entries(positions) as [NodeId, { x: number; y: number }][]) {
      const { position } = nodeOf(before, id);
      const shift = { x: x - position.x, y: y - position.y };
      if (shift.x === 0 && shift.y === 0) continue;
      shifts.set(id, shift);
    }
    for (const [id, shift] of shifts) {
      const node = nodeOf(before, id);
      let { inputs } = node;
      for (const [port, wire] of Object.entries(inputs)) {
        const start = shifts.get(wire.node);
        if (wire.via === undefined || start?.x !== shift.x || start.y !== shift.y) continue;
        const via = wire.via.map((point) => ({ x: point.x + shift.x, y: point.y + shift.y }));
        inputs = { ...inputs, [port]: { ...wire, via } };
      }
      const { x = 0, y = 0 } = positions[id] ?? {};
      graph.nodes[id] = { ...node, inputs, position: { x, y } };
    }
  },
});
