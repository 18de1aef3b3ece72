import type { EmitLayers } from '../layersOp.ts';
import { activation } from './activation.ts';
import { arrangement } from './arrangement.ts';
import { convolution } from './convolution.ts';
import { merge } from './merge.ts';
import { pooling } from './pooling.ts';

/** How each op that has layers is written, by its type. */
export const layerEmitters: ReadonlyMap<string, EmitLayers> = new Map([
  ...convolution,
  ...activation,
  ...arrangement,
  ...merge,
  ...pooling,
]);
