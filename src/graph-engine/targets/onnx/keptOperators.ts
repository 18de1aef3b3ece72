import { nodesOf } from '../../document/graphs.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import { isForeignOp } from '../../ops/foreign/foreignOps.ts';
import { NEWEST_OPSET, OLDEST_OPSET } from './opsets.ts';

/** What the operators that a document keeps from a file ask of a file that they are written into. */
export interface KeptOperators {
  readonly count: number;
  /** The operator set that ONNX's own ones among them are of; `undefined` where there are none. */
  readonly opset: number | undefined;
  /** Operator sets of other domains. */
  readonly domains: ReadonlyMap<string, number>;
  /** Name and operator of the first one that asks for `opset`. */
  readonly first: { readonly name: string; readonly operator: string } | undefined;
}

/** Looks for operators that a document keeps from a file. */
export function keptOperators(document: SkipwireDocument): KeptOperators {
  const domains = new Map<string, number>();
  let opset: number | undefined;
  let first: KeptOperators['first'];
  let count = 0;
  for (const graph of [document.graph, ...Object.values(document.blocks).map((block) => block.graph)]) {
    for (const [id, node] of nodesOf(graph)) {
      if (!('op' in node) || !isForeignOp(node.op)) continue;
      count++;
      const { domain, opset: own, operator } = node.parameters;
      if (typeof own !== 'number') continue;
      if (typeof domain === 'string' && domain !== '') {
        domains.set(domain, Math.max(domains.get(domain) ?? 0, own));
      } else if (opset === undefined || own > opset) {
        opset = own;
        first = { name: node.name ?? id, operator: typeof operator === 'string' ? operator : '' };
      }
    }
  }
  return { count, opset, domains, first };
}

/** The operator set of a file with these operators: theirs, so far as it can be written, and else what is asked for. */
export function opsetWith({ opset }: KeptOperators, asked: number): number {
  return opset === undefined ? asked : Math.min(Math.max(opset, OLDEST_OPSET), NEWEST_OPSET);
}

/** A choice that the document does not let be followed, with what would mend it. */
export interface ForcedOpset {
  readonly code: 'onnx/kept-opset' | 'onnx/kept-opset-unwritable';
  readonly message: string;
  /** The operator set that is asked for. */
  readonly expected: string;
  /** The operator set of the file. */
  readonly received: string;
  readonly fix: string;
  /** The operator set that the file is of, whatever is asked for. */
  readonly opset: number;
}

/** What is said where operators that are kept from a file decide on the operator set; `undefined` where they do not. */
export function forcedOpset(kept: KeptOperators, asked: number): ForcedOpset | undefined {
  const opset = opsetWith(kept, asked);
  const { first } = kept;
  if (kept.opset === undefined || first === undefined || (opset === asked && kept.opset === opset)) return undefined;
  const named = `"${first.name}" (${first.operator})`;
  if (kept.opset !== opset) {
    return {
      code: 'onnx/kept-opset-unwritable',
      message: `${named} is kept from a file of operator set ${kept.opset}, which cannot be written: the file is of ${opset}, where it may mean something else.`,
      expected: `${OLDEST_OPSET} to ${NEWEST_OPSET}`,
      received: String(kept.opset),
      fix: 'Bring the file that it came from to a newer operator set and import it again, or replace the node by one that is known here.',
      opset,
    };
  }
  return {
    code: 'onnx/kept-opset',
    message: `${named} is kept from a file of operator set ${opset}, so the whole file is of that and not of ${asked}.`,
    expected: String(asked),
    received: String(opset),
    fix: `Choose operator set ${opset}, or replace the node by one that is known here.`,
    opset,
  };
}
