import { kindOf } from '../../core/shape.ts';
import type { MutedPort } from '../../lower/walkInstances.ts';
import { channelsFirstDims } from './channelsFirst.ts';
import { floatTensor, int64Tensor } from './emitOp.ts';
import type { OnnxGraphBuilder } from './onnxGraph.ts';

/** `to` of ONNX's Cast. */
const ONNX_INT32 = 6;

/** Zeros in the shape of an output of a muted node, with as many examples as a graph input has; returns their name. */
export function emitZeros(graph: OnnxGraphBuilder, { path, port, type }: MutedPort, input: string): string {
  const dims = channelsFirstDims(type);
  if (dims === null) throw new Error(`The shape at "${path}" is not fully known.`);
  const documentation = `Muted "${path}"`;
  const add = (opType: string, inputs: readonly string[], name: string, attributes = {}): string =>
    graph.node(`${path}/${name}`, { opType, inputs, attributes, documentation });
  const rest = dims.filter((dim) => typeof dim === 'number');
  const zero = graph.sharedInitializer('zero', 'zero', floatTensor([0], []));
  const sizes = graph.initializer(`${path}/${port}/sizes`, int64Tensor(rest));
  const isTable = kindOf(type) === 'table';
  // The batch is known only when the file runs.
  const first = (): string => {
    const shape = add('Shape', [input], 'shape');
    const index = graph.sharedInitializer('first', 'first', int64Tensor([0]));
    const batch = add('Gather', [shape, index], 'batch', { axis: 0 });
    return add('Concat', [batch, sizes], 'dims', { axis: 0 });
  };
  const zeros = add('Expand', [zero, isTable ? sizes : first()], `${port}/zeros`);
  const result = type.dtype === 'int32' ? add('Cast', [zeros], `${port}/tokens`, { to: ONNX_INT32 }) : zeros;
  graph.describe({ name: result, dims, dtype: type.dtype, documentation: '' });
  return result;
}
