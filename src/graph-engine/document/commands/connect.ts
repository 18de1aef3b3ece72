import { defineCommand } from './command.ts';
import { graphOf, nodeOf, reaches, type Scope } from '../graphs.ts';
import type { Endpoint } from '../schema.ts';

/** Connects an output to an input port, replacing the wire that is there. Closing a cycle is the caller's bug: ask `reaches` first. */
export const connect = defineCommand<{ scope: Scope; from: Endpoint; to: Endpoint }>({
  name: 'connect',
  label: 'Connect',
  run(document, { scope, from, to }) {
    const graph = graphOf(document, scope);
    nodeOf(graph, from.node);
    if (reaches(graph, to.node, from.node))
      throw new Error(`A wire from "${from.node}" to "${to.node}" would close a cycle`);
    nodeOf(graph, to.node).inputs[to.port] = { node: from.node, port: from.port };
  },
});

/** Takes the wire off an input port. */
export const disconnect = defineCommand<{ scope: Scope; to: Endpoint }>({
  name: 'disconnect',
  label: 'Disconnect',
  run(document, { scope, to }) {
    delete nodeOf(graphOf(document, scope), to.node).inputs[to.port];
  },
});

/** Exchanges the wires of two input ports of a node. */
export const swapInputs = defineCommand<{ scope: Scope; id: Endpoint['node']; first: string; second: string }>({
  name: 'swapInputs',
  label: 'Swap inputs',
  run(document, { scope, id, first, second }) {
    const { inputs } = nodeOf(graphOf(document, scope), id);
    const [a, b] = [inputs[first], inputs[second]];
    if (b === undefined) delete inputs[first];
    else inputs[first] = { ...b };
    if (a === undefined) delete inputs[second];
    else inputs[second] = { ...a };
  },
});
