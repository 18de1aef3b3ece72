import { z } from 'zod';
import type { WeightSpec } from '../../core/opDefinition.ts';

/** What every normalization adds before it divides. */
export const epsilon = z
  .number()
  .gt(0)
  .max(1)
  .default(0.00001)
  .describe('Added before the division, against division by zero.')
  .meta({ advanced: true });

/** One learned factor and one learned shift a channel, starting as the identity. */
export function scaleAndOffset(channels: number): { readonly scale: WeightSpec; readonly offset: WeightSpec } {
  return {
    scale: { dims: [channels], initializer: { kind: 'ones' }, trainable: true },
    offset: { dims: [channels], initializer: { kind: 'zeros' }, trainable: true },
  };
}
