import { formatDims } from '../dims.ts';
import type { Value } from '../program.ts';
import { definePrimitive, demand, dimOf, type NoAttributes, type TensorSpec } from './definePrimitive.ts';

/** `-log softmax(logits)[label]` for each row, and its gradient for the logits: softmax minus the one-hot label. */
export const sparseSoftmaxCrossEntropy = definePrimitive({
  name: 'sparseSoftmaxCrossEntropy',
  infer(
    [logits, labels]: readonly [logits: Value, labels: Value],
    _attributes: NoAttributes,
  ): readonly [losses: TensorSpec, dlogits: TensorSpec] {
    demand(
      logits.dims.length === 2 &&
        labels.dims.length === 1 &&
        logits.dims[0] === labels.dims[0] &&
        labels.dtype === 'int32',
      `logits ${formatDims(logits.dims)} need one int32 label a row, got ${labels.dtype} ${formatDims(labels.dims)}`,
    );
    return [
      { dims: labels.dims, dtype: 'float32' },
      { dims: logits.dims, dtype: 'float32' },
    ];
  },
  gradient({ builder: b, inputs: [logits], outputs: [, dlogits], outputGradients: [dlosses, second] }) {
    demand(second === undefined, 'the gradient output of a cross entropy has no gradient itself');
    return [dlosses && b.multiply(dlogits, b.reshape(dlosses, [dimOf(logits, 0), 1]))];
  },
});
