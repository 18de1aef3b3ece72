import { z } from 'zod';
import type { Parameters } from './sizeRules.ts';

export interface ParameterVariant {
  readonly parameter: string;
  readonly value: unknown;
  /** All parameters with this one changed, parsed. */
  readonly parameters: Parameters;
}

function otherValues(value: unknown, choices: readonly unknown[]): readonly unknown[] {
  if (choices.length > 0) return choices;
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, value + 2, value * 2, value / 2, 2];
  if (Array.isArray(value) && value.every((one) => typeof one === 'number')) {
    const [first = 0] = value;
    return [first + 1, first + 2, first * 2].map((size) => value.map(() => size));
  }
  // Padding is a word or a size.
  return ['same', 'valid', [1, 1]];
}

function choicesOf(schema: unknown): readonly unknown[] {
  if (schema instanceof z.ZodEnum) return schema.options;
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault)
    return choicesOf(schema.def.innerType);
  return [];
}

/** The parameters with one of them changed, in every way that its schema allows among a few likely ones. */
export function parameterVariants(schema: z.ZodObject, parameters: Parameters): readonly ParameterVariant[] {
  return Object.entries(schema.shape).flatMap(([parameter, one]) =>
    otherValues(parameters[parameter], choicesOf(one)).flatMap((value) => {
      if (JSON.stringify(value) === JSON.stringify(parameters[parameter])) return [];
      const parsed = schema.safeParse({ ...parameters, [parameter]: value });
      return parsed.success ? [{ parameter, value, parameters: parsed.data }] : [];
    }),
  );
}

/** A value as it stands in a sentence: `2`, `3×3`, `"valid"`. */
export function writeValue(value: unknown): string {
  if (Array.isArray(value)) {
    const [first, ...rest] = value as unknown[];
    return rest.length > 0 && rest.every((one) => one === first) ? writeValue(first) : value.map(writeValue).join('×');
  }
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}
