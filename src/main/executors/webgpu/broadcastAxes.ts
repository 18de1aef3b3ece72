import { broadcastStrides } from '../../../graph-engine/program/interpreter/tensor.ts';

/** An axis of a result, and how far apart its neighbours lie in each operand: 0 where that is repeated. */
export interface BroadcastAxis {
  readonly size: number;
  readonly strides: readonly number[];
}

/** The axes of a result, innermost first, for operands that broadcast to it; neighbours are one wherever all operands allow it. */
export function broadcastAxes(dims: readonly number[], operands: readonly (readonly number[])[]): BroadcastAxis[] {
  const strides = operands.map((operand) => broadcastStrides(operand, dims.length));
  const axes: { size: number; strides: readonly number[] }[] = [];
  for (let i = dims.length - 1; i >= 0; i--) {
    const size = dims[i] ?? 1;
    if (size === 1) continue;
    const own = strides.map((ofOperand) => ofOperand[i] ?? 0);
    const inner = axes.at(-1);
    if (inner !== undefined && own.every((stride, j) => stride === (inner.strides[j] ?? 0) * inner.size)) {
      inner.size *= size;
    } else axes.push({ size, strides: own });
  }
  return axes.length > 0 ? axes : [{ size: 1, strides: operands.map(() => 0) }];
}
