import type { Variable } from '../../../graph-engine/program/program.ts';

/** Three weights of 2, for programs that are written by hand. */
export const threeWeights: Variable = {
  name: 'weight',
  dims: [3],
  dtype: 'float32',
  initializer: { kind: 'constant', value: 2 },
  role: 'weight',
  trainable: true,
  origin: '',
};
