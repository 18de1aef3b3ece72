import type { AttributeProto, TypeProto } from '../../targets/protobuf/generated/onnx_pb.js';
import type { ConstantTensor } from './constantTensor.ts';

/** A size that a file tells: a number, the name of a symbolic axis, or nothing. */
export type SourceDim = number | string | null;

/** What a file says about a value. `dims` is null where not even the rank is told. */
export interface SourceType {
  readonly elementType: number;
  readonly dims: readonly SourceDim[] | null;
  /** The whole type, for values that are no tensors too. */
  readonly proto: TypeProto | undefined;
}

export interface SourceValue {
  readonly name: string;
  readonly type: SourceType;
  readonly documentation: string;
}

/** A node as the file has it; names of inputs that are left out are empty. */
export interface SourceNode {
  readonly name: string;
  readonly opType: string;
  /** Empty for the operators of ONNX itself. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeProto>;
  readonly documentation: string;
  /** The modules that the exporter says it comes from, outermost first: `['encoder', 'layers.0', 'fc1']`. */
  readonly modules: readonly string[];
}

/** A model with its functions written out, in topological order, and its tensors checked. */
export interface SourceModel {
  readonly name: string;
  readonly producer: string;
  readonly documentation: string;
  /** Version of ONNX's own operators. */
  readonly opset: number;
  /** Versions of the operators of all domains. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: readonly SourceNode[];
  /** Without those that an initializer stands for. */
  readonly inputs: readonly SourceValue[];
  readonly outputs: readonly SourceValue[];
  readonly initializers: ReadonlyMap<string, ConstantTensor>;
  /** What the file says about values inside. */
  readonly told: ReadonlyMap<string, SourceType>;
  readonly notes: readonly string[];
}

/** An attribute that is a whole number. */
export function intOf(node: SourceNode, name: string, fallback: number): number {
  const found = node.attributes.get(name);
  return found === undefined ? fallback : Number(found.i);
}

/** An attribute that is a number with a fraction. */
export function floatOf(node: SourceNode, name: string, fallback: number): number {
  return node.attributes.get(name)?.f ?? fallback;
}

/** An attribute that is a list of whole numbers; `undefined` where it is left out. */
export function intsOf(node: SourceNode, name: string): readonly number[] | undefined {
  return node.attributes.get(name)?.ints.map(Number);
}

/** An attribute that is text. */
export function textOf(node: SourceNode, name: string, fallback: string): string {
  const bytes = node.attributes.get(name)?.s;
  return bytes === undefined ? fallback : String.fromCharCode(...bytes);
}
