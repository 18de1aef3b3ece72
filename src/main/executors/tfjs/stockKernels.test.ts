import { expect, test } from 'vitest';
import { wasmStockKernels } from '../wasm/wasmStockKernels.ts';
import { stockKernels } from './stockKernels.ts';

/** Wrong on some backend, or made for what changes while we train; each was found by finite differences or PyTorch's vectors. */
const knownBad = [
  ...['MaxPoolGrad', 'AvgPoolGrad', 'AvgPool3DGrad', 'MaxPool3DGrad', 'MaxPoolWithArgmax', 'OneHot'],
  ...['Dilation2D', 'Dilation2DBackpropFilter', 'Dilation2DBackpropInput'],
  ...['Conv3D', 'Conv3DBackpropFilterV2', 'Conv3DBackpropInputV2'],
  ...['Conv2DBackpropInput', 'ResizeBilinearGrad', 'Tile', 'Multinomial'],
];

/** XNNPACK keeps what it made of a weight under the number of the tensor. */
const remembering = ['BatchMatMul', '_FusedMatMul', 'Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'Prelu'];

test('programs reach no kernel of TensorFlow.js that is known to be wrong', () => {
  expect(stockKernels.filter((name) => knownBad.includes(name))).toEqual([]);
});

test('on WebAssembly no kernel sees a weight that remembers weights', () => {
  expect(wasmStockKernels.filter((name) => [...knownBad, ...remembering].includes(name))).toEqual([]);
});
