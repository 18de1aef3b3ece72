import type { Place } from '../core/diagnostic.ts';
import { isForeignOp } from '../ops/foreign/foreignOps.ts';
import type { InferredGraph } from './inferredGraph.ts';

/** A node that keeps an operator of a file: it shows and is exported again, and cannot be computed. */
interface KeptNode {
  /** Names from the root. */
  readonly name: string;
  readonly operator: string;
  readonly at: Place;
}

/** Why a network cannot be computed: what is kept in it, where the first of it is, and what to do. */
export interface KeptHindrance {
  readonly at: Place;
  readonly message: string;
  readonly remedy: string;
}

const MOST_NAMED = 3;
const cache = new WeakMap<InferredGraph, KeptHindrance | null>();

/** What keeps a network from being computed: nodes that are kept from a file. `undefined` where it has none. */
export function keptHindrance(root: InferredGraph): KeptHindrance | undefined {
  const known = cache.get(root);
  if (known !== undefined) return known ?? undefined;
  const hindrance = describe(keptIn(root));
  cache.set(root, hindrance ?? null);
  return hindrance;
}

function describe(found: readonly KeptNode[]): KeptHindrance | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  const names = found.slice(0, MOST_NAMED).map(({ name, operator }) => `"${name}" (${operator})`);
  const more = found.length > names.length ? [`${found.length - names.length} more`] : [];
  const last = [...names, ...more].at(-1) ?? '';
  const others = [...names, ...more].slice(0, -1).join(', ');
  const [are, they, puts] =
    found.length === 1
      ? ['is', 'it shows and is exported again, but it', 'Put an op in its place, or bypass it.']
      : ['are', 'they show and are exported again, but they', 'Put ops in their places, or bypass them.'];
  return {
    at: first.at,
    message: `${others === '' ? '' : `${others} and `}${last} ${are} kept from a file and not known here: ${they} cannot be trained or computed.`,
    remedy: puts,
  };
}

function keptIn(graph: InferredGraph, prefix = '', path: readonly string[] = []): readonly KeptNode[] {
  return [...graph.nodes.values()].flatMap(({ id, name, node, bypassed, muted, instances = [], parameters }) => {
    if (bypassed || muted) return [];
    if ('op' in node) {
      if (!isForeignOp(node.op)) return [];
      return [{ name: `${prefix}${name}`, operator: operatorOf(parameters), at: { path, node: id } }];
    }
    const [first] = instances;
    return first === undefined ? [] : keptIn(first, `${prefix}${name}.`, [...path, id]);
  });
}

function operatorOf(parameters: Readonly<Record<string, unknown>> | undefined): string {
  const operator = parameters?.['operator'];
  return typeof operator === 'string' ? operator : 'an end of the network';
}
