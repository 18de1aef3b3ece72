import { z } from 'zod';
import { fail, type Result } from '../../core/diagnostic.ts';
import type { WeightSpec } from '../../core/opDefinition.ts';
import { padding, pair, sequencePadding } from '../../core/parameterSchemas.ts';

/** What convolutions are described by; each op takes the ones it has. */
export const filters = z.int().min(1).max(65_536).default(32).describe('Kernels, and so channels of the output.');
export const groups = z
  .int()
  .min(1)
  .max(65_536)
  .default(1)
  .describe('Splits the channels into groups that do not see each other.');
export const bias = z
  .boolean()
  .default(true)
  .describe('Adds a learned number to each channel; useless before a batch normalization.');
export const initialBias = z
  .number()
  .min(-100)
  .max(100)
  .default(0)
  .describe('First value of the bias; a negative one holds a gate shut at first.')
  .meta({ advanced: true });
export const multiplier = z
  .int()
  .min(1)
  .max(1024)
  .default(1)
  .describe('Channels made of each channel that comes in (depth multiplier).');
export const imageWindow = {
  kernel: pair(1).default([3, 3]).describe('Height and width of the window.'),
  stride: pair(1).default([1, 1]).describe('Pixels between two windows; 2 halves the image.'),
  padding: padding.default('same').describe('"same" keeps the size at stride 1, "valid" adds nothing.'),
  dilation: pair(1).default([1, 1]).describe("Distance between the kernel's taps; larger sees further at no cost."),
};
export const sequenceWindow = {
  kernel: z.int().min(1).max(65_536).default(3).describe('Positions the window spans.'),
  stride: z.int().min(1).max(65_536).default(1).describe('Positions between two windows; 2 halves the sequence.'),
  padding: sequencePadding
    .default('same')
    .describe('"same" keeps the length at stride 1, "valid" adds nothing, "causal" pads before only.'),
  dilation: z
    .int()
    .min(1)
    .max(65_536)
    .default(1)
    .describe("Distance between the kernel's taps; larger sees further at no cost."),
};

/** A kernel that sees `fan` numbers for each output, and a bias for each filter. */
export function kernelAndBias(
  dims: readonly number[],
  fan: number,
  biased: number | false,
  initial = 0,
): { readonly kernel: WeightSpec; readonly bias?: WeightSpec } {
  return {
    kernel: { dims, initializer: { kind: 'heNormal', fan }, trainable: true },
    ...(biased === false
      ? {}
      : { bias: { dims: [biased], initializer: { kind: 'constant', value: initial }, trainable: true } }),
  };
}

/** A problem when groups do not divide what comes in and what goes out. */
export function groupsProblem(count: number, channels: number | null, outputs: number): Result<never> | undefined {
  if ((channels === null || channels % count === 0) && outputs % count === 0) return undefined;
  return fail({
    code: 'shape/groups',
    parameter: 'groups',
    message: `${count} groups must divide both the ${channels ?? '?'} channels that come in and the ${outputs} filters.`,
    expected: 'a divisor of both',
    received: String(count),
  });
}
