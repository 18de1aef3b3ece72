import { defineCommand } from './command.ts';
import { graphOf, nodeOf, type Scope } from '../graphs.ts';
import type { Endpoint } from '../schema.ts';

/** Leads the wire that ends at `to` through points of the canvas; none lets it run freely. */
export const setWaypoints = defineCommand<{
  scope: Scope;
  to: Endpoint;
  via: readonly { readonly x: number; readonly y: number }[];
}>({
  name: 'setWaypoints',
  label: 'Reroute wire',
  run(document, { scope, to, via }) {
    const wire = nodeOf(graphOf(document, scope), to.node).inputs[to.port];
    if (wire === undefined) throw new Error(`No wire ends at "${to.node}.${to.port}"`);
    if (via.length === 0) delete wire.via;
    else if (JSON.stringify(wire.via) !== JSON.stringify(via)) wire.via = via.map(({ x, y }) => ({ x, y }));
  },
});
