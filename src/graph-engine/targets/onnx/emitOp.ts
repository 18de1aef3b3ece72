import type { OnnxContext } from '../../core/onnxContext.ts';
import type { OpDefinition, WeightSpec } from '../../core/opDefinition.ts';
import type { TensorType } from '../../core/shape.ts';
import type { OnnxGraphBuilder } from './onnxGraph.ts';
import { permuteAxes, permutedDims } from './permuteAxes.ts';

/** Gives the values of a variable by its name, such as `stage2[3].conv1.kernel`; called when the tensor is written. */
export type WeightSource = (variable: string) => Float32Array;

/** One op with everything resolved, and where it goes. */
export interface OnnxOpInstance {
  readonly op: OpDefinition;
  readonly path: string;
  /** Parsed by the op's schema. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** ONNX names of what feeds each input port. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, TensorType>>;
  readonly weights: Readonly<Partial<Record<string, WeightSpec>>>;
}

/** Writes one op into the graph and returns the ONNX names of its outputs. */
export function emitOp(
  graph: OnnxGraphBuilder,
  instance: OnnxOpInstance,
  source: WeightSource,
): Readonly<Record<string, string>> {
  const { op, path, parameters, inputs, types, weights } = instance;
  const documentation = `${op.documentation.title} "${path}"`;
  const context: OnnxContext<Record<string, unknown>, string, string, string> = {
    parameters,
    inputs,
    types,
    path,
    opset: graph.opset,
    node: (opType, nodeInputs, attributes = {}, name = path) =>
      graph.node(name, { opType, inputs: nodeInputs, attributes, documentation }),
    nodes: (opType, nodeInputs, attributes, names) =>
      graph.nodes(path, { opType, inputs: nodeInputs, attributes, documentation }, names),
    weight(name, permutation) {
      const spec = weights[name];
      if (spec === undefined) throw new Error(`${op.type} at ${path} exports the weight "${name}", which it lacks.`);
      return addWeight(graph, `${path}.${name}`, spec, source, permutation);
    },
    hasWeight: (name) => weights[name] !== undefined,
    int64: (name, values) => graph.initializer(`${path}.${name}`, int64Tensor(values)),
    float: (name, values, dims) => graph.initializer(`${path}.${name}`, floatTensor(values, dims)),
  };
  return op.exportOnnx(context);
}

function addWeight(
  graph: OnnxGraphBuilder,
  variable: string,
  spec: WeightSpec,
  source: WeightSource,
  permutation: readonly number[] | undefined,
): string {
  const count = spec.dims.reduce((product, size) => product * size, 1);
  // A weight that is exported by its owner and sent along a wire is one tensor of the file.
  return graph.sharedInitializer(`${variable} ${permutation?.join() ?? ''}`, variable, {
    dims: permutation === undefined ? spec.dims : permutedDims(spec.dims, permutation),
    dtype: 'float32',
    byteLength: count * Float32Array.BYTES_PER_ELEMENT,
    bytes() {
      const values = source(variable);
      if (values.length !== count) {
        throw new Error(`Variable ${variable} has ${values.length} values where its shape needs ${count}.`);
      }
      return bytesOf(permutation === undefined ? values : permuteAxes(values, spec.dims, permutation));
    },
  });
}

/** An int64 tensor of one axis. */
export function int64Tensor(values: readonly number[]) {
  const data = BigInt64Array.from(values, (value) => BigInt(value));
  return { dims: [values.length], dtype: 'int64' as const, byteLength: data.byteLength, bytes: () => bytesOf(data) };
}

/** A float32 tensor. */
export function floatTensor(values: readonly number[], dims: readonly number[]) {
  const data = Float32Array.from(values);
  return { dims, dtype: 'float32' as const, byteLength: data.byteLength, bytes: () => bytesOf(data) };
}

/** ONNX raw data is little-endian, as is every machine that the engine's native library runs on. */
function bytesOf(array: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
