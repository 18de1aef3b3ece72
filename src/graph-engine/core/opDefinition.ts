import type { z } from 'zod';
import type { Builder } from '../program/builder.ts';
import type { Value, Variable } from '../program/program.ts';
import type { Result } from './diagnostic.ts';
import type { Initializer } from './initializer.ts';
import type { ObjectiveDefinition } from './objective.ts';
import type { OnnxContext } from './onnxContext.ts';
import type { TensorType, ValueKind } from './shape.ts';

export type OpFamily =
  | 'input'
  | 'convolution'
  | 'embedding'
  | 'attention'
  | 'normalization'
  | 'activation'
  | 'merge'
  | 'pooling'
  | 'arrangement'
  | 'dense'
  | 'regularization'
  | 'foreign'
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

/** Something for each input port; an optional one that nothing feeds has nothing. */
export type PortRecord<Input extends string, Optional extends string, T> = Readonly<Record<Input, T>> &
  Readonly<Partial<Record<Optional, T>>>;

/** What an op's lowering may use. `weights` are already declared variables; read them through the builder. */
export interface LowerContext<
  Parameters,
  Input extends string,
  Weight extends string,
  Optional extends string = never,
> {
  readonly builder: Builder;
  readonly parameters: Parameters;
  readonly inputs: PortRecord<Input, Optional, Value>;
  readonly types: PortRecord<Input, Optional, TensorType>;
  readonly weights: Readonly<Partial<Record<Weight, Variable>>>;
  readonly mode: Mode;
  /** The `[run seed, step]` pair of the entry, for random ops; absent at inference. */
  readonly seed: Value | undefined;
  /** Document path of the node, such as `stage2[3].drop`. */
  readonly path: string;
  /** Shows a value from inside the op, such as the weights of an attention, to whoever looks at a sample's way. */
  readonly reveal?: ((name: string, value: Value, type: TensorType) => void) | undefined;
}

/** A tensor of a vector, batch first: two dims are features, three a sequence of features, four an image. */
export interface VectorInput {
  readonly dims: readonly number[];
  readonly data: readonly number[];
  /** Makes the tensor one of int32 token numbers below this. */
  readonly vocabulary?: number;
  /** Makes the tensor a table of weights, which has no batch: vocabulary and features. */
  readonly table?: true;
}

export interface VectorOutput {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

/** A tiny worked example of an op, run through inference, the interpreter and every executor. */
export interface OpVector<
  Input extends string,
  Weight extends string,
  Optional extends string = string,
  Output extends string = string,
> {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<Input, VectorInput>>;
  readonly optional?: Readonly<Partial<Record<Optional, VectorInput>>>;
  readonly weights?: Readonly<Partial<Record<Weight, readonly number[]>>>;
  /** Of the first output. */
  readonly output: VectorOutput;
  /** Of the outputs after the first; one that is left out is not compared. */
  readonly furtherOutputs?: Readonly<Partial<Record<Output, VectorOutput>>>;
  readonly mode?: Mode;
}

/** Every fact about one op. Forms, palette, help, counts, lowering and export are derived from it. */
export interface OpDefinition<
  Schema extends z.ZodObject = z.ZodObject,
  Input extends string = string,
  Output extends string = string,
  Weight extends string = string,
  Optional extends string = string,
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
  /** Inputs of which only the sizes count: their values change nothing and get no gradient. */
  readonly sizeInputs?: readonly NoInfer<Input>[];
  readonly outputs: readonly Output[];
  /** Inputs that may stay unconnected; they are listed after the others. */
  readonly optionalInputs?: readonly Optional[];
  /** The kinds of values that may enter an input: `numbers` alone where nothing is said. The inference walk checks it. */
  readonly accepts?: Readonly<Partial<Record<NoInfer<Input | Optional>, readonly ValueKind[]>>>;
  /** Output types from parameters and input types; a problem only for a contradiction. */
  infer(context: {
    readonly parameters: z.output<Schema>;
    readonly inputs: PortRecord<Input, Optional, TensorType>;
  }): Result<Readonly<Record<Output, TensorType>>>;
  /** The weights, or `null` while a size they depend on is unknown. Parameter counts are the sum of these. */
  weights?(context: {
    readonly parameters: z.output<Schema>;
    readonly inputs: PortRecord<Input, Optional, TensorType>;
  }): Readonly<Partial<Record<Weight, WeightSpec>>> | null;
  /** The output is never negative, and a unit that is zero for every example learns nothing: a ReLU. */
  readonly rectifies?: true;
  /** Multiply-accumulates for one example; convolutions and linear maps only, as the field counts them. */
  macs?(context: {
    readonly parameters: z.output<Schema>;
    readonly inputs: PortRecord<Input, Optional, TensorType>;
    readonly outputs: Readonly<Record<Output, TensorType>>;
  }): number | null;
  /**
   * How one output position looks at an input along height and width (or along a sequence), for the ops whose window does
   * not follow from `kernel`, `stride` and `dilation` and the shapes: `everything`, or extent and stride on each axis.
   */
  receptiveField?(context: {
    readonly parameters: z.output<Schema>;
    /** The input that is looked at, its type, and what else is connected. */
    readonly port: Input | Optional;
    readonly input: TensorType;
    readonly inputs: PortRecord<Input, Optional, TensorType | undefined>;
    readonly output: TensorType;
  }): 'everything' | readonly [AxisReach, AxisReach] | undefined;
  lower(context: LowerContext<z.output<Schema>, Input, Weight, Optional>): Readonly<Record<Output, Value>>;
  /** Outputs only: what they learn from. An output without one predicts and does not learn. */
  readonly objective?: ObjectiveDefinition<z.output<Schema>, Input, Weight, Optional>;
  /** Writes the op as ONNX nodes (channels first) and returns the names of its outputs. */
  exportOnnx(context: OnnxContext<z.output<Schema>, Input, Weight, Optional>): Readonly<Record<Output, string>>;
  readonly vectors: readonly OpVector<Input, NoInfer<Weight>, NoInfer<Optional>, NoInfer<Output>>[];
}

/** Declares an op; an identity function that infers and checks names of ports, parameters and weights. */
export function defineOp<
  Schema extends z.ZodObject,
  const Input extends string,
  const Output extends string,
  const Weight extends string = never,
  const Optional extends string = never,
>(
  definition: OpDefinition<Schema, Input, Output, Weight, Optional>,
): OpDefinition<Schema, Input, Output, Weight, Optional> {
  return definition;
}
