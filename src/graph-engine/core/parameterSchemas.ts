import { z } from 'zod';
import type { Initializer } from './initializer.ts';

/** How a form edits a parameter, beyond what its type says. */
export interface ControlMeta {
  readonly control?: 'pair' | 'padding';
  /** The named paddings, and whether explicit ones are one number or a pair; of `padding`. */
  readonly paddings?: readonly string[];
  readonly sides?: 1 | 2;
  readonly minimum?: number;
  /** Rarely changed: shown under "More". */
  readonly advanced?: boolean;
  /** Nothing that one would edit by hand: no form shows it. */
  readonly hidden?: boolean;
}

/** Sizes along height and width; one number stands for both. */
export function pair(minimum: number): z.ZodType<[number, number], [number, number] | number> {
  const size = z.int().min(minimum).max(65_536);
  return z
    .union([z.tuple([size, size]), size])
    .transform((value): [number, number] => (typeof value === 'number' ? [value, value] : value))
    .meta({ control: 'pair', minimum } satisfies ControlMeta);
}

/** `same`, `valid`, or explicit padding on each side along height and width. */
export const padding = z
  .union([
    z.enum(['same', 'valid']),
    z.tuple([z.int().min(0).max(4096), z.int().min(0).max(4096)]),
    z
      .int()
      .min(0)
      .max(4096)
      .transform((size): [number, number] => [size, size]),
  ])
  .meta({ control: 'padding', paddings: ['same', 'valid'], sides: 2 } satisfies ControlMeta);
export type Padding = z.output<typeof padding>;

/** `same`, `valid`, `causal`, or explicit padding on both sides of a sequence. */
export const sequencePadding = z
  .union([z.enum(['same', 'valid', 'causal']), z.int().min(0).max(65_536)])
  .meta({ control: 'padding', paddings: ['same', 'valid', 'causal'], sides: 1 } satisfies ControlMeta);
export type SequencePadding = z.output<typeof sequencePadding>;

/** How the kernel of a linear map begins; a standard deviation counts for the normal ones alone. */
export const kernelInitializer = z
  .enum(['glorotUniform', 'heNormal', 'normal', 'truncatedNormal'])
  .default('glorotUniform')
  .describe('How the weights begin: by the number of inputs and outputs (Glorot, He), or with a deviation of your own.')
  .meta({ advanced: true } satisfies ControlMeta);

/** The standard deviation of `normal` and `truncatedNormal`. */
export const deviation = z
  .number()
  .min(0)
  .max(10)
  .default(0.02)
  .describe('Standard deviation of the first weights, for the normal ways to begin.')
  .meta({ advanced: true } satisfies ControlMeta);

/** The initializer that these parameters choose for a kernel of this size. */
export function initializerOf(
  {
    initializer,
    deviation: standardDeviation,
  }: { readonly initializer: z.output<typeof kernelInitializer>; readonly deviation: number },
  fanIn: number,
  fanOut: number,
): Initializer {
  switch (initializer) {
    case 'glorotUniform':
      return { kind: 'glorotUniform', fanIn, fanOut };
    case 'heNormal':
      return { kind: 'heNormal', fan: fanIn };
    case 'normal':
    case 'truncatedNormal':
      return { kind: initializer, standardDeviation };
  }
}
