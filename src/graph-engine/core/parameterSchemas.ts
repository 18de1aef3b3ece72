import { z } from 'zod';

/** How a form edits a parameter, beyond what its type says. */
export interface ControlMeta {
  readonly control?: 'pair' | 'padding';
  readonly minimum?: number;
  /** Rarely changed: shown under "More". */
  readonly advanced?: boolean;
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
  .meta({ control: 'padding' } satisfies ControlMeta);
export type Padding = z.output<typeof padding>;
