import type { Fix, Problem } from '../core/diagnostic.ts';
import { compatible, isImage, kindOf, lastAxis, sizeOf, withLastSize, type TensorType } from '../core/shape.ts';
import { freshNodeId, nameOf, type Scope } from '../document/graphs.ts';
import type { Graph, GraphNode, NodeId } from '../document/schema.ts';
import { opNamed } from '../ops/index.ts';
import type { PortTypes } from './inferredGraph.ts';
import { sortGraph } from './sortGraph.ts';

interface Situation {
  readonly graph: Graph;
  readonly scope: Scope;
  readonly id: NodeId;
  readonly node: GraphNode;
  readonly types: PortTypes;
}

/** Longest way from an input to each node, in wires: the shorter of two branches is the skip. */
function depthsOf(graph: Graph): ReadonlyMap<NodeId, number> {
  const depths = new Map<NodeId, number>();
  for (const id of sortGraph(graph).order) {
    const sources = Object.values(graph.nodes[id]?.inputs ?? {});
    depths.set(
      id,
      sources.reduce((longest, source) => Math.max(longest, 1 + (depths.get(source.node) ?? 0)), 0),
    );
  }
  return depths;
}

/** Stride that takes the skip's size to the branch's, as `same` padding divides: rounded up. */
function strideBetween(skip: number | null | undefined, branch: number | null | undefined): number | undefined {
  if (skip === null || skip === undefined || branch === null || branch === undefined || branch > skip || branch < 1)
    return undefined;
  for (let stride = 1; stride <= skip; stride++) {
    const size = Math.ceil(skip / stride);
    if (size === branch) return stride;
    if (size < branch) return undefined;
  }
  return undefined;
}

function projection({ graph, scope, id, node, types }: Situation): Fix[] {
  const ports = ['a', 'b'] as const;
  const sources = ports.map((port) => node.inputs[port]);
  const depths = depthsOf(graph);
  const [first, second] = sources.map((source) => (source === undefined ? 0 : (depths.get(source.node) ?? 0)));
  const skip = (first ?? 0) < (second ?? 0) ? 0 : 1;
  // The shorter branch is the skip; when it cannot be strided down to the other, the other can.
  for (const candidate of [skip, 1 - skip]) {
    const port = ports[candidate];
    const other = ports[1 - candidate];
    if (port === undefined || other === undefined) continue;
    const fix = projectionAt(types[port], types[other], { scope, to: { node: id, port } });
    if (fix !== undefined) return [fix];
  }
  return [];
}

function projectionAt(skip: TensorType | undefined, branch: TensorType | undefined, place: object): Fix | undefined {
  if (skip === undefined || branch === undefined || !isImage(skip) || !isImage(branch)) return undefined;
  const filters = sizeOf(branch, 'channels');
  const vertical = strideBetween(sizeOf(skip, 'height'), sizeOf(branch, 'height'));
  const horizontal = strideBetween(sizeOf(skip, 'width'), sizeOf(branch, 'width'));
  if (typeof filters !== 'number' || vertical === undefined || horizontal === undefined) return undefined;
  const strided =
    vertical > 1 || horizontal > 1
      ? `, stride ${vertical === horizontal ? vertical : `${vertical}×${horizontal}`}`
      : '';
  return {
    label: `Insert a 1×1 projection on the skip (${filters} filters${strided})`,
    command: 'insertProjection',
    arguments: { ...place, filters, stride: [vertical, horizontal] },
  };
}

/** Parameters that decide how many channels or features come out of an op. */
const WIDTHS = ['filters', 'units', 'features'] as const;

/** The op on the way to a port that decides its channels: the first one back that has a parameter for it. */
function widthBehind(graph: Graph, start: NodeId): { readonly id: NodeId; readonly parameter: string } | undefined {
  const seen = new Set<NodeId>();
  for (let id: NodeId | undefined = start; id !== undefined && !seen.has(id);) {
    seen.add(id);
    const node: GraphNode | undefined = graph.nodes[id];
    if (node === undefined || !('op' in node) || node.enabled !== undefined || node.muted !== undefined)
      return undefined;
    const op = opNamed(node.op);
    if (op === undefined || op.family === 'input') return undefined;
    const parameter = WIDTHS.find((name) => name in op.parameters.shape);
    // A width that is an expression belongs to the block's parameters.
    if (parameter !== undefined) return typeof node.parameters[parameter] === 'string' ? undefined : { id, parameter };
    if (op.inputs.length !== 1) return undefined;
    id = node.inputs[op.inputs[0] ?? '']?.node;
  }
  return undefined;
}

/** Gives one side of an addition the channels of the other, where nothing but the channels differs. */
function matchChannels({ graph, scope, node, types }: Situation): Fix[] {
  const [a, b] = [types['a'], types['b']];
  const [left, right] = [a === undefined ? undefined : lastAxis(a), b === undefined ? undefined : lastAxis(b)];
  if (a === undefined || b === undefined || typeof left?.size !== 'number' || typeof right?.size !== 'number')
    return [];
  if (left.size === right.size || !compatible(a, withLastSize(b, left.size))) return [];
  return (
    [
      ['b', left.size],
      ['a', right.size],
    ] as const
  ).flatMap(([port, size]) => {
    const source = node.inputs[port];
    const width = source === undefined ? undefined : widthBehind(graph, source.node);
    const owner = width === undefined ? undefined : graph.nodes[width.id];
    if (width === undefined || owner === undefined) return [];
    return [
      {
        label: `Match channels: ${width.parameter} ${size} in "${nameOf(width.id, owner)}"`,
        command: 'setParameter',
        arguments: { scope, id: width.id, parameter: width.parameter, value: size },
      },
    ];
  });
}

/** Turns the token numbers that enter an op that calculates into features. */
function insertEmbedding({ graph, scope, id, node, types }: Situation, port: string | undefined): Fix[] {
  const type = port === undefined ? undefined : types[port];
  const accepted = 'op' in node ? opNamed(node.op)?.accepts?.[port ?? ''] : undefined;
  const calculates = accepted === undefined || accepted.includes('numbers');
  if (port === undefined || type === undefined || kindOf(type) !== 'tokens' || !calculates) return [];
  const source = node.inputs[port];
  const from = source === undefined ? undefined : graph.nodes[source.node]?.position;
  if (from === undefined) return [];
  const position = {
    x: Math.round((from.x + node.position.x) / 2),
    y: Math.round((from.y + node.position.y) / 2) + 100,
  };
  return [
    {
      label: 'Insert an Embedding',
      command: 'insertOnWire',
      arguments: {
        scope,
        to: { node: id, port },
        id: freshNodeId(graph, 'embed'),
        node: { op: 'embedding', parameters: {}, inputs: {}, position },
        input: 'input',
        output: 'output',
      },
    },
  ];
}

/** The number of heads nearest to the present one that shares the features evenly. */
function fittingHeads({ scope, id, node, types }: Situation, port: string | undefined): Fix[] {
  const type = port === undefined ? undefined : types[port];
  const [features, heads] = [type === undefined ? undefined : lastAxis(type)?.size, node.parameters['heads']];
  if (typeof features !== 'number' || (heads !== undefined && typeof heads !== 'number')) return [];
  const wanted = heads ?? 8;
  const divisors = Array.from({ length: features }, (_, i) => i + 1).filter((count) => features % count === 0);
  const nearest = divisors.reduce((best, count) => (Math.abs(count - wanted) < Math.abs(best - wanted) ? count : best));
  return [
    {
      label: `Use ${nearest} ${nearest === 1 ? 'head' : 'heads'}`,
      command: 'setParameter',
      arguments: { scope, id, parameter: 'heads', value: nearest },
    },
  ];
}

/** Commands that would mend a node's problem; none when nothing safe is known. */
export function suggestFixes(problem: Problem, situation: Situation): readonly Fix[] {
  const { scope, id, node } = situation;
  switch (problem.code) {
    case 'shape/add-mismatch':
      return [...projection(situation), ...matchChannels(situation)];
    case 'shape/kind':
      return insertEmbedding(situation, problem.port);
    case 'shape/heads':
      return problem.parameter === 'heads' ? fittingHeads(situation, problem.port) : [];
    case 'parameter/unknown':
    case 'parameter/invalid':
      if (problem.parameter === undefined || node.parameters[problem.parameter] === undefined) return [];
      return [
        {
          label: `Use the default for "${problem.parameter}"`,
          command: 'setParameter',
          arguments: { scope, id, parameter: problem.parameter, value: undefined },
        },
      ];
    case 'graph/dangling-wire':
      return [
        { label: 'Remove the wire', command: 'disconnect', arguments: { scope, to: { node: id, port: problem.port } } },
      ];
    default:
      return [];
  }
}
