import { nameOf, nodeOf, nodesOf, type Scope } from '../document/graphs.ts';
import type { BlockDefinition, BlockParameter, Graph, GraphNode, ParameterValue, Wire } from '../document/schema.ts';
import { opNamed } from '../ops/index.ts';
import type { FieldChange, GraphDiff, MarkChange, NodeChange } from './documentDiff.ts';
import { matchNodes, type NodeMatch } from './matchNodes.ts';

type Blocks = Readonly<Record<string, BlockDefinition>>;

/** A value as a person would write it. */
export function showValue(value: ParameterValue | null | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.join('×');
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}

/** Adds a change when the two texts differ. */
export function compareField(
  into: FieldChange[],
  field: string,
  before: string | undefined,
  after: string | undefined,
): void {
  if (before !== after) into.push({ field, before, after });
}

function titleOf(node: GraphNode, blocks: Blocks): string {
  if ('block' in node) return blocks[node.block]?.name ?? node.block;
  return opNamed(node.op)?.documentation.title ?? node.op;
}

function union(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function showWire(graph: Graph, wire: Wire | undefined): string | undefined {
  if (wire === undefined) return undefined;
  const source = graph.nodes[wire.node];
  return `${source === undefined ? wire.node : nameOf(wire.node, source)}.${wire.port}`;
}

interface Sides {
  readonly before: Graph;
  readonly after: Graph;
  readonly blocksBefore: Blocks;
  readonly blocksAfter: Blocks;
  readonly match: NodeMatch;
}

function nodeFields(sides: Sides, a: GraphNode, b: GraphNode, names: readonly [string, string]): FieldChange[] {
  const fields: FieldChange[] = [];
  compareField(fields, 'name', ...names);
  compareField(fields, 'kind', titleOf(a, sides.blocksBefore), titleOf(b, sides.blocksAfter));
  for (const parameter of union(a.parameters, b.parameters))
    compareField(fields, parameter, showValue(a.parameters[parameter]), showValue(b.parameters[parameter]));
  compareField(fields, 'enabled', showValue(a.enabled) ?? 'yes', showValue(b.enabled) ?? 'yes');
  compareField(fields, 'muted', showValue(a.muted) ?? 'no', showValue(b.muted) ?? 'no');
  compareField(fields, 'frozen', showValue(a.frozen) ?? 'no', showValue(b.frozen) ?? 'no');
  const repeat = (node: GraphNode): string => ('block' in node ? (showValue(node.repeat) ?? '1') : '1');
  compareField(fields, 'repeat', repeat(a), repeat(b));
  for (const port of union(a.inputs, b.inputs)) {
    const [from, to] = [a.inputs[port], b.inputs[port]];
    const same = from !== undefined && sides.match.get(from.node) === to?.node && from.port === to?.port;
    if (same || from === to) continue;
    const field = port === 'input' ? port : `input ${port}`;
    fields.push({ field, before: showWire(sides.before, from), after: showWire(sides.after, to) });
  }
  compareField(fields, 'note', a.note, b.note);
  return fields;
}

function diffNodes(sides: Sides): NodeChange[] {
  const { before, after, match } = sides;
  const changes: NodeChange[] = [];
  const matched = new Set(match.values());
  for (const [id, node] of nodesOf(before)) {
    const idAfter = match.get(id);
    if (idAfter === undefined) {
      const title = titleOf(node, sides.blocksBefore);
      changes.push({ kind: 'removed', id, idBefore: id, name: nameOf(id, node), title, fields: [] });
      continue;
    }
    const later = nodeOf(after, idAfter);
    const names = [nameOf(id, node), nameOf(idAfter, later)] as const;
    const fields = nodeFields(sides, node, later, names);
    const moved = node.position.x !== later.position.x || node.position.y !== later.position.y;
    if (fields.length === 0 && !moved) continue;
    const title = titleOf(later, sides.blocksAfter);
    const kind = fields.length > 0 ? 'changed' : 'moved';
    changes.push({ kind, id: idAfter, idBefore: id, name: names[1], title, fields });
  }
  for (const [id, node] of nodesOf(after)) {
    if (matched.has(id)) continue;
    const title = titleOf(node, sides.blocksAfter);
    changes.push({ kind: 'added', id, idBefore: null, name: nameOf(id, node), title, fields: [] });
  }
  const place = (change: NodeChange): { readonly x: number; readonly y: number } =>
    (change.kind === 'removed' ? before : after).nodes[change.id]?.position ?? { x: 0, y: 0 };
  return changes.sort((a, b) => place(a).x - place(b).x || place(a).y - place(b).y);
}

function diffMarks(before: Graph, after: Graph): MarkChange[] {
  const changes: MarkChange[] = [];
  const compare = <Mark extends object>(
    mark: MarkChange['mark'],
    a: Readonly<Record<string, Mark>>,
    b: Readonly<Record<string, Mark>>,
    titleOfMark: (mark: Mark) => string,
  ): void => {
    for (const id of union(a, b)) {
      const [old, now] = [a[id], b[id]];
      const shown = now ?? old;
      if (shown === undefined || JSON.stringify(old) === JSON.stringify(now)) continue;
      const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
      changes.push({ kind, mark, id, title: titleOfMark(shown) });
    }
  };
  compare('frame', before.frames ?? {}, after.frames ?? {}, ({ title }) => title);
  compare('note', before.notes ?? {}, after.notes ?? {}, ({ text }) => text.split('\n', 1)[0] ?? '');
  return changes;
}

/** What differs between two graphs, and which node became which. */
export function diffGraphs(
  before: Graph,
  after: Graph,
  blocksBefore: Blocks,
  blocksAfter: Blocks,
): Pick<GraphDiff, 'nodes' | 'marks'> {
  const sides = { before, after, blocksBefore, blocksAfter, match: matchNodes(before, after) };
  return { nodes: diffNodes(sides), marks: diffMarks(before, after) };
}

function describeParameter({ kind, default: value, minimum, maximum, choices }: BlockParameter): string {
  const range = minimum === undefined && maximum === undefined ? '' : `, ${minimum ?? ''}…${maximum ?? ''}`;
  return `${kind}, ${showValue(value) ?? ''}${range}${choices === undefined ? '' : `, of ${choices.join(' | ')}`}`;
}

/** What differs between two definitions of a block; `undefined` when nothing does. */
export function diffDefinitions(
  [before, scopeBefore]: readonly [BlockDefinition, Scope],
  [after, scope]: readonly [BlockDefinition, Scope],
  blocksBefore: Blocks,
  blocksAfter: Blocks,
): GraphDiff | undefined {
  if (before === after) return undefined;
  const fields: FieldChange[] = [];
  compareField(fields, 'name', before.name, after.name);
  compareField(fields, 'description', before.description, after.description);
  const declared = (definition: BlockDefinition): Record<string, string> =>
    Object.fromEntries(definition.parameters.map((parameter) => [parameter.name, describeParameter(parameter)]));
  const [old, now] = [declared(before), declared(after)];
  for (const name of union(old, now)) compareField(fields, `parameter ${name}`, old[name], now[name]);
  const { nodes, marks } = diffGraphs(before.graph, after.graph, blocksBefore, blocksAfter);
  if (fields.length + nodes.length + marks.length === 0) return undefined;
  return { scope, scopeBefore, block: after.name, fields, nodes, marks };
}
