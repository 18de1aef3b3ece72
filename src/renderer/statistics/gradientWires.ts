import { BLOCK_INPUT } from '../../graph-engine/document/blockPorts.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Endpoint, Graph, NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredGraph } from '../../graph-engine/infer/inferredGraph.ts';
import { wireId } from '../canvas/skipWires.ts';
import { figureOf, type RunStatistics } from './statisticSeries.ts';
import { formatSmall } from './trainingFigures.ts';
import { levelOf, scaleOf } from './trainingHeat.ts';

/** How strongly a gradient flows back through a wire. */
export interface WireHeat {
  /** From the least to the most of the shown wires. */
  readonly share: number;
  readonly level: number;
  /** The norm, and where several wires leave one port this one's part of their sum. */
  readonly text: string;
}

/** The gradients that flow back through the wires of a shown graph, by the id of the wire. */
export function gradientWires(
  graph: Graph,
  inferred: InferredGraph,
  prefix: string,
  statistics: RunStatistics,
  sample: number,
): ReadonlyMap<string, WireHeat> {
  const wires = nodesOf(graph).flatMap(([target, node]) =>
    Object.entries(node.inputs).map(([port, source]) => ({ id: wireId(target, port), target, port, source })),
  );
  const leaving = new Map<string, { readonly target: NodeId; readonly port: string }[]>();
  for (const { source, target, port } of wires) {
    const key = `${source.node} ${source.port}`;
    leaving.set(key, [...(leaving.get(key) ?? []), { target, port }]);
  }

  /** What a use of a value adds to its gradient, where that is kept apart. */
  const throughInput = (target: NodeId, port: string, depth = 0): number | undefined => {
    const node = inferred.nodes.get(target);
    if (node === undefined || depth > 50) return undefined;
    const path = `${prefix}${node.name}`;
    if (node.bypassed) {
      // What is bypassed passes the gradient on: that of the one wire behind it.
      const [only, ...others] = [...leaving].flatMap(([key, ends]) => (key.startsWith(`${target} `) ? ends : []));
      return only === undefined || others.length > 0 ? undefined : throughInput(only.target, only.port, depth + 1);
    }
    if ('block' in node.node) {
      const instance = node.node.repeat === undefined ? path : `${path}[0]`;
      return figureOf(statistics, sample, `${instance}.${port}`, 'inputGradient', 'input');
    }
    return figureOf(statistics, sample, path, 'inputGradient', port);
  };

  /** The whole gradient of what leaves a node. */
  const ofSource = ({ node: id }: Endpoint, depth = 0): number | undefined => {
    const node = inferred.nodes.get(id);
    if (node === undefined || depth > 50) return undefined;
    const [first] = Object.values(node.node.inputs);
    const isEntry = 'op' in node.node && node.node.op === BLOCK_INPUT;
    if (node.bypassed && !isEntry) return first === undefined ? undefined : ofSource(first, depth + 1);
    return figureOf(statistics, sample, `${prefix}${node.name}`, 'gradient');
  };

  const found = new Map<string, number>();
  for (const { id, target, port, source } of wires) {
    const norm = throughInput(target, port) ?? ofSource(source);
    if (norm !== undefined) found.set(id, norm);
  }
  const scale = scaleOf('logarithmic', found.values());
  const heat = new Map<string, WireHeat>();
  for (const { id, source } of wires) {
    const norm = found.get(id);
    if (norm === undefined) continue;
    const siblings = leaving.get(`${source.node} ${source.port}`) ?? [];
    const total = siblings.reduce((sum, { target, port }) => sum + (found.get(wireId(target, port)) ?? 0), 0);
    const part = siblings.length > 1 && total > 0 ? ` · ${Math.round((100 * norm) / total)}\u202f%` : '';
    const share = Number.isFinite(norm) ? scale.shareOf(norm) : 1;
    heat.set(id, { share, level: levelOf(share), text: `${formatSmall(norm)}${part}` });
  }
  return heat;
}
