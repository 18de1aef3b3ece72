import type { TensorType } from '../../core/shape.ts';
import { isImage } from '../../core/shape.ts';
import { floatTensor } from './emitOp.ts';
import type { OnnxGraphBuilder } from './onnxGraph.ts';

/** What is taken from each channel or feature of an input, and what it is divided by. */
export interface InputNormalization {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Puts `(input - mean) / deviation` behind an input, so that the model takes numbers as they are before training. */
export function normalizeInput(
  graph: OnnxGraphBuilder,
  path: string,
  input: string,
  type: TensorType,
  { mean, deviation }: InputNormalization,
): string {
  // Channels of images come first in ONNX.
  const dims = isImage(type) ? [1, mean.length, 1, 1] : [mean.length];
  const constant = (name: string, numbers: readonly number[]): string =>
    graph.initializer(`${path}.${name}`, floatTensor(numbers, dims));
  const node = (name: string, opType: string, from: string, numbers: readonly number[]): string =>
    graph.node(`${path}.${name}`, {
      opType,
      inputs: [from, constant(`${name}.${opType === 'Sub' ? 'mean' : 'deviation'}`, numbers)],
      attributes: {},
      documentation: 'Normalization measured on the training data',
    });
  return node('normalized', 'Div', node('centred', 'Sub', input, mean), deviation);
}
