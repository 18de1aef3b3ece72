import { type } from '../attributes.ts';
import type { EmitContext, Emitters, GraphTensor } from '../emitContext.ts';

const unary =
  (op: string) =>
  (c: EmitContext, [x]: readonly [GraphTensor]): readonly [string] => [c.node(op, [x.ref], { T: type(x.dtype) })];

const binary =
  (op: string) =>
  (c: EmitContext, [a, b]: readonly [GraphTensor, GraphTensor]): readonly [string] => [
    c.node(op, [a.ref, b.ref], { T: type(a.dtype) }),
  ];

export const activation = {
  relu: unary('Relu'),
  reluGrad: binary('ReluGrad'),
  sigmoid: unary('Sigmoid'),
  sigmoidGrad: binary('SigmoidGrad'),
  tanh: unary('Tanh'),
  tanhGrad: binary('TanhGrad'),
  erf: unary('Erf'),
  softmax: unary('Softmax'),
  logSoftmax: unary('LogSoftmax'),
} satisfies Emitters<
  'relu' | 'reluGrad' | 'sigmoid' | 'sigmoidGrad' | 'tanh' | 'tanhGrad' | 'erf' | 'softmax' | 'logSoftmax'
>;
