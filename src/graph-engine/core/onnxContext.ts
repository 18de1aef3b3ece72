import type { NodeProto, TensorProto } from '../targets/protobuf/generated/onnx_pb.js';
import type { PortRecord } from './opDefinition.ts';
import type { TensorType } from './shape.ts';

export type OnnxAttribute =
  number | string | readonly number[] | { readonly float: number } | { readonly floats: readonly number[] };

/**
 * What an op's ONNX export may use. Tensors are channels first: an image is `[batch, channels, height, width]`.
 * Attribute numbers are written as INT, `{ float }` as FLOAT.
 */
export interface OnnxContext<Parameters, Input extends string, Weight extends string, Optional extends string = never> {
  readonly parameters: Parameters;
  readonly inputs: PortRecord<Input, Optional, string>;
  readonly types: PortRecord<Input, Optional, TensorType>;
  /** Document path of the node; ONNX names derive from it. */
  readonly path: string;
  /** Version of the operator set: what came with a later one must be written by its parts. */
  readonly opset: number;
  /** Adds a node and returns the name of its first output, which is `name` or the path. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    name?: string,
  ): string;
  /** Adds a node of several outputs and returns their names, which begin with `names`. */
  nodes(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    names: readonly string[],
  ): readonly string[];
  /** Adds a node as a file had it, with other names for its inputs, and returns those of its outputs. */
  kept(
    node: NodeProto,
    inputs: readonly string[],
    outputs: readonly string[],
    captured: ReadonlyMap<string, string>,
  ): readonly string[];
  /** Adds a tensor as a file had it and returns its name. */
  tensor(name: string, tensor: TensorProto): string;
  /** Adds a weight as an initializer, its axes permuted, and returns its name; the weight must exist. */
  weight(name: Weight, permutation?: readonly number[]): string;
  /** Whether the op has this weight with its present parameters. */
  hasWeight(name: Weight): boolean;
  /** Adds a constant int64 initializer. */
  int64(name: string, values: readonly number[]): string;
  /** Adds a constant float initializer; `dims` empty for a scalar. */
  float(name: string, values: readonly number[], dims: readonly number[]): string;
}
