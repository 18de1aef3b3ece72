import type { Kernels } from '../kernel.ts';
import { at } from '../tensor.ts';
import { logSoftmaxOf } from './activation.ts';

export const lossKernels = {
  sparseSoftmaxCrossEntropy({ inputs: [logits, labels] }) {
    const classes = logits.dims[1] ?? 1;
    const losses = new Float64Array(labels.data.length);
    const dlogits = new Float64Array(logits.data.length);
    labels.data.forEach((label, row) => {
      if (label < 0 || label >= classes) throw new Error(`label ${label} is not one of ${classes} classes`);
      const start = row * classes;
      const logProbabilities = logSoftmaxOf(logits.data.subarray(start, start + classes));
      losses[row] = -at(logProbabilities, label);
      logProbabilities.forEach((value, i) => {
        dlogits[start + i] = Math.exp(value) - (i === label ? 1 : 0);
      });
    });
    return [losses, dlogits];
  },
} satisfies Kernels<'sparseSoftmaxCrossEntropy'>;
