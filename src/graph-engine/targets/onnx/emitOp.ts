import type { OnnxContext } from '../../core/onnxContext.ts';
import type { OpDefinition, WeightSpec } from '../../core/opDefinition.ts';
import type { TensorType } from '../../core/shape.ts';
import type { OnnxGraphBuilder, OnnxInitializer } from './onnxGraph.ts';
import { permutedDims, permutedPieces } from './permuteAxes.ts';
import { floatContent, piecesOf } from './tensorContent.ts';

/**
 * Gives the values of a variable by its name, such as `stage2[3].conv1.kernel`; called when the tensor is written. They are used before
 * the next are asked for, which may lie in the same memory.
 */
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

/** Writes one op into the graph, whose tensors are made in `room` where there is one, and returns the ONNX names of its outputs. */
export function emitOp(
  graph: OnnxGraphBuilder,
  instance: OnnxOpInstance,
  source: WeightSource,
  room?: Float32Array,
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
      graph.node(name, { opType, inputs: nodeInputs, attributes, documentation, op: op.type }),
    nodes: (opType, nodeInputs, attributes, names) =>
      graph.nodes(path, { opType, inputs: nodeInputs, attributes, documentation, op: op.type }, names),
    weight(name, permutation) {
      const spec = weights[name];
      if (spec === undefined) throw new Error(`${op.type} at ${path} exports the weight "${name}", which it lacks.`);
      return addWeight(graph, `${path}.${name}`, spec, { source, room }, permutation);
    },
    hasWeight: (name) => weights[name] !== undefined,
    kept: (node, nodeInputs, outputs, captured) =>
      graph.nodes(
        path,
        { opType: node.opType, inputs: nodeInputs, attributes: {}, documentation, kept: { node, captured } },
        outputs,
      ),
    tensor: (name, tensor) =>
      graph.initializer(`${path}.${name}`, {
        dims: tensor.dims.map(Number),
        dtype: 'float32',
        isWeight: false,
        content: { kind: 'integers', values: [] },
        kept: tensor,
      }),
    int64: (name, values) => graph.initializer(`${path}.${name}`, int64Tensor(values)),
    float: (name, values, dims) => graph.initializer(`${path}.${name}`, floatTensor(values, dims)),
  };
  return op.exportOnnx(context);
}

function addWeight(
  graph: OnnxGraphBuilder,
  variable: string,
  spec: WeightSpec,
  { source, room }: { readonly source: WeightSource; readonly room: Float32Array | undefined },
  permutation: readonly number[] | undefined,
): string {
  const count = spec.dims.reduce((product, size) => product * size, 1);
  // A weight that is exported by its owner and sent along a wire is one tensor of the file.
  return graph.sharedInitializer(`${variable} ${permutation?.join() ?? ''}`, variable, {
    dims: permutation === undefined ? spec.dims : permutedDims(spec.dims, permutation),
    dtype: 'float32',
    isWeight: true,
    content: {
      kind: 'floats',
      pieces() {
        const values = source(variable);
        if (values.length !== count) {
          throw new Error(`Variable ${variable} has ${values.length} values where its shape needs ${count}.`);
        }
        return permutation === undefined ? piecesOf(values) : permutedPieces(values, spec.dims, permutation, { room });
      },
    },
  });
}

/** An int64 tensor of one axis. */
export function int64Tensor(values: readonly number[]): Omit<OnnxInitializer, 'name'> {
  return { dims: [values.length], dtype: 'int64', isWeight: false, content: { kind: 'integers', values } };
}

/** A float32 tensor. */
export function floatTensor(values: readonly number[], dims: readonly number[]): Omit<OnnxInitializer, 'name'> {
  return { dims, dtype: 'float32', isWeight: false, content: floatContent(values) };
}
