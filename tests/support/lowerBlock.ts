import type { TensorType } from '../../src/graph-engine/core/shape.ts';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { zerosIn } from '../../src/graph-engine/lower/lowerDocument.ts';
import { walkInstances, type VisitOp } from '../../src/graph-engine/lower/walkInstances.ts';
import { opNamed } from '../../src/graph-engine/ops/index.ts';
import type { Value, Variable } from '../../src/graph-engine/program/program.ts';
import type { LowerCase, OracleCase, OracleInput } from './oracleCases.ts';
import { blockTemplate, networkOf, type WrittenNode } from './networks.ts';

/** The node that the block is; its weights are `block.…`. */
const BLOCK = 'block';
/** Marks where an output of the block arrives; nothing is lowered for it. */
const PROBE = 'probe-';

/** Lowers a library block, fed by inputs alone. */
export function lowerBlock(id: string): LowerCase {
  return (builder, example, inputs, seed, prefix) => {
    const document = documentOf(id, example);
    const { root, diagnostics } = inferDocument(document);
    // The block is no network: it has no loss.
    const problems = diagnostics.filter(({ severity, code }) => severity === 'error' && code !== 'graph/no-output');
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join(' '));
    const outputs: Record<string, Value> = {};
    const weights = new Map<string, Variable>();
    const visit: VisitOp<Value> = ({ path, op: type, inferred }, values) => {
      const op = opNamed(type);
      if (op === undefined) throw new Error(`There is no op ${type}`);
      if (path.startsWith(PROBE)) {
        const value = values['input'];
        if (value !== undefined) outputs[path.slice(PROBE.length)] = value;
        return { output: value as Value };
      }
      if (op.family === 'input') return { output: inputs[path] as Value };
      const declared: Record<string, Variable> = {};
      for (const [weight, { dims, initializer, trainable }] of Object.entries(inferred.weights)) {
        const name = `${path}.${weight}`;
        const role = trainable ? 'weight' : 'statistic';
        declared[weight] = { name: prefix + name, dims, dtype: 'float32', initializer, role, trainable, origin: path };
        weights.set(name.replace(/^block(?=\[)|^block\./, ''), declared[weight]);
      }
      return op.lower({
        builder,
        parameters: inferred.parameters ?? {},
        inputs: values,
        types: inferred.inputs as Record<string, TensorType>,
        weights: declared,
        mode: example.mode,
        seed,
        path,
      });
    };
    walkInstances<Value>(document, root, { visit, zeros: (port) => zerosIn(builder, port) });
    return { outputs, weights };
  };
}

function documentOf(id: string, { inputs, outputs, parameters, repeat }: OracleCase): SkipwireDocument {
  const nodes: Record<string, WrittenNode> = {};
  for (const [port, input] of Object.entries(inputs)) nodes[port] = { ...inputNode(input), inputs: {} };
  const wires = Object.fromEntries(Object.keys(inputs).map((port) => [port, port]));
  nodes[BLOCK] = { block: id, parameters, ...(repeat === undefined ? {} : { repeat }), inputs: wires };
  for (const port of Object.keys(outputs)) nodes[PROBE + port] = { op: 'relu', inputs: { input: `${BLOCK}.${port}` } };
  return networkOf(nodes, blockTemplate(`${id}.json`).blocks);
}

function inputNode({ axes }: OracleInput): WrittenNode {
  const sizes = new Map<string, number>(axes);
  const length = sizes.get('sequence');
  if (length !== undefined)
    return { op: 'sequenceInput', parameters: { length, features: sizes.get('features') ?? 1 } };
  return { op: 'input', parameters: Object.fromEntries(axes) };
}
