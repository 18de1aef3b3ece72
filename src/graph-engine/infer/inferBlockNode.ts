import type { Diagnostic, Problem } from '../core/diagnostic.ts';
import { blockPorts } from '../document/blockPorts.ts';
import { nameOf } from '../document/graphs.ts';
import type { BlockDefinition, BlockNode, Graph, NodeId } from '../document/schema.ts';
import { addTotals, NO_TOTALS, type InferredGraph, type InferredNode, type PortTypes } from './inferredGraph.ts';
import { gatherInputs, isEnabled, isMuted, passThrough, unknownOutputs } from './nodeInputs.ts';
import { diagnose, resolveBlockParameters, resolveScalar, type ExpressionScope } from './resolveParameters.ts';
import type { GraphResult, Surroundings } from './surroundings.ts';

/** A document may expand to this many nodes, about ten times those of ResNet-1001; inferring them takes a second or two. */
const MAXIMUM_SIZE = 60_000;
const MAXIMUM_REPEAT = 2000;
const MAXIMUM_BLOCK_DEPTH = 16;

/** Infers the graph inside a block: `inferGraph`, handed in because it enters blocks itself. */
export type InferInstance = (graph: Graph, surroundings: Surroundings) => GraphResult;

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

/** Infers a block node: every repetition in turn, each fed by the one before. */
export function inferBlockNode(
  graph: Graph,
  id: NodeId,
  node: BlockNode,
  nodes: ReadonlyMap<NodeId, InferredNode>,
  surroundings: Surroundings,
  sizeBefore: number,
  dependencies: Map<string, BlockDefinition | undefined>,
  inferInstance: InferInstance,
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
        muted: false,
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
  const muted = isMuted(node, surroundings.values, problems);
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
  const base = { id, name, node, parameters: resolved.value, inputs: gathered.types, weights: {}, muted };
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
  let size = sizeBefore + 1;
  const inner: Diagnostic[] = [];
  const [firstInput] = inputNames;
  const [firstOutput] = outputNames;
  for (let index = 0; index < repeat; index++) {
    const parameters = index === 0 ? resolved : resolveAt(index);
    if (parameters.value === undefined) {
      problems.push(...parameters.problems);
      break;
    }
    const result = inferInstance(definition.graph, {
      blocks: surroundings.blocks,
      stack: [...surroundings.stack, node.block],
      scope: node.block,
      values: { ...parameters.value, index, repeat },
      inputs: types,
    });
    for (const [block, used] of result.dependencies) dependencies.set(block, used);
    instances.push(result.inferred);
    totals = addTotals(totals, result.inferred.totals);
    size += Math.max(1, result.inferred.size);
    // One bad instance is told once: the others usually share the mistake.
    if (inner.length === 0) inner.push(...result.inferred.diagnostics);
    if (size > MAXIMUM_SIZE) {
      problems.push({
        code: 'block/too-large',
        parameter: 'repeat',
        message: `The network expands to more than ${MAXIMUM_SIZE} nodes here; lower a repeat.`,
        received: `${size} nodes after ${index + 1} repetitions`,
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
  return { ...base, outputs, totals: muted ? NO_TOTALS : totals, bypassed: false, instances, diagnostics };
}
