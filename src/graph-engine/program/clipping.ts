import { z } from 'zod';
import { assertNever } from '../core/diagnostic.ts';
import type { Builder } from './builder.ts';
import type { Update } from './optimizers/update.ts';

/** What bounds the gradients before the optimizer sees them. */
export const ClippingSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }).describe('Gradients are taken as they come.'),
  z
    .strictObject({
      kind: z.literal('norm'),
      maximum: z.number().gt(0).max(1e6).default(1).describe('The longest common norm of all gradients.'),
    })
    .describe(
      'All gradients are shortened together, so the direction stays: usual for attention (Pascanu et al. 2013).',
    ),
  z
    .strictObject({
      kind: z.literal('value'),
      maximum: z.number().gt(0).max(1e6).default(0.5).describe('The largest size of a single gradient.'),
    })
    .describe('Every number is cut by itself: simple, but turns the direction.'),
]);
export type ClippingSettings = z.infer<typeof ClippingSettings>;

/** Bounds gradients as PyTorch's `clip_grad_norm_` and `clip_grad_value_` do. */
export function clipGradients(
  builder: Builder,
  updates: readonly Update[],
  clipping: ClippingSettings,
): readonly Update[] {
  switch (clipping.kind) {
    case 'none':
      return updates;
    case 'norm':
      return clipByGlobalNorm(builder, updates, clipping.maximum);
    case 'value': {
      const [low, high] = [builder.scalar(-clipping.maximum), builder.scalar(clipping.maximum)];
      return updates.map(({ variable, gradient }) => ({
        variable,
        gradient: builder.minimum(builder.maximum(gradient, low), high),
      }));
    }
    default:
      return assertNever(clipping);
  }
}

/** Scales all gradients by `min(1, maximum / (norm + 1e-6))` of their common norm. */
function clipByGlobalNorm(builder: Builder, updates: readonly Update[], maximum: number): readonly Update[] {
  const squares = updates.map(({ gradient }) =>
    builder.reduceSum(
      builder.square(gradient),
      gradient.dims.map((_, axis) => axis),
    ),
  );
  const [first, ...rest] = squares;
  if (first === undefined) return updates;
  const norm = builder.sqrt(rest.reduce((sum, square) => builder.add(sum, square), first));
  const scale = builder.minimum(
    builder.divide(builder.scalar(maximum), builder.add(norm, builder.scalar(1e-6))),
    builder.scalar(1),
  );
  return updates.map(({ variable, gradient }) => ({ variable, gradient: builder.multiply(gradient, scale) }));
}
