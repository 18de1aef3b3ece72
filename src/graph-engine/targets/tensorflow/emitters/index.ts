import type { PrimitiveName } from '../../../program/primitives/index.ts';
import type { Emitters } from '../emitContext.ts';
import { activation } from './activation.ts';
import { arithmetic } from './arithmetic.ts';
import { arrangement } from './arrangement.ts';
import { convolution } from './convolution.ts';
import { fusion } from './fusion.ts';
import { loss } from './loss.ts';
import { matrix } from './matrix.ts';
import { normalization } from './normalization.ts';
import { pooling } from './pooling.ts';
import { random } from './random.ts';
import { reduction } from './reduction.ts';
import { resizing } from './resizing.ts';
import { state } from './state.ts';

/** How every primitive is said in TensorFlow's nodes. */
export const emitters = {
  ...state,
  ...convolution,
  ...matrix,
  ...arithmetic,
  ...activation,
  ...normalization,
  ...pooling,
  ...reduction,
  ...resizing,
  ...fusion,
  ...loss,
  ...arrangement,
  ...random,
} satisfies Emitters<PrimitiveName>;
