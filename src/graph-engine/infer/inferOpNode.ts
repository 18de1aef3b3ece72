import type { Problem } from '../core/diagnostic.ts';
import type { OpDefinition, WeightSpec } from '../core/opDefinition.ts';
import { describeShape, elementCount, kindOf, type TensorType, type ValueKind } from '../core/shape.ts';
import { BLOCK_INPUT, BLOCK_OUTPUT } from '../document/blockPorts.ts';
import { nameOf } from '../document/graphs.ts';
import type { Graph, GraphNode, NodeId, OpNode } from '../document/schema.ts';
import { opNamed } from '../ops/index.ts';
import { suggestFixes } from './fixes.ts';
import { NO_TOTALS, type InferredNode, type PortTypes, type Totals } from './inferredGraph.ts';
import { namesUsedBy, oneTypeOf, typesKey } from './memo.ts';
import { gatherInputs, isEnabled, isMuted, passThrough, unknownOutputs } from './nodeInputs.ts';
import { diagnose, resolveOpParameters } from './resolveParameters.ts';
import type { Surroundings } from './surroundings.ts';

function sumWeights(
  weights: Readonly<Record<string, WeightSpec>>,
): Pick<Totals, 'parameters' | 'trainableParameters' | 'statistics'> {
  let trainableParameters = 0;
  let statistics = 0;
  for (const weight of Object.values(weights)) {
    const count = weight.dims.reduce((product, size) => product * size, 1);
    if (weight.trainable) trainableParameters += count;
    else statistics += count;
  }
  return { parameters: trainableParameters, trainableParameters, statistics };
}

/** Both element types take four bytes. */
const ELEMENT_BYTES = 4;

function activationBytesOf(outputs: PortTypes): number {
  return Object.values(outputs).reduce(
    (sum, type) =>
      sum + (type === undefined || kindOf(type) === 'table' ? 0 : (elementCount(type) ?? 0) * ELEMENT_BYTES),
    0,
  );
}

const NO_PROBLEMS: readonly Problem[] = [];

interface Computed {
  readonly inferred: Omit<InferredNode, 'diagnostics'>;
  readonly problems: readonly Problem[];
}

const opMemo = new WeakMap<OpNode, Computed & { readonly key: string }>();

const MAXIMUM_ALIKE = 5000;
/** What came out of ops that take part and mention no parameter of a block, by op, parameters and types of the inputs. */
const alike = new Map<string, Computed>();

/** Whether equal nodes with equal inputs come out equal: of thousands in a network a few are computed, and facts are shared. */
function hasEquals(node: OpNode): boolean {
  return (
    node.enabled === undefined &&
    node.muted === undefined &&
    node.op !== BLOCK_INPUT &&
    node.op !== BLOCK_OUTPUT &&
    namesUsedBy(node).length === 0
  );
}

function computeOnce(
  id: NodeId,
  name: string,
  node: OpNode,
  op: OpDefinition,
  types: PortTypes,
  surroundings: Surroundings,
): Computed {
  const key = `${node.op}|${JSON.stringify(node.parameters)}|${typesKey(types)}`;
  const known = alike.get(key);
  if (known !== undefined)
    return { inferred: { ...known.inferred, id, name, node, inputs: types }, problems: known.problems };
  const computed = computeOp(id, name, node, op, types, undefined, surroundings);
  // Forgetting costs a slow inference, no wrong one.
  if (alike.size >= MAXIMUM_ALIKE) alike.clear();
  alike.set(key, computed);
  return computed;
}

/** A node that came out without a word, and what flowed into it. */
interface Settled {
  readonly id: NodeId;
  readonly scope: string;
  readonly types: readonly (TensorType | undefined)[];
  readonly inferred: InferredNode;
}

/** The short way: a node into which the very same types flow came out as it did before. */
const settled = new WeakMap<OpNode, Settled>();

/** An op whose card was moved comes out as it did, when it came out as `before` without a word. */
export function inferMoved(before: InferredNode, node: GraphNode): InferredNode | undefined {
  if (!('op' in node) || !('op' in before.node)) return undefined;
  const known = settled.get(before.node);
  if (known?.inferred !== before) return undefined;
  const inferred = { ...before, node };
  settled.set(node, { ...known, inferred });
  return inferred;
}

function typesAt(node: OpNode, nodes: ReadonlyMap<NodeId, InferredNode>): readonly (TensorType | undefined)[] {
  return Object.values(node.inputs).map((source) => nodes.get(source.node)?.outputs[source.port]);
}

function withOneType(outputs: PortTypes): PortTypes {
  return Object.fromEntries(
    Object.entries(outputs).map(([port, type]) => [port, type === undefined ? undefined : oneTypeOf(type)]),
  );
}

/** Infers one op; the same node with the same inputs in the same scope (told by its key) is computed once. */
export function inferOpNode(
  graph: Graph,
  id: NodeId,
  node: OpNode,
  nodes: ReadonlyMap<NodeId, InferredNode>,
  surroundings: Surroundings,
  scope: string,
): InferredNode {
  const types = typesAt(node, nodes);
  const known = settled.get(node);
  if (known !== undefined && known.id === id && known.scope === scope) {
    if (known.types.every((type, index) => type === types[index])) return known.inferred;
  }
  const name = nameOf(id, node);
  const op = opNamed(node.op);
  if (op === undefined) {
    const problem = {
      code: 'graph/unknown-op',
      message: `There is no op "${node.op}" in this version of Skipwire.`,
      received: node.op,
    };
    return {
      ...{
        id,
        name,
        node,
        parameters: undefined,
        inputs: {},
        outputs: { output: undefined },
        weights: {},
        totals: NO_TOTALS,
        bypassed: false,
        muted: false,
      },
      diagnostics: [diagnose(problem, id)],
    };
  }
  const gathered = gatherInputs(node, op.inputs, graph, nodes, op.optionalInputs);
  const result = hasEquals(node)
    ? computeOnce(id, name, node, op, gathered.types, surroundings)
    : computeKnown(id, name, node, op, gathered.types, surroundings, scope);
  const problems =
    gathered.problems.length + result.problems.length === 0 ? NO_PROBLEMS : [...gathered.problems, ...result.problems];
  const diagnostics = problems.map((problem) => {
    const fixes = suggestFixes(problem, { graph, scope: surroundings.scope, id, node, types: gathered.types });
    return { ...diagnose(problem, id), ...(fixes.length === 0 ? {} : { fixes }) };
  });
  const inferred = { ...result.inferred, diagnostics };
  // What a block port carries comes from outside, and mistakes are told with what is around them.
  if (diagnostics.length === 0 && node.op !== BLOCK_INPUT && Object.isFrozen(node))
    settled.set(node, { id, scope, types, inferred });
  return inferred;
}

/** Computes an op that block parameters or what enters a block decide upon, once for each of these. */
function computeKnown(
  id: NodeId,
  name: string,
  node: OpNode,
  op: OpDefinition,
  types: PortTypes,
  surroundings: Surroundings,
  scope: string,
): Computed {
  const boundary = node.op === BLOCK_INPUT ? surroundings.inputs[name] : undefined;
  const key = `${id}|${scope}|${typesKey(types)}|${typesKey({ boundary })}`;
  const memoized = opMemo.get(node);
  if (memoized?.key === key) return memoized;
  const result = { key, ...computeOp(id, name, node, op, types, boundary, surroundings) };
  if (Object.isFrozen(node)) opMemo.set(node, result);
  return result;
}

function computeOp(
  id: NodeId,
  name: string,
  node: OpNode,
  op: OpDefinition,
  types: PortTypes,
  boundary: TensorType | undefined,
  surroundings: Surroundings,
): Computed {
  const problems: Problem[] = [];
  const resolved = resolveOpParameters(op.parameters, node.parameters, surroundings.values);
  problems.push(...resolved.problems);
  const muted = isMuted(node, surroundings.values, problems);
  const base = { id, name, node, parameters: resolved.value, inputs: types, muted };
  if (!isEnabled(node, surroundings.values, problems)) {
    const outputs = passThrough(types, op.outputs, op.inputs[0]);
    return { inferred: { ...base, outputs, weights: {}, totals: NO_TOTALS, bypassed: true }, problems };
  }
  const unknown = {
    ...base,
    outputs: unknownOutputs(op.outputs),
    weights: {},
    totals: muted ? NO_TOTALS : { ...NO_TOTALS, nodes: 1 },
    bypassed: false,
  };
  if (node.op === BLOCK_INPUT) {
    return { inferred: { ...unknown, outputs: withOneType({ output: boundary }), totals: NO_TOTALS }, problems };
  }
  if (node.op === BLOCK_OUTPUT) return { inferred: { ...unknown, outputs: {}, totals: NO_TOTALS }, problems };
  const known: Record<string, TensorType> = {};
  for (const [port, type] of Object.entries(types)) if (type !== undefined) known[port] = type;
  // What is fed by a node in error is not known, which is not this node's mistake.
  if (resolved.value === undefined || Object.values(types).includes(undefined)) return { inferred: unknown, problems };
  const refusal = refuseKind(op, known);
  if (refusal !== undefined) return { inferred: unknown, problems: [...problems, refusal] };
  const context = { parameters: resolved.value, inputs: known };
  const result = op.infer(context);
  if (!result.ok) return { inferred: unknown, problems: [...problems, result.error] };
  if (muted) return { inferred: { ...unknown, outputs: withOneType(result.value) }, problems };
  const weights = definedWeights(op.weights?.(context));
  const macs = op.macs?.({ ...context, outputs: result.value }) ?? 0;
  return {
    inferred: {
      ...base,
      outputs: withOneType(result.value),
      weights,
      totals: { ...sumWeights(weights), macs, activationBytes: activationBytesOf(result.value), nodes: 1 },
      bypassed: false,
    },
    problems,
  };
}

const KIND_NAMES: Readonly<Record<ValueKind, string>> = {
  numbers: 'numbers',
  tokens: 'token numbers',
  table: 'the weights of an Embedding',
  foreign: 'values that only operators kept from a file know',
};

/** A problem where values of a kind enter that the op cannot use, such as token numbers where it calculates. */
function refuseKind(op: OpDefinition, types: Readonly<Record<string, TensorType>>): Problem | undefined {
  for (const [port, type] of Object.entries(types)) {
    const accepted = op.accepts?.[port] ?? ['numbers'];
    const kind = kindOf(type);
    if (accepted.includes(kind)) continue;
    const expected = accepted.map((name) => KIND_NAMES[name]).join(' or ');
    const hint = kind === 'tokens' && accepted.includes('numbers') ? ' Put an Embedding before it.' : '';
    return {
      code: 'shape/kind',
      port,
      message: `${op.documentation.title} takes ${expected} here, but ${KIND_NAMES[kind]} come in.${hint}`,
      expected,
      received: describeShape(type),
    };
  }
  return undefined;
}

function definedWeights(
  weights: Readonly<Partial<Record<string, WeightSpec>>> | null | undefined,
): Record<string, WeightSpec> {
  const defined: Record<string, WeightSpec> = {};
  for (const [name, weight] of Object.entries(weights ?? {})) if (weight !== undefined) defined[name] = weight;
  return defined;
}
