import type { Attributes, Value } from '../program.ts';
import * as activation from './activation.ts';
import * as arithmetic from './arithmetic.ts';
import * as arrangement from './arrangement.ts';
import * as convolution from './convolution.ts';
import type { PrimitiveDefinition, TensorSpec, ValuesOf } from './definePrimitive.ts';
import * as fusion from './fusion.ts';
import * as loss from './loss.ts';
import * as matrix from './matrix.ts';
import * as normalization from './normalization.ts';
import * as pooling from './pooling.ts';
import * as random from './random.ts';
import * as reduction from './reduction.ts';
import * as resizing from './resizing.ts';
import * as state from './state.ts';

/** Every primitive, in families. Executors cover them all: `satisfies Record<PrimitiveName, ...>`. */
export const primitives = [
  state.constant,
  state.readVariable,
  state.readUpdatedVariable,
  convolution.conv2d,
  convolution.conv2dBackpropInput,
  convolution.conv2dBackpropFilter,
  convolution.biasAdd,
  convolution.biasAddGrad,
  matrix.matMul,
  matrix.batchMatMul,
  arithmetic.add,
  arithmetic.subtract,
  arithmetic.multiply,
  arithmetic.divide,
  arithmetic.maximum,
  arithmetic.minimum,
  arithmetic.negate,
  arithmetic.exp,
  arithmetic.log,
  arithmetic.sqrt,
  arithmetic.rsqrt,
  arithmetic.square,
  arithmetic.greater,
  arithmetic.greaterEqual,
  arithmetic.equal,
  arithmetic.select,
  arithmetic.cast,
  activation.relu,
  activation.reluGrad,
  activation.sigmoid,
  activation.sigmoidGrad,
  activation.tanh,
  activation.tanhGrad,
  activation.erf,
  activation.softmax,
  activation.logSoftmax,
  normalization.batchNormTraining,
  normalization.batchNormTrainingGrad,
  normalization.batchNormInference,
  pooling.maxPool,
  pooling.maxPoolGrad,
  pooling.averagePool,
  pooling.averagePoolGrad,
  resizing.resizeBilinear,
  resizing.resizeBilinearGrad,
  reduction.reduceSum,
  reduction.reduceMean,
  reduction.reduceMax,
  reduction.argMax,
  reduction.l2Loss,
  loss.sparseSoftmaxCrossEntropy,
  fusion.fusedElementwise,
  arrangement.reshape,
  arrangement.transpose,
  arrangement.concat,
  arrangement.pack,
  arrangement.split,
  arrangement.slice,
  arrangement.stridedSlice,
  arrangement.pad,
  arrangement.broadcastTo,
  arrangement.gather,
  arrangement.unsortedSegmentSum,
  arrangement.oneHot,
  random.randomUniform,
  state.after,
  state.assign,
  state.applyGradientDescent,
  state.applyMomentum,
  state.applyAdam,
] as const;

type Definitions = { readonly [D in (typeof primitives)[number] as D['name']]: D };

export type PrimitiveName = keyof Definitions;

/** The attributes an instruction of this primitive has. */
export type AttributesOf<Name extends PrimitiveName> = Parameters<Definitions[Name]['infer']>[1];

/** The inputs an instruction of this primitive has, as a tuple. */
export type InputsOf<Name extends PrimitiveName> = Parameters<Definitions[Name]['infer']>[0];

/** The outputs an instruction of this primitive has, as a tuple. */
export type OutputsOf<Name extends PrimitiveName> = ValuesOf<ReturnType<Definitions[Name]['infer']>>;

/** A definition whose particular types are forgotten, for walks over any program. */
export type AnyPrimitive = PrimitiveDefinition<string, readonly Value[], Attributes, readonly TensorSpec[]>;

const byName = new Map<string, AnyPrimitive>();
for (const definition of primitives as unknown as readonly AnyPrimitive[]) {
  if (byName.has(definition.name)) throw new Error(`The primitive ${definition.name} is registered twice`);
  byName.set(definition.name, definition);
}

/** The definition of a primitive; an unknown name is a bug. */
export function primitiveNamed(name: string): AnyPrimitive {
  const definition = byName.get(name);
  if (definition === undefined) throw new Error(`Unknown primitive ${name}`);
  return definition;
}

/** Whether this is the name of a primitive, for readers of stored programs. */
export function isPrimitiveName(name: string): name is PrimitiveName {
  return byName.has(name);
}
