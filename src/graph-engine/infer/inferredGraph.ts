import type { Diagnostic } from '../core/diagnostic.ts';
import type { WeightSpec } from '../core/opDefinition.ts';
import type { TensorType } from '../core/shape.ts';
import type { GraphNode, NodeId } from '../document/schema.ts';

/** Sums over everything a graph expands to. Running statistics are not parameters; MACs are for one example. */
export interface Totals {
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Elements of tensors that are kept but not learned, such as running means. */
  readonly statistics: number;
  readonly macs: number;
  /** Bytes of all values that ops hand on for one example: what training keeps for the backward pass unless it recomputes. */
  readonly activationBytes: number;
  /** Ops after expansion of blocks and repeats, without bypassed and muted ones and block ports. */
  readonly nodes: number;
}

export type PortTypes = Readonly<Record<string, TensorType | undefined>>;

/** What is known about one node of one instance of a graph; `undefined` types are unknown. */
export interface InferredNode {
  readonly id: NodeId;
  readonly name: string;
  readonly node: GraphNode;
  /** Parsed and resolved parameters; `undefined` when they are in error. */
  readonly parameters: Readonly<Record<string, unknown>> | undefined;
  readonly inputs: PortTypes;
  readonly outputs: PortTypes;
  readonly weights: Readonly<Record<string, WeightSpec>>;
  readonly totals: Totals;
  readonly bypassed: boolean;
  /** Zeros come out of it: it has no weights and costs nothing. A muted block still has its instances, for their shapes. */
  readonly muted: boolean;
  /** A block node: one graph for each repetition, in order. */
  readonly instances?: readonly InferredGraph[];
  readonly diagnostics: readonly Diagnostic[];
}

/** One instance of a graph with its parameters and input types filled in. Equal instances are the same object. */
export interface InferredGraph {
  readonly nodes: ReadonlyMap<NodeId, InferredNode>;
  /** Node ids so that sources come before what they feed; nodes on a cycle are left out. */
  readonly order: readonly NodeId[];
  readonly outputs: PortTypes;
  /** Of this graph and everything in it; `at.path` holds ids of block nodes below this graph. */
  readonly diagnostics: readonly Diagnostic[];
  readonly totals: Totals;
  /** Nodes and instances of blocks that it expands to, at every depth and bypassed or not: what bounds the expansion. */
  readonly size: number;
}

/** What a node adds to the size of its graph. */
export function sizeOfNode({ instances = [] }: InferredNode): number {
  return instances.reduce((sum, { size }) => sum + size, 1);
}

export const NO_TOTALS: Totals = {
  parameters: 0,
  trainableParameters: 0,
  statistics: 0,
  macs: 0,
  activationBytes: 0,
  nodes: 0,
};

/** Whether sums are whole numbers to the last digit. */
export function isExact(totals: Totals): boolean {
  return Object.values(totals).every((sum) => Number.isSafeInteger(sum));
}

/** The sums after `before` made way for `now` in them. */
export function exchangeTotals(totals: Totals, before: Totals, now: Totals): Totals {
  return {
    parameters: totals.parameters + now.parameters - before.parameters,
    trainableParameters: totals.trainableParameters + now.trainableParameters - before.trainableParameters,
    statistics: totals.statistics + now.statistics - before.statistics,
    macs: totals.macs + now.macs - before.macs,
    activationBytes: totals.activationBytes + now.activationBytes - before.activationBytes,
    nodes: totals.nodes + now.nodes - before.nodes,
  };
}

/** Adds sums. */
export function addTotals(a: Totals, b: Totals): Totals {
  return {
    parameters: a.parameters + b.parameters,
    trainableParameters: a.trainableParameters + b.trainableParameters,
    statistics: a.statistics + b.statistics,
    macs: a.macs + b.macs,
    activationBytes: a.activationBytes + b.activationBytes,
    nodes: a.nodes + b.nodes,
  };
}
