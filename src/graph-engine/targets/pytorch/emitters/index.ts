import { py } from '../../python/pythonCode.ts';
import type { EmitSource } from '../../python/sourceOp.ts';
import { activation } from './activation.ts';
import { arrangement } from './arrangement.ts';
import { convolution } from './convolution.ts';
import { merge } from './merge.ts';
import { normalization } from './normalization.ts';
import { pooling } from './pooling.ts';
import { sequence } from './sequence.ts';

/** Outputs hand on what they are given: losses take logits, and whoever wants probabilities applies a softmax. */
const output: EmitSource = ({ inputs }) => ({ forward: py`${inputs['input'] ?? ''}` });

const emitters: ReadonlyMap<string, EmitSource> = new Map<string, EmitSource>([
  ...activation,
  ...arrangement,
  ...convolution,
  ...merge,
  ...normalization,
  ...pooling,
  ...sequence,
]);

/** How an op is written in PyTorch; `undefined` for an op that has no such form. */
export function pytorchEmitter(op: { readonly type: string; readonly family: string }): EmitSource | undefined {
  return op.family === 'output' ? output : emitters.get(op.type);
}
