import { kindOf, type TensorType } from '../core/shape.ts';
import { nodesOf } from '../document/graphs.ts';
import { changedNodes } from '../document/sameWiring.ts';
import type { BlockDefinition, Graph, GraphNode } from '../document/schema.ts';
import { isExpression, type ExpressionScope } from './resolveParameters.ts';

const typeKeys = new WeakMap<TensorType, string>();

/** Text that is equal exactly for equal types. */
export function typeKey(type: TensorType | undefined): string {
  if (type === undefined) return '?';
  let key = typeKeys.get(type);
  if (key === undefined) {
    key = `${kindOf(type)}${type.foreign ?? type.vocabulary ?? ''}:${type.axes.map((axis) => `${axis.name}${axis.size ?? '?'}`).join(',')}`;
    typeKeys.set(type, key);
  }
  return key;
}

/** Text that is equal exactly for equal types on equal ports. */
export function typesKey(types: Readonly<Record<string, TensorType | undefined>>): string {
  let key = '';
  for (const port in types) key += `${port}=${typeKey(types[port])};`;
  return key;
}

const MAXIMUM_TYPES = 20_000;
const types = new Map<string, TensorType>();

/** The one object that stands for all equal types, so that whether a type changed is told by identity. */
export function oneTypeOf(type: TensorType): TensorType {
  const key = `${type.dtype} ${typeKey(type)}`;
  const known = types.get(key);
  if (known !== undefined) return known;
  // Forgetting costs a slow inference, no wrong one.
  if (types.size >= MAXIMUM_TYPES) types.clear();
  types.set(key, type);
  return type;
}

const usedNames = new WeakMap<Graph, readonly string[]>();
/** The large graph that was asked for last: an edit seldom changes the names. */
let lastNamed: { readonly graph: Graph; readonly names: readonly string[] } | undefined;
const LARGE = 100;

const usedByNode = new WeakMap<GraphNode, readonly string[]>();

const NO_NAMES: readonly string[] = [];

/** Whether any value of a node is an expression; nearly all are numbers and words. */
function hasExpression(node: GraphNode): boolean {
  const { parameters } = node;
  for (const name in parameters) {
    const value = parameters[name];
    if (Array.isArray(value) ? value.some(isExpression) : isExpression(value)) return true;
  }
  return isExpression(node.enabled) || isExpression(node.muted) || ('block' in node && isExpression(node.repeat));
}

/** Names that the expressions of a node mention. */
export function namesUsedBy(node: GraphNode): readonly string[] {
  if (!hasExpression(node)) return NO_NAMES;
  const known = usedByNode.get(node);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const look = (value: unknown): void => {
    if (isExpression(value)) for (const name of value.match(/[A-Za-z_]\w*/g) ?? []) names.add(name);
  };
  for (const value of Object.values(node.parameters))
    if (Array.isArray(value)) value.forEach(look);
    else look(value);
  look(node.enabled);
  look(node.muted);
  if ('block' in node) look(node.repeat);
  const list = [...names];
  if (Object.isFrozen(node)) usedByNode.set(node, list);
  return list;
}

function listNames(graph: Graph): readonly string[] {
  const names = new Set<string>();
  for (const [, node] of nodesOf(graph)) for (const name of namesUsedBy(node)) names.add(name);
  return [...names].sort();
}

function usesSameNames(a: Graph, b: Graph): boolean {
  const changed = changedNodes(a, b);
  return changed?.every(({ before, now }) => namesUsedBy(before).join() === namesUsedBy(now).join()) ?? false;
}

/** Names that the expressions of a graph mention: only these decide what an instance looks like. */
function namesUsed(graph: Graph): readonly string[] {
  const known = usedNames.get(graph);
  if (known !== undefined) return known;
  const isLarge = Object.isFrozen(graph) && nodesOf(graph).length > LARGE;
  const list =
    isLarge && lastNamed !== undefined && usesSameNames(lastNamed.graph, graph) ? lastNamed.names : listNames(graph);
  usedNames.set(graph, list);
  if (isLarge) lastNamed = { graph, names: list };
  return list;
}

/** Text that is equal exactly for scopes a graph cannot tell apart. */
export function scopeKey(graph: Graph, scope: ExpressionScope): string {
  return namesUsed(graph)
    .filter((name) => Object.hasOwn(scope, name))
    .map((name) => `${name}=${JSON.stringify(scope[name])}`)
    .join(';');
}

export type Dependencies = ReadonlyMap<string, BlockDefinition | undefined>;

/**
 * Results by graph identity and key. Documents are frozen and share what an edit did not touch, so a graph object that is
 * still there has not changed; definitions it uses are checked by identity.
 */
export class GraphMemo<Value> {
  readonly #entries = new WeakMap<Graph, Map<string, { readonly dependencies: Dependencies; readonly value: Value }>>();
  static readonly #MAXIMUM_KEYS = 4096;

  get(
    graph: Graph,
    key: string,
    blocks: Readonly<Record<string, BlockDefinition>>,
  ): { value: Value; dependencies: Dependencies } | undefined {
    const entry = this.#entries.get(graph)?.get(key);
    if (entry === undefined) return undefined;
    for (const [id, definition] of entry.dependencies) if (blocks[id] !== definition) return undefined;
    return entry;
  }

  set(graph: Graph, key: string, dependencies: Dependencies, value: Value): void {
    let keys = this.#entries.get(graph);
    if (keys === undefined) {
      keys = new Map();
      this.#entries.set(graph, keys);
    }
    if (keys.size >= GraphMemo.#MAXIMUM_KEYS) keys.clear();
    keys.set(key, { dependencies, value });
  }
}
