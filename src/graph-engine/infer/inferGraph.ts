import type { Diagnostic, Problem } from '../core/diagnostic.ts';
import type { OpDefinition, WeightSpec } from '../core/opDefinition.ts';
import type { TensorType } from '../core/shape.ts';
import { BLOCK_INPUT, BLOCK_OUTPUT, blockPorts } from '../document/blockPorts.ts';
import { nameOf, nodeOf, nodesOf, type Scope } from '../document/graphs.ts';
import type { BlockDefinition, BlockNode, Graph, GraphNode, NodeId, OpNode } from '../document/schema.ts';
import { opNamed } from '../ops/index.ts';
import { suggestFixes } from './fixes.ts';
import {
  addTotals,
  NO_TOTALS,
  type InferredGraph,
  type InferredNode,
  type PortTypes,
  type Totals,
} from './inferredGraph.ts';
import { GraphMemo, scopeKey, typesKey, type Dependencies } from './memo.ts';
import {
  diagnose,
  resolveBlockParameters,
  resolveOpParameters,
  resolveScalar,
  type ExpressionScope,
} from './resolveParameters.ts';
import { sortGraph } from './sortGraph.ts';

/** A document may expand to this many ops; ResNet-1001 has about 4 000. */
const MAXIMUM_OPS = 200_000;
const MAXIMUM_REPEAT = 2000;
const MAXIMUM_BLOCK_DEPTH = 16;

interface Surroundings {
  readonly blocks: Readonly<Record<string, BlockDefinition>>;
  /** Blocks being expanded, outermost first. */
  readonly stack: readonly string[];
  /** Where the graph is edited. */
  readonly scope: Scope;
  readonly values: ExpressionScope;
  /** Types at the block's own input ports. */
  readonly inputs: PortTypes;
}

interface GraphResult {
  readonly inferred: InferredGraph;
  readonly dependencies: Dependencies;
}

const graphMemo = new GraphMemo<InferredGraph>();

/** Infers one instance of a graph: types, weights, costs and diagnostics; equal instances are inferred once. */
export function inferGraph(graph: Graph, surroundings: Surroundings): GraphResult {
  const key = `${surroundings.stack.length === 0 ? 'root' : 'block'}|${scopeKey(graph, surroundings.values)}|${typesKey(surroundings.inputs)}`;
  const memoized = graphMemo.get(graph, key, surroundings.blocks);
  if (memoized !== undefined) return { inferred: memoized.value, dependencies: memoized.dependencies };

  const { order, cyclic } = sortGraph(graph);
  const nodes = new Map<NodeId, InferredNode>();
  const dependencies = new Map<string, BlockDefinition | undefined>();
  let totals: Totals = NO_TOTALS;
  for (const id of order) {
    const node = inferNode(graph, id, nodes, surroundings, totals.nodes, dependencies);
    nodes.set(id, node);
    totals = addTotals(totals, node.totals);
  }
  const diagnostics = [...nodes.values()].flatMap((node) => node.diagnostics);
  for (const id of cyclic) diagnostics.push(cycleDiagnostic(id, graph));
  diagnostics.push(...duplicateNames(graph));
  const outputs: Record<string, TensorType | undefined> = {};
  for (const port of blockPorts(graph).outputs) outputs[port.name] = nodes.get(port.node)?.inputs['input'];
  const inferred: InferredGraph = { nodes, order, outputs, diagnostics, totals };
  graphMemo.set(graph, key, dependencies, inferred);
  return { inferred, dependencies };
}

function cycleDiagnostic(id: NodeId, graph: Graph): Diagnostic {
  return {
    code: 'graph/cycle',
    severity: 'error',
    at: { path: [], node: id },
    message: `"${nameOf(id, nodeOf(graph, id))}" is on or behind a cycle. Data must flow one way; remove one wire of the loop.`,
  };
}

function duplicateNames(graph: Graph): Diagnostic[] {
  const seen = new Map<string, NodeId>();
  const diagnostics: Diagnostic[] = [];
  for (const [id, node] of nodesOf(graph)) {
    const name = nameOf(id, node);
    const other = seen.get(name);
    if (other === undefined) seen.set(name, id);
    else
      diagnostics.push({
        code: 'graph/duplicate-name',
        severity: 'error',
        at: { path: [], node: id },
        message: `Two nodes here are named "${name}". Weights and exports go by name; rename one of them.`,
        fixes: [],
      });
  }
  return diagnostics;
}

interface NodeInputs {
  readonly types: Record<string, TensorType | undefined>;
  readonly problems: Problem[];
}

/** Types at a node's input ports, with what is missing or dangling. */
function gatherInputs(
  node: GraphNode,
  ports: readonly string[],
  graph: Graph,
  nodes: ReadonlyMap<NodeId, InferredNode>,
): NodeInputs {
  const types: Record<string, TensorType | undefined> = {};
  const problems: Problem[] = [];
  for (const port of ports) {
    const source = node.inputs[port];
    if (source === undefined) {
      problems.push({ code: 'graph/missing-input', port, message: `Nothing is connected to the input "${port}".` });
      types[port] = undefined;
      continue;
    }
    const from = graph.nodes[source.node];
    const inferred = nodes.get(source.node);
    if (from === undefined) {
      problems.push({
        code: 'graph/dangling-wire',
        port,
        message: `The wire to "${port}" comes from a node that does not exist.`,
        received: source.node,
      });
    } else if (inferred !== undefined && !Object.hasOwn(inferred.outputs, source.port)) {
      problems.push({
        code: 'graph/unknown-port',
        port,
        message: `The wire to "${port}" comes from "${nameOf(source.node, from)}", which has no output "${source.port}".`,
        expected: Object.keys(inferred.outputs).join(', '),
        received: source.port,
      });
    }
    types[port] = inferred?.outputs[source.port];
  }
  for (const port of Object.keys(node.inputs)) {
    if (ports.includes(port)) continue;
    problems.push({
      code: 'graph/unknown-port',
      port,
      message: `There is no input "${port}" here.`,
      expected: ports.join(', '),
      received: port,
    });
  }
  return { types, problems };
}

function isEnabled(node: GraphNode, values: ExpressionScope, problems: Problem[]): boolean {
  if (node.enabled === undefined || typeof node.enabled === 'boolean') return node.enabled ?? true;
  const result = resolveScalar(node.enabled, values);
  if (!result.ok) problems.push({ ...result.error, parameter: 'enabled' });
  else if (typeof result.value === 'boolean') return result.value;
  else {
    problems.push({
      code: 'parameter/invalid',
      parameter: 'enabled',
      message: `"enabled" must be true, false or an expression such as "= stride > 1".`,
      received: JSON.stringify(result.value),
    });
  }
  return true;
}

function inferNode(
  graph: Graph,
  id: NodeId,
  nodes: ReadonlyMap<NodeId, InferredNode>,
  surroundings: Surroundings,
  opsBefore: number,
  dependencies: Map<string, BlockDefinition | undefined>,
): InferredNode {
  const node = nodeOf(graph, id);
  if ('block' in node) return inferBlockNode(graph, id, node, nodes, surroundings, opsBefore, dependencies);
  return inferOpNode(graph, id, node, nodes, surroundings);
}

function passThrough(types: PortTypes, outputs: readonly string[], firstInput: string | undefined): PortTypes {
  const type = firstInput === undefined ? undefined : types[firstInput];
  return Object.fromEntries(outputs.map((port) => [port, type]));
}

function unknownOutputs(outputs: readonly string[]): PortTypes {
  return Object.fromEntries(outputs.map((port) => [port, undefined]));
}

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

const opMemo = new WeakMap<
  OpNode,
  { readonly key: string; readonly inferred: Omit<InferredNode, 'diagnostics'>; readonly problems: readonly Problem[] }
>();

function inferOpNode(
  graph: Graph,
  id: NodeId,
  node: OpNode,
  nodes: ReadonlyMap<NodeId, InferredNode>,
  surroundings: Surroundings,
): InferredNode {
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
      },
      diagnostics: [diagnose(problem, id)],
    };
  }
  const gathered = gatherInputs(node, op.inputs, graph, nodes);
  const boundary = node.op === BLOCK_INPUT ? surroundings.inputs[name] : undefined;
  const key = `${id}|${scopeKey(graph, surroundings.values)}|${typesKey(gathered.types)}|${typesKey({ boundary })}`;
  const memoized = opMemo.get(node);
  let result = memoized;
  if (memoized === undefined || memoized.key !== key) {
    result = { key, ...computeOp(id, name, node, op, gathered.types, boundary, surroundings) };
    if (Object.isFrozen(node)) opMemo.set(node, result);
  }
  if (result === undefined) throw new Error('unreachable: the op was just inferred');
  const problems = [...gathered.problems, ...result.problems];
  const diagnostics = problems.map((problem) => {
    const fixes = suggestFixes(problem, { graph, scope: surroundings.scope, id, node, types: gathered.types });
    return { ...diagnose(problem, id), ...(fixes.length === 0 ? {} : { fixes }) };
  });
  return { ...result.inferred, diagnostics };
}

function computeOp(
  id: NodeId,
  name: string,
  node: OpNode,
  op: OpDefinition,
  types: PortTypes,
  boundary: TensorType | undefined,
  surroundings: Surroundings,
): { readonly inferred: Omit<InferredNode, 'diagnostics'>; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const resolved = resolveOpParameters(op.parameters, node.parameters, surroundings.values);
  problems.push(...resolved.problems);
  const base = { id, name, node, parameters: resolved.value, inputs: types };
  if (!isEnabled(node, surroundings.values, problems)) {
    const outputs = passThrough(types, op.outputs, op.inputs[0]);
    return { inferred: { ...base, outputs, weights: {}, totals: NO_TOTALS, bypassed: true }, problems };
  }
  const unknown = {
    ...base,
    outputs: unknownOutputs(op.outputs),
    weights: {},
    totals: { ...NO_TOTALS, nodes: 1 },
    bypassed: false,
  };
  if (node.op === BLOCK_INPUT) {
    return { inferred: { ...unknown, outputs: { output: boundary }, totals: NO_TOTALS }, problems };
  }
  if (node.op === BLOCK_OUTPUT) return { inferred: { ...unknown, outputs: {}, totals: NO_TOTALS }, problems };
  const known: Record<string, TensorType> = {};
  for (const port of op.inputs) {
    const type = types[port];
    if (type !== undefined) known[port] = type;
  }
  if (resolved.value === undefined || Object.keys(known).length < op.inputs.length)
    return { inferred: unknown, problems };
  const context = { parameters: resolved.value, inputs: known };
  const result = op.infer(context);
  if (!result.ok) return { inferred: unknown, problems: [...problems, result.error] };
  const weights = definedWeights(op.weights?.(context));
  const macs = op.macs?.({ ...context, outputs: result.value }) ?? 0;
  return {
    inferred: {
      ...base,
      outputs: result.value,
      weights,
      totals: { ...sumWeights(weights), macs, nodes: 1 },
      bypassed: false,
    },
    problems,
  };
}

function definedWeights(
  weights: Readonly<Partial<Record<string, WeightSpec>>> | null | undefined,
): Record<string, WeightSpec> {
  const defined: Record<string, WeightSpec> = {};
  for (const [name, weight] of Object.entries(weights ?? {})) if (weight !== undefined) defined[name] = weight;
  return defined;
}

function repeatOf(node: BlockNode, values: ExpressionScope, problems: Problem[]): number {
  if (node.repeat === undefined) return 1;
  const result =
    typeof node.repeat === 'number' ? { ok: true as const, value: node.repeat } : resolveScalar(node.repeat, values);
  if (!result.ok) {
    problems.push({ ...result.error, parameter: 'repeat' });
    return 1;
  }
  if (
    typeof result.value === 'number' &&
    Number.isInteger(result.value) &&
    result.value >= 0 &&
    result.value <= MAXIMUM_REPEAT
  )
    return result.value;
  problems.push({
    code: 'block/repeat',
    parameter: 'repeat',
    message: `A block repeats a whole number of times.`,
    expected: `0 to ${MAXIMUM_REPEAT}`,
    received: JSON.stringify(result.value),
  });
  return 1;
}

function refuseExpansion(
  node: BlockNode,
  definition: BlockDefinition | undefined,
  stack: readonly string[],
): Problem | undefined {
  if (definition === undefined)
    return { code: 'block/unknown', message: `The document has no block "${node.block}".`, received: node.block };
  if (stack.includes(node.block)) {
    return {
      code: 'block/recursion',
      message: `The block "${definition.name}" contains itself, so it would never end.`,
      received: [...stack, node.block].join(' › '),
    };
  }
  if (stack.length >= MAXIMUM_BLOCK_DEPTH) {
    return {
      code: 'block/depth',
      message: `Blocks are nested deeper than ${MAXIMUM_BLOCK_DEPTH} levels here.`,
      received: stack.join(' › '),
    };
  }
  return undefined;
}

function inferBlockNode(
  graph: Graph,
  id: NodeId,
  node: BlockNode,
  nodes: ReadonlyMap<NodeId, InferredNode>,
  surroundings: Surroundings,
  opsBefore: number,
  dependencies: Map<string, BlockDefinition | undefined>,
): InferredNode {
  const name = nameOf(id, node);
  const definition = surroundings.blocks[node.block];
  dependencies.set(node.block, definition);
  const refusal = refuseExpansion(node, definition, surroundings.stack);
  if (refusal !== undefined || definition === undefined) {
    const outputs =
      definition === undefined
        ? { output: undefined }
        : unknownOutputs(blockPorts(definition.graph).outputs.map((port) => port.name));
    return {
      ...{
        id,
        name,
        node,
        parameters: undefined,
        inputs: {},
        outputs,
        weights: {},
        totals: NO_TOTALS,
        bypassed: false,
      },
      diagnostics: refusal === undefined ? [] : [diagnose(refusal, id)],
    };
  }
  const ports = blockPorts(definition.graph);
  const inputNames = ports.inputs.map((port) => port.name);
  const outputNames = ports.outputs.map((port) => port.name);
  const gathered = gatherInputs(node, inputNames, graph, nodes);
  const problems = [...gathered.problems];
  const enabled = isEnabled(node, surroundings.values, problems);
  const repeat = repeatOf(node, surroundings.values, problems);
  // A repeated node's parameters may use its own `index` and `repeat`, such as "= index == 0 ? 2 : 1".
  const resolveAt = (index: number): ReturnType<typeof resolveBlockParameters> =>
    resolveBlockParameters(
      definition.parameters,
      node.parameters,
      node.repeat === undefined ? surroundings.values : { ...surroundings.values, index, repeat },
    );
  const resolved = resolveAt(0);
  problems.push(...resolved.problems);
  const base = { id, name, node, parameters: resolved.value, inputs: gathered.types, weights: {} };
  if (!enabled || repeat === 0 || resolved.value === undefined) {
    const outputs =
      resolved.value === undefined
        ? unknownOutputs(outputNames)
        : passThrough(gathered.types, outputNames, inputNames[0]);
    const bypassed = resolved.value !== undefined;
    return {
      ...base,
      outputs,
      totals: NO_TOTALS,
      bypassed,
      diagnostics: problems.map((problem) => diagnose(problem, id)),
    };
  }

  const instances: InferredGraph[] = [];
  let types: PortTypes = gathered.types;
  let totals = NO_TOTALS;
  const inner: Diagnostic[] = [];
  const [firstInput] = inputNames;
  const [firstOutput] = outputNames;
  for (let index = 0; index < repeat; index++) {
    const parameters = index === 0 ? resolved : resolveAt(index);
    if (parameters.value === undefined) {
      problems.push(...parameters.problems);
      break;
    }
    const result = inferGraph(definition.graph, {
      blocks: surroundings.blocks,
      stack: [...surroundings.stack, node.block],
      scope: node.block,
      values: { ...parameters.value, index, repeat },
      inputs: types,
    });
    for (const [block, used] of result.dependencies) dependencies.set(block, used);
    instances.push(result.inferred);
    totals = addTotals(totals, result.inferred.totals);
    // One bad instance is told once: the others usually share the mistake.
    if (inner.length === 0) inner.push(...result.inferred.diagnostics);
    if (opsBefore + totals.nodes > MAXIMUM_OPS) {
      problems.push({
        code: 'block/too-large',
        parameter: 'repeat',
        message: `The network expands to more than ${MAXIMUM_OPS} ops here; lower a repeat.`,
        received: `${opsBefore + totals.nodes} ops after ${index + 1} repetitions`,
      });
      break;
    }
    if (firstInput !== undefined && firstOutput !== undefined)
      types = { ...types, [firstInput]: result.inferred.outputs[firstOutput] };
  }
  const outputs = Object.fromEntries(outputNames.map((port) => [port, instances.at(-1)?.outputs[port]]));
  const diagnostics = [
    ...problems.map((problem) => diagnose(problem, id)),
    ...inner.map((diagnostic) => ({ ...diagnostic, at: { ...diagnostic.at, path: [id, ...diagnostic.at.path] } })),
  ];
  return { ...base, outputs, totals, bypassed: false, instances, diagnostics };
}
