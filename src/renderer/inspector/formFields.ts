import { z } from 'zod';
import type { ControlMeta } from '../../graph-engine/core/parameterSchemas.ts';
import type { BlockParameter } from '../../graph-engine/document/schema.ts';
import type { NumberBounds } from '../ui/parseNumber.ts';

interface FieldBase {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly initial: unknown;
  /** Rarely changed. */
  readonly advanced: boolean;
}

/** One parameter as a form shows it. */
export type FormField =
  | (FieldBase & { readonly kind: 'number'; readonly bounds: NumberBounds })
  | (FieldBase & { readonly kind: 'pair'; readonly bounds: NumberBounds })
  | (FieldBase & { readonly kind: 'padding'; readonly named: readonly string[]; readonly sides: 1 | 2 })
  | (FieldBase & { readonly kind: 'boolean' })
  | (FieldBase & { readonly kind: 'choice'; readonly choices: readonly string[] })
  | (FieldBase & { readonly kind: 'text' });

/** `batchSize` as `Batch size`. */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.def.innerType);
  }
  return schema;
}

/** Bounds of a number from the checks of its schema. */
function boundsOf(schema: z.ZodNumber): NumberBounds {
  const bounds: { -readonly [Key in keyof NumberBounds]: NumberBounds[Key] } = { integer: schema.isInt };
  for (const check of schema.def.checks ?? []) {
    const { def } = check._zod;
    if (!('value' in def) || typeof def.value !== 'number') continue;
    const inclusive = 'inclusive' in def && def.inclusive === true;
    if (def.check === 'greater_than') {
      bounds.minimum = def.value;
      bounds.minimumExcluded = !inclusive;
    } else if (def.check === 'less_than') {
      bounds.maximum = def.value;
      bounds.maximumExcluded = !inclusive;
    }
  }
  return bounds;
}

function fieldOf(name: string, schema: z.core.$ZodType, initial: unknown): FormField {
  const inner = unwrap(schema);
  const meta: z.core.GlobalMeta & ControlMeta = { ...z.globalRegistry.get(inner), ...z.globalRegistry.get(schema) };
  const base: FieldBase = {
    name,
    label: labelOf(name),
    help: meta.description ?? '',
    initial,
    advanced: meta.advanced ?? false,
  };
  if (meta.control === 'pair') return { ...base, kind: 'pair', bounds: { integer: true, minimum: meta.minimum ?? 0 } };
  if (meta.control === 'padding')
    return { ...base, kind: 'padding', named: meta.paddings ?? [], sides: meta.sides ?? 2 };
  if (inner instanceof z.ZodNumber) return { ...base, kind: 'number', bounds: boundsOf(inner) };
  if (inner instanceof z.ZodBoolean) return { ...base, kind: 'boolean' };
  if (inner instanceof z.ZodEnum) return { ...base, kind: 'choice', choices: inner.options.map(String) };
  return { ...base, kind: 'text' };
}

function isHidden(schema: z.core.$ZodType): boolean {
  const meta: (z.core.GlobalMeta & ControlMeta) | undefined = z.globalRegistry.get(schema);
  return meta?.hidden === true;
}

/** The form of an op: one field for each parameter, everything taken from its schema. */
export function fieldsOfOp(parameters: z.ZodObject): readonly FormField[] {
  const defaults = parameters.safeParse({});
  const initial: Readonly<Record<string, unknown>> = defaults.success ? defaults.data : {};
  return Object.entries(parameters.shape).flatMap(([name, schema]) =>
    isHidden(schema as z.core.$ZodType) ? [] : [fieldOf(name, schema as z.core.$ZodType, initial[name])],
  );
}

/** The form of a block node: the parameters that the block declares. */
export function fieldsOfBlock(declared: readonly BlockParameter[]): readonly FormField[] {
  return declared.map((parameter): FormField => {
    const { name, kind, description = '', minimum, maximum, choices = [] } = parameter;
    const base: FieldBase = {
      name,
      label: labelOf(name),
      help: description,
      initial: parameter.default,
      advanced: false,
    };
    switch (kind) {
      case 'boolean':
        return { ...base, kind: 'boolean' };
      case 'choice':
        return { ...base, kind: 'choice', choices };
      case 'integer':
      case 'number':
        return {
          ...base,
          kind: 'number',
          bounds: {
            integer: kind === 'integer',
            ...(minimum === undefined ? {} : { minimum }),
            ...(maximum === undefined ? {} : { maximum }),
          },
        };
    }
  });
}
