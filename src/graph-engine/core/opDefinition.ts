import type { z } from 'zod';
import type { Builder } from '../program/builder.ts';
import type { Value, Variable } from '../program/program.ts';
import type { Result } from './diagnostic.ts';
import type { Initializer } from './initializer.ts';
import type { OnnxContext } from './onnxContext.ts';
import type { TensorType } from './shape.ts';

export type OpFamily =
  | 'input'
  | 'convolution'
  | 'normalization'
  | 'activation'
  | 'merge'
  | 'pooling'
  | 'arrangement'
  | 'dense'
  | 'regularization'
  | 'output';

/** One tensor an op owns. Kernels are stored as TensorFlow has them: `[..., in, out]`. */
export interface WeightSpec {
  readonly dims: readonly number[];
  readonly initializer: Initializer;
  readonly trainable: boolean;
}

/** How one position of an output looks at its input along one axis. */
export interface AxisReach {
  /** Positions from the first to the last one that is looked at; infinite when all of them are. */
  readonly extent: number;
  /** Input positions between two neighbouring outputs; below 1 when the output is larger. */
  readonly stride: number;
}

export type Mode = 'train' | 'inference';

/** What an op's lowering may use. `weights` are already declared variables; read them through the builder. */
export interface LowerContext<Parameters, Input extends string, Weight extends string> {
  readonly builder: Builder;
  readonly parameters: Parameters;
  readonly inputs: Readonly<Record<Input, Value>>;
  readonly types: Readonly<Record<Input, TensorType>>;
  readonly weights: Readonly<Partial<Record<Weight, Variable>>>;
  readonly mode: Mode;
  /** The `[run seed, step]` pair of the entry, for random ops; absent at inference. */
  readonly seed: Value | undefined;
  /** Document path of the node, such as `stage2[3].drop`. */
  readonly path: string;
}

/** What an output learns from: `losses` `[batch]` float32 and `predictions` `[batch]` int32. */
export interface Objective {
  readonly losses: Value;
  readonly predictions: Value;
}

/** A tensor of a vector, batch first: two dims are features, three a sequence of features, four an image. */
export interface VectorInput {
  readonly dims: readonly number[];
  readonly data: readonly number[];
  /** Makes the tensor one of int32 token numbers below this. */
  readonly vocabulary?: number;
}

/** A tiny worked example of an op, run through inference, the interpreter and every executor. */
export interface OpVector<Input extends string, Weight extends string> {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<Input, VectorInput>>;
  readonly weights?: Readonly<Partial<Record<Weight, readonly number[]>>>;
  readonly output: { readonly dims: readonly number[]; readonly data: readonly number[] };
  readonly mode?: Mode;
}

/** Every fact about one op. Forms, palette, help, counts, lowering and export are derived from it. */
export interface OpDefinition<
  Schema extends z.ZodObject = z.ZodObject,
  Input extends string = string,
  Output extends string = string,
  Weight extends string = string,
> {
  readonly type: string;
  /** Raised when the meaning of the parameters changes; migrations bring old documents along. */
  readonly version: number;
  readonly family: OpFamily;
  readonly documentation: {
    readonly title: string;
    /** What a new node is called, with a number behind it; the type when left out. */
    readonly shortName?: string;
    readonly summary: string;
    readonly formula?: string;
    readonly source?: string;
    /** Other words people search for. */
    readonly keywords?: readonly string[];
  };
  readonly parameters: Schema;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  /** Inputs where token numbers (int32) may enter; the others take float32 only, which the inference walk checks. */
  readonly tokenInputs?: readonly Input[];
  /** Output types from parameters and input types; a problem only for a contradiction. */
  infer(context: {
    readonly parameters: z.output<Schema>;
    readonly inputs: Readonly<Record<Input, TensorType>>;
  }): Result<Readonly<Record<Output, TensorType>>>;
  /** The weights, or `null` while a size they depend on is unknown. Parameter counts are the sum of these. */
  weights?(context: {
    readonly parameters: z.output<Schema>;
    readonly inputs: Readonly<Record<Input, TensorType>>;
  }): Readonly<Partial<Record<Weight, WeightSpec>>> | null;
  /** Multiply-accumulates for one example; convolutions and linear maps only, as the field counts them. */
  macs?(context: {
    readonly parameters: z.output<Schema>;
    readonly inputs: Readonly<Record<Input, TensorType>>;
    readonly outputs: Readonly<Record<Output, TensorType>>;
  }): number | null;
  /**
   * How one output position looks at an input along height and width (or along a sequence), for the ops whose window does
   * not follow from `kernel`, `stride` and `dilation` and the shapes: `everything`, or extent and stride on each axis.
   */
  receptiveField?(context: {
    readonly parameters: z.output<Schema>;
    readonly input: TensorType;
    readonly output: TensorType;
  }): 'everything' | readonly [AxisReach, AxisReach];
  lower(context: LowerContext<z.output<Schema>, Input, Weight>): Readonly<Record<Output, Value>>;
  /** Outputs only: the loss of each example against its target, and the class that is predicted. */
  readonly objective?: {
    lower(context: LowerContext<z.output<Schema>, Input, Weight>, target: Value): Objective;
  };
  /** Writes the op as ONNX nodes (channels first) and returns the names of its outputs. */
  exportOnnx(context: OnnxContext<z.output<Schema>, Input, Weight>): Readonly<Record<Output, string>>;
  readonly vectors: readonly OpVector<Input, NoInfer<Weight>>[];
}

/** Declares an op; an identity function that infers and checks names of ports, parameters and weights. */
export function defineOp<
  Schema extends z.ZodObject,
  const Input extends string,
  const Output extends string,
  const Weight extends string = never,
>(definition: OpDefinition<Schema, Input, Output, Weight>): OpDefinition<Schema, Input, Output, Weight> {
  return definition;
}
