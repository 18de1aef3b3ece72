import { nodesOf } from '../../document/graphs.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import { isForeignOp } from '../../ops/foreign/foreignOps.ts';
import { NEWEST_OPSET } from './opsets.ts';

/** What the operators that a document keeps from a file ask of a file that they are written into. */
export interface KeptOperators {
  readonly count: number;
  /** The operator set that ONNX's own ones among them are of; `undefined` where there are none. */
  readonly opset: number | undefined;
  /** Operator sets of other domains. */
  readonly domains: ReadonlyMap<string, number>;
}

/** Looks for operators that a document keeps from a file. */
export function keptOperators(document: SkipwireDocument): KeptOperators {
  const domains = new Map<string, number>();
  let opset: number | undefined;
  let count = 0;
  for (const graph of [document.graph, ...Object.values(document.blocks).map((block) => block.graph)]) {
    for (const [, node] of nodesOf(graph)) {
      if (!('op' in node) || !isForeignOp(node.op)) continue;
      count++;
      const { domain, opset: own } = node.parameters;
      if (typeof own !== 'number') continue;
      if (typeof domain !== 'string' || domain === '') opset = Math.max(opset ?? 0, own);
      else domains.set(domain, Math.max(domains.get(domain) ?? 0, own));
    }
  }
  return { count, opset: opset === undefined ? undefined : Math.min(opset, NEWEST_OPSET), domains };
}
