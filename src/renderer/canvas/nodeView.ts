import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import type { OpDefinition, OpFamily } from '../../graph-engine/core/opDefinition.ts';
import { formatShape } from '../../graph-engine/core/shape.ts';
import { blockPorts } from '../../graph-engine/document/blockPorts.ts';
import { nameOf } from '../../graph-engine/document/graphs.ts';
import type { BlockDefinition, GraphNode, NodeId } from '../../graph-engine/document/schema.ts';
import type { InferredNode } from '../../graph-engine/infer/inferredGraph.ts';
import { describeOperator } from '../../graph-engine/ops/foreign/describeOperator.ts';
import { opNamed } from '../../graph-engine/ops/index.ts';
import { formatCount } from './formatCount.ts';
import { nodeHeight } from './nodeGeometry.ts';
import { summarizeBlockParameters, summarizeOpParameters } from './summarizeParameters.ts';

export type NodeFamily = OpFamily | 'block' | 'unknown';

/** The worst thing that is wrong with a node, in words. */
export interface NodeProblem {
  /** `incomplete` is an error that only more drawing can mend: nothing is connected yet. */
  readonly severity: Diagnostic['severity'] | 'incomplete';
  readonly message: string;
  readonly count: number;
}

/** Everything a node card shows: plain values, so that two can be compared. */
export interface NodeView {
  readonly id: NodeId;
  /** Op type, or block id. */
  readonly type: string;
  readonly family: NodeFamily;
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly height: number;
  /** How often a block is chained; an expression that is not resolved stays text. */
  readonly repeat: number | string;
  readonly bypassed: boolean;
  /** Zeros come out of it. */
  readonly muted: boolean;
  /** Its weights do not learn. */
  readonly frozen: boolean;
  /** Bypassing or muting is decided by an expression. */
  readonly conditional: boolean;
  /** Parameter count in short, `null` when there are none. */
  readonly cost: string | null;
  readonly outputShape: string | null;
  readonly note: string | null;
  readonly problem: NodeProblem | null;
  /** All of it in words, for those who do not see it. */
  readonly label: string;
}

export interface Ports {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

type Blocks = Readonly<Record<string, BlockDefinition>>;

const portsOfOps = new WeakMap<OpDefinition, Ports>();

function portsOfOp(op: OpDefinition): Ports {
  const known = portsOfOps.get(op);
  if (known !== undefined) return known;
  const ports = { inputs: [...op.inputs, ...(op.optionalInputs ?? [])], outputs: op.outputs };
  portsOfOps.set(op, ports);
  return ports;
}

/** The ports of a node; a node of an unknown kind has those its wires name. */
export function portsOf(node: GraphNode, blocks: Blocks): Ports {
  if ('block' in node) {
    const definition = blocks[node.block];
    if (definition === undefined) return { inputs: Object.keys(node.inputs), outputs: ['output'] };
    const ports = blockPorts(definition.graph);
    return { inputs: ports.inputs.map((port) => port.name), outputs: ports.outputs.map((port) => port.name) };
  }
  const op = opNamed(node.op);
  if (op === undefined) return { inputs: Object.keys(node.inputs), outputs: ['output'] };
  return portsOfOp(op);
}

const RANK: Readonly<Record<NodeProblem['severity'], number>> = { error: 0, incomplete: 1, warning: 2, advice: 3 };

function severityOf({ code, severity }: Diagnostic): NodeProblem['severity'] {
  return code === 'graph/missing-input' || code === 'graph/no-output' ? 'incomplete' : severity;
}

/** The worst of a node's diagnostics; the first among equals. */
export function worstProblem(diagnostics: readonly Diagnostic[]): NodeProblem | null {
  let worst: Diagnostic | undefined;
  for (const diagnostic of diagnostics) {
    if (worst === undefined || RANK[severityOf(diagnostic)] < RANK[severityOf(worst)]) worst = diagnostic;
  }
  if (worst === undefined) return null;
  // What hangs loose is said once, by the loose end: a node without inputs leads nowhere anyway.
  const others = severityOf(worst) === 'incomplete' ? 0 : diagnostics.length - 1;
  return { severity: severityOf(worst), message: worst.message, count: others + 1 };
}

/** The card of one node. `problems` are the diagnostics placed on it, or inside it when it is a block. */
export function viewNode(
  id: NodeId,
  node: GraphNode,
  inferred: InferredNode | undefined,
  blocks: Blocks,
  problems: readonly Diagnostic[],
): NodeView {
  const { inputs, outputs } = portsOf(node, blocks);
  const parameters = inferred?.totals.parameters ?? 0;
  const firstOutput = outputs[0] === undefined ? undefined : inferred?.outputs[outputs[0]];
  const { type, family, title, summary, repeat } = describeKind(node, inferred, blocks);
  const card = {
    id,
    type,
    family,
    name: nameOf(id, node),
    title,
    summary,
    inputs,
    outputs,
    height: nodeHeight(inputs.length, outputs.length),
    repeat,
    bypassed: inferred?.bypassed ?? node.enabled === false,
    muted: inferred?.muted ?? node.muted === true,
    frozen: node.frozen === true,
    conditional: typeof node.enabled === 'string' || typeof node.muted === 'string',
    cost: parameters === 0 ? null : formatCount(parameters),
    outputShape: firstOutput === undefined ? null : formatShape(firstOutput),
    note: node.note ?? null,
    problem: worstProblem(problems),
  };
  return { ...card, label: describe(card) };
}

function describe(view: Omit<NodeView, 'label'>): string {
  const parts = [
    view.name,
    view.title === view.name ? '' : view.title,
    view.repeat === 1 ? '' : `${view.repeat} times`,
    view.summary,
    view.outputShape === null ? '' : `output ${view.outputShape}`,
    view.muted ? 'muted' : view.bypassed ? 'bypassed' : '',
    view.frozen ? 'frozen' : '',
    view.problem === null ? '' : `${view.problem.severity}: ${view.problem.message}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** What kind of node a card stands for. */
function describeKind(
  node: GraphNode,
  inferred: InferredNode | undefined,
  blocks: Blocks,
): Pick<NodeView, 'type' | 'family' | 'title' | 'summary' | 'repeat'> {
  if ('block' in node) {
    const definition = blocks[node.block];
    return {
      type: node.block,
      family: definition === undefined ? 'unknown' : 'block',
      title: definition?.name ?? node.block,
      summary: summarizeBlockParameters(definition?.parameters ?? [], node.parameters),
      repeat: inferred?.instances?.length ?? node.repeat ?? 1,
    };
  }
  const op = opNamed(node.op);
  return {
    type: node.op,
    family: op?.family ?? 'unknown',
    title: (op && describeOperator(op, node.parameters)?.title) ?? op?.documentation.title ?? node.op,
    summary: op === undefined ? 'unknown op' : summarizeOpParameters(op, node.parameters, inferred?.parameters),
    repeat: 1,
  };
}

/** Whether two lists hold the same, in the same order. */
export function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
}

function sameProblem(a: NodeProblem | null, b: NodeProblem | null): boolean {
  return a === b || (a?.severity === b?.severity && a?.message === b?.message && a?.count === b?.count);
}

/** Whether two cards look the same. */
export function sameView(a: NodeView, b: NodeView): boolean {
  const { inputs, outputs, problem, ...plain } = a;
  return (
    sameList(inputs, b.inputs) &&
    sameList(outputs, b.outputs) &&
    sameProblem(problem, b.problem) &&
    (Object.keys(plain) as (keyof typeof plain)[]).every((key) => a[key] === b[key])
  );
}
