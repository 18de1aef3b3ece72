import { isImage, type TensorType } from '../../core/shape.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';

/** Values in the order of ONNX and PyTorch (images channels first) as a tensor of the type, stored channels last. */
export function toStorage(builder: Builder, ordered: Value, type: TensorType): Value {
  const sizes = type.axes.map(({ size }) => {
    if (size === null) throw new Error('A value of unknown size cannot be laid out');
    return size;
  });
  if (!isImage(type)) return builder.reshape(ordered, [-1, ...sizes]);
  const [height = 1, width = 1, channels = 1] = sizes;
  return builder.transpose(builder.reshape(ordered, [-1, channels, height, width]), [0, 2, 3, 1]);
}
