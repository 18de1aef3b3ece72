import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernels, TensorShape } from '../../interpreted/interpretedEngine.ts';
import type { StockKernel } from '../stockKernels.ts';
import type { TfjsDevice } from '../tfjsDevice.ts';

type Binary = { readonly inputs: readonly [TensorInfo, TensorInfo] };
type Unary = { readonly inputs: readonly [TensorInfo] };

/** `x` spread over the dims. */
export function broadcast(device: TfjsDevice, x: TensorInfo, shape: TensorShape): TensorInfo {
  const same = x.shape.length === shape.dims.length && x.shape.every((dim, i) => dim === shape.dims[i]);
  // Multiplied by ones, which keeps the sign of zero and what is not a number.
  return same ? x : device.run('Multiply', { a: x, b: device.fill(shape, 1) });
}

/** Elementwise arithmetic, with broadcasting. */
export function arithmeticKernels(device: TfjsDevice) {
  const binary = (kernel: StockKernel) => {
    return ({ inputs: [a, b] }: Binary) => [device.run(kernel, { a, b })];
  };
  const comparison = (kernel: StockKernel) => {
    return ({ inputs: [a, b] }: Binary) => [
      device.run('Cast', { x: device.run(kernel, { a, b }) }, { dtype: 'float32' }),
    ];
  };
  const unary = (kernel: StockKernel) => {
    return ({ inputs: [x] }: Unary) => [device.run(kernel, { x })];
  };
  return {
    add: binary('Add'),
    subtract: binary('Sub'),
    multiply: binary('Multiply'),
    divide({ inputs: [a, b], outputShapes: [{ dtype }] }) {
      if (dtype !== 'int32') return [device.run('RealDiv', { a, b })];
      // Backends disagree about integers. Doubles would be exact; floats are up to 2 ** 24, which counts of elements stay below.
      const [x, y] = [a, b].map((input) => device.run('Cast', { x: input }, { dtype: 'float32' }));
      if (x === undefined || y === undefined) throw new Error('A quotient has two operands');
      return [device.run('Cast', { x: device.run('RealDiv', { a: x, b: y }) }, { dtype: 'int32' })];
    },
    maximum: binary('Maximum'),
    minimum: binary('Minimum'),
    greater: comparison('Greater'),
    greaterEqual: comparison('GreaterEqual'),
    equal: comparison('Equal'),
    negate: unary('Neg'),
    exp: unary('Exp'),
    log: unary('Log'),
    sqrt: unary('Sqrt'),
    rsqrt: unary('Rsqrt'),
    square({ inputs: [x] }) {
      return [device.run('Multiply', { a: x, b: x })];
    },
    select({ inputs: [flags, a, b], outputShapes: [shape] }) {
      const zero = device.fill({ dims: [], dtype: 'float32' }, 0);
      const spread = broadcast(device, flags, { ...shape, dtype: 'float32' });
      const condition = device.run('NotEqual', { a: spread, b: zero });
      return [device.run('Select', { condition, t: broadcast(device, a, shape), e: broadcast(device, b, shape) })];
    },
    cast({ inputs: [x], inputShapes: [from], attributes: { dtype } }) {
      // Between the floats nothing is to be done here: a narrow one is held as float32, and rounded by the caller.
      if (dtype !== 'int32' && from.dtype !== 'int32') return [device.share(x, x.shape)];
      return [device.run('Cast', { x }, { dtype: dtype === 'int32' ? 'int32' : 'float32' })];
    },
    broadcastTo({ inputs: [x], outputShapes: [shape] }) {
      const spread = broadcast(device, x, shape);
      return [spread === x ? device.share(x, shape.dims) : spread];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
