import type { TensorType } from '../../core/shape.ts';
import type { ParameterValue } from '../../document/schema.ts';
import type { View } from './view.ts';

/** An output of a drawn node. */
export interface Source {
  readonly node: DrawnNode;
  readonly port: string;
}

/** A value of the drawing that stands for one of the file. */
export interface Bound {
  readonly source: Source;
  readonly type: TensorType;
  readonly view: View;
}

/** A weight in the layout of ours; its values are laid out when they are asked for. */
export interface DrawnWeight {
  readonly dims: readonly number[];
  readonly values: () => Float32Array;
}

/** What a drawing is told of the node or layer of a file that something stands for. */
export interface Origin {
  readonly name: string;
  readonly opType: string;
  /** Empty for the operators of ONNX itself. */
  readonly domain: string;
  readonly inputs: readonly string[];
  /** The modules that it comes from, outermost first. */
  readonly modules: readonly string[];
}

/** A node of the drawing before it has a name. */
export interface DrawnNode {
  readonly op: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly inputs: Readonly<Record<string, Source>>;
  readonly types: Readonly<Record<string, TensorType>>;
  readonly weights: Readonly<Record<string, DrawnWeight>>;
  /** The node of the file that it stands for. */
  readonly from: Origin | undefined;
  /** What it should be called where the file does not say. */
  readonly hint: string | undefined;
}
