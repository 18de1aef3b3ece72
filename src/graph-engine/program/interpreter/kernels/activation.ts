import type { Kernels } from '../kernel.ts';
import { at } from '../tensor.ts';

/**
 * The error function to double precision by its all-positive series
 * `2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1))`; beyond 6 it is 1 to the last bit.
 */
export function errorFunction(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Applies `row` to each run of the last axis. */
function perRow(
  dims: readonly number[],
  data: Float64Array,
  row: (values: Float64Array) => Float64Array,
): Float64Array {
  const length = dims.at(-1) ?? 1;
  const out = new Float64Array(data.length);
  for (let start = 0; start < data.length; start += length) out.set(row(data.subarray(start, start + length)), start);
  return out;
}

/** `x - log(sum(exp(x)))`, shifted by the maximum so that nothing overflows. */
export function logSoftmaxOf(values: Float64Array): Float64Array {
  const largest = values.reduce((best, value) => Math.max(best, value), -Infinity);
  const total = Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return values.map((value) => value - largest - total);
}

export const activationKernels = {
  relu: ({ inputs: [x] }) => [x.data.map((value) => (value <= 0 ? 0 : value))],
  reluGrad: ({ inputs: [dy, y] }) => [dy.data.map((value, i) => (at(y.data, i) > 0 ? value : 0))],
  sigmoid: ({ inputs: [x] }) => [x.data.map((value) => 1 / (1 + Math.exp(-value)))],
  sigmoidGrad: ({ inputs: [y, dy] }) => [y.data.map((value, i) => at(dy.data, i) * value * (1 - value))],
  tanh: ({ inputs: [x] }) => [x.data.map((value) => Math.tanh(value))],
  tanhGrad: ({ inputs: [y, dy] }) => [y.data.map((value, i) => at(dy.data, i) * (1 - value * value))],
  erf: ({ inputs: [x] }) => [x.data.map((value) => errorFunction(value))],
  softmax: ({ inputs: [x] }) => [perRow(x.dims, x.data, (row) => logSoftmaxOf(row).map((value) => Math.exp(value)))],
  logSoftmax: ({ inputs: [x] }) => [perRow(x.dims, x.data, logSoftmaxOf)],
} satisfies Kernels<
  'relu' | 'reluGrad' | 'sigmoid' | 'sigmoidGrad' | 'tanh' | 'tanhGrad' | 'erf' | 'softmax' | 'logSoftmax'
>;
