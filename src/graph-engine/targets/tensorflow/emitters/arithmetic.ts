import { flag, type } from '../attributes.ts';
import type { EmitContext, Emitters, GraphTensor } from '../emitContext.ts';

const unary =
  (op: string) =>
  (c: EmitContext, [x]: readonly [GraphTensor]): readonly [string] => [c.node(op, [x.ref], { T: type(x.dtype) })];

const binary =
  (op: string, integerOp = op) =>
  (c: EmitContext, [a, b]: readonly [GraphTensor, GraphTensor]): readonly [string] => [
    c.node(a.dtype === 'int32' ? integerOp : op, [a.ref, b.ref], { T: type(a.dtype) }),
  ];

const comparison =
  (op: string) =>
  (c: EmitContext, [a, b]: readonly [GraphTensor, GraphTensor]): readonly [string] => [
    c.numberOf(c.node(op, [a.ref, b.ref], { T: type(a.dtype) })),
  ];

export const arithmetic = {
  add: binary('AddV2'),
  subtract: binary('Sub'),
  multiply: binary('Mul'),
  divide: binary('RealDiv', 'TruncateDiv'),
  maximum: binary('Maximum'),
  minimum: binary('Minimum'),
  negate: unary('Neg'),
  exp: unary('Exp'),
  log: unary('Log'),
  sqrt: unary('Sqrt'),
  rsqrt: unary('Rsqrt'),
  square: unary('Square'),
  greater: comparison('Greater'),
  greaterEqual: comparison('GreaterEqual'),
  equal: comparison('Equal'),
  select: (c, [condition, a, b]) => [c.node('SelectV2', [c.truthOf(condition), a.ref, b.ref], { T: type(a.dtype) })],
  cast: (c, [x], { dtype }) => [
    c.node('Cast', [x.ref], { SrcT: type(x.dtype), DstT: type(dtype), Truncate: flag(false) }),
  ],
} satisfies Emitters<
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'maximum'
  | 'minimum'
  | 'negate'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'rsqrt'
  | 'square'
  | 'greater'
  | 'greaterEqual'
  | 'equal'
  | 'select'
  | 'cast'
>;
