import type { OnnxContext } from '../../core/onnxContext.ts';
import { lastAxis, type TensorType } from '../../core/shape.ts';

/**
 * Writes the mean over the last axis, which stays with size 1. A sum and a product, because the axes of ReduceSum are an input
 * in every opset that is written, while those of ReduceMean became one only at opset 18.
 */
export function lastAxisMean(
  context: Pick<OnnxContext<unknown, 'input', string>, 'int64' | 'float' | 'node' | 'path'> & {
    readonly types: { readonly input: TensorType };
  },
  x: string,
  name: string,
): string {
  const size = lastAxis(context.types.input)?.size ?? 1;
  const axes = context.int64(`${name}Axes`, [-1]);
  const sum = context.node('ReduceSum', [x, axes], { keepdims: 1 }, `${context.path}/${name}Sum`);
  return context.node('Mul', [sum, context.float(`${name}Share`, [1 / size], [])], {}, `${context.path}/${name}`);
}
