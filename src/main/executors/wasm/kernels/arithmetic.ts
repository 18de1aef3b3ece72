import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorShape } from '../../interpreted/interpretedEngine.ts';
import { binaryOperations, unaryOperations } from '../simd/functions.ts';
import { broadcastStrides, fourAxes, joinAxes } from '../strides.ts';
import { sizeOf } from '../wasmMemory.ts';
import type { WasmKernels, WasmTools } from './wasmTools.ts';

type Code<Codes extends Readonly<Record<string, number>>> = Codes[keyof Codes];

interface BinaryCall {
  readonly inputs: readonly [TensorInfo, TensorInfo];
  readonly outputShapes: readonly [TensorShape];
}

interface UnaryCall {
  readonly inputs: readonly [TensorInfo];
  readonly outputShapes: readonly [TensorShape];
}

/** `operation(a, b)` of floats. */
export function combine(
  tools: WasmTools,
  operation: Code<typeof binaryOperations>,
  a: TensorInfo,
  b: TensorInfo,
  shape: TensorShape,
): TensorInfo {
  const { memory, simd } = tools;
  const rank = shape.dims.length;
  const axes = fourAxes(joinAxes(shape.dims, [broadcastStrides(a.shape, rank), broadcastStrides(b.shape, rank)]));
  const [strideA, strideB] = axes?.strides ?? [];
  // Operands of the whole shape are one long row, however many axes they have.
  if (axes === undefined || strideA === undefined || strideB === undefined) {
    return combine(tools, operation, spread(tools, a, shape), spread(tools, b, shape), shape);
  }
  const y = memory.make(shape);
  simd.binary(operation, memory.at(a), memory.at(b), memory.at(y), ...axes.dims, ...strideA, ...strideB);
  return y;
}

/** `x` read as if it were broadcast to the shape, whatever it holds. */
export function spread({ memory, simd, stock }: WasmTools, x: TensorInfo, shape: TensorShape): TensorInfo {
  const axes = fourAxes(joinAxes(shape.dims, [broadcastStrides(x.shape, shape.dims.length)]));
  const [strides] = axes?.strides ?? [];
  if (axes === undefined || strides === undefined) {
    const inputShapes = [{ dims: x.shape, dtype: shape.dtype }] as const;
    const [y] = stock.broadcastTo({
      inputs: [x],
      inputShapes,
      attributes: { dims: shape.dims },
      outputShapes: [shape],
      variables: none,
    });
    if (y === undefined) throw new Error('broadcastTo has an output');
    return y;
  }
  const y = memory.make(shape);
  simd.copyStrided(memory.at(x), memory.at(y), ...axes.dims, ...strides);
  return y;
}

const none = {
  read(name: string): never {
    throw new Error(`There is no variable ${name} here`);
  },
  write: () => undefined,
};

/** Elementwise arithmetic, with broadcasting. */
export function arithmeticKernels(tools: WasmTools) {
  const { device, memory, simd, stock } = tools;
  const binary = (operation: Code<typeof binaryOperations>) => {
    return ({ inputs: [a, b], outputShapes: [shape] }: BinaryCall): readonly TensorInfo[] => [
      combine(tools, operation, a, b, shape),
    ];
  };
  /** Floats here, integers by TensorFlow.js. */
  const either = <Call extends BinaryCall>(
    operation: Code<typeof binaryOperations>,
    integers: (call: Call) => readonly TensorInfo[],
  ) => {
    const floats = binary(operation);
    return (call: Call) => (call.inputs[0].dtype === 'int32' ? integers(call) : floats(call));
  };
  const unary = (operation: Code<typeof unaryOperations>) => {
    return ({ inputs: [x], outputShapes: [shape] }: UnaryCall): readonly TensorInfo[] => {
      const y = memory.make(shape);
      simd.unary(operation, memory.at(x), memory.at(y), sizeOf(shape.dims));
      return [y];
    };
  };
  const both = binaryOperations;
  const one = unaryOperations;
  return {
    add: either(both.add, stock.add),
    subtract: either(both.subtract, stock.subtract),
    multiply: either(both.multiply, stock.multiply),
    divide: either(both.divide, stock.divide),
    maximum: either(both.maximum, stock.maximum),
    minimum: either(both.minimum, stock.minimum),
    greater: either(both.greater, stock.greater),
    greaterEqual: either(both.greaterEqual, stock.greaterEqual),
    equal: either(both.equal, stock.equal),
    negate: unary(one.negate),
    exp: unary(one.exp),
    log: unary(one.log),
    sqrt: unary(one.sqrt),
    rsqrt: unary(one.rsqrt),
    square: unary(one.square),
    relu: unary(one.relu),
    sigmoid: unary(one.sigmoid),
    tanh: unary(one.tanh),
    erf: unary(one.erf),
    reluGrad: binary(both.reluGrad),
    sigmoidGrad: binary(both.sigmoidGrad),
    tanhGrad: binary(both.tanhGrad),
    biasAdd: binary(both.add),
    select({ inputs, outputShapes: [shape] }) {
      const count = sizeOf(shape.dims);
      // Whole or of one element: what else is broadcast is spread before.
      const operands = inputs.map((input, i) => {
        const size = sizeOf(input.shape);
        const wanted = i === 0 ? { ...shape, dtype: 'float32' as const } : shape;
        const operand = size === count || size === 1 ? input : spread(tools, input, wanted);
        return { pointer: memory.at(operand), stride: size === 1 ? (0 as const) : (1 as const) };
      });
      const [condition, a, b] = operands;
      if (condition === undefined || a === undefined || b === undefined) throw new Error('select has three operands');
      const y = memory.make(shape);
      simd.select(
        ...([
          condition.pointer,
          a.pointer,
          b.pointer,
          memory.at(y),
          count,
          condition.stride,
          a.stride,
          b.stride,
        ] as const),
      );
      return [y];
    },
    broadcastTo({ inputs: [x], outputShapes: [shape] }) {
      const same = sizeOf(x.shape) === sizeOf(shape.dims);
      return [same ? device.share(x, shape.dims) : spread(tools, x, shape)];
    },
  } satisfies WasmKernels;
}
