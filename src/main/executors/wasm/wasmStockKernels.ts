import type { StockKernel } from '../tfjs/stockKernels.ts';

/**
 * What is left to TensorFlow.js on WebAssembly: integers, and arrangements of more axes than our functions walk. Nothing that goes
 * through XNNPACK's memory of weights (products, convolutions): it remembers them by the number of their tensor, and ours change.
 */
export const wasmStockKernels = [
  'Add',
  'ArgMax',
  'Cast',
  'Concat',
  'Equal',
  'Greater',
  'GreaterEqual',
  'Max',
  'Maximum',
  'Minimum',
  'Multiply',
  'PadV2',
  'RealDiv',
  'Slice',
  'StridedSlice',
  'Sub',
  'Sum',
  'Transpose',
] as const satisfies readonly StockKernel[];
