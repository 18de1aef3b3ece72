import type { Problem } from '../core/diagnostic.ts';
import type { TensorType } from '../core/shape.ts';
import { nameOf } from '../document/graphs.ts';
import type { Graph, GraphNode, NodeId } from '../document/schema.ts';
import type { InferredNode, PortTypes } from './inferredGraph.ts';
import { resolveScalar, type ExpressionScope } from './resolveParameters.ts';

interface NodeInputs {
  readonly types: Record<string, TensorType | undefined>;
  readonly problems: Problem[];
}

/** Types at a node's input ports, with what is missing or dangling. An optional port that nothing feeds is left out. */
export function gatherInputs(
  node: GraphNode,
  required: readonly string[],
  graph: Graph,
  nodes: ReadonlyMap<NodeId, InferredNode>,
  optional: readonly string[] = [],
): NodeInputs {
  const types: Record<string, TensorType | undefined> = {};
  const problems: Problem[] = [];
  const ports = [...required, ...optional];
  for (const port of ports) {
    const source = node.inputs[port];
    if (source === undefined) {
      if (optional.includes(port)) continue;
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

/** A switch of a node, which may be an expression; one that is no answer is a problem, and leaves the switch as it is. */
function switchOf(
  node: GraphNode,
  field: 'enabled' | 'muted',
  initial: boolean,
  values: ExpressionScope,
  problems: Problem[],
): boolean {
  const given = node[field];
  if (given === undefined || typeof given === 'boolean') return given ?? initial;
  const result = resolveScalar(given, values);
  if (!result.ok) problems.push({ ...result.error, parameter: field });
  else if (typeof result.value === 'boolean') return result.value;
  else {
    problems.push({
      code: 'parameter/invalid',
      parameter: field,
      message: `"${field}" must be true, false or an expression such as "= stride > 1".`,
      received: JSON.stringify(result.value),
    });
  }
  return initial;
}

/** Whether a node takes part, or is bypassed. */
export function isEnabled(node: GraphNode, values: ExpressionScope, problems: Problem[]): boolean {
  return switchOf(node, 'enabled', true, values, problems);
}

/** Whether zeros come out of a node. */
export function isMuted(node: GraphNode, values: ExpressionScope, problems: Problem[]): boolean {
  return switchOf(node, 'muted', false, values, problems);
}

/** Output types of a bypassed node: its first input on every port. */
export function passThrough(types: PortTypes, outputs: readonly string[], firstInput: string | undefined): PortTypes {
  const type = firstInput === undefined ? undefined : types[firstInput];
  return Object.fromEntries(outputs.map((port) => [port, type]));
}

/** Output types of a node in error. */
export function unknownOutputs(outputs: readonly string[]): PortTypes {
  return Object.fromEntries(outputs.map((port) => [port, undefined]));
}
