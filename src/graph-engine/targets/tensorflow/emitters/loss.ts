import { type } from '../attributes.ts';
import type { Emitters } from '../emitContext.ts';

export const loss = {
  sparseSoftmaxCrossEntropy: (c, [logits, labels]) => {
    const node = c.node('SparseSoftmaxCrossEntropyWithLogits', [logits.ref, labels.ref], {
      T: type('float32'),
      Tlabels: type('int32'),
    });
    return [node, `${node}:1`];
  },
} satisfies Emitters<'sparseSoftmaxCrossEntropy'>;
