import { z } from 'zod';
import type { ControlMeta } from '../../core/parameterSchemas.ts';
import type { BlockParameter, ParameterValue } from '../../document/schema.ts';

/** What values a setting or parameter takes. */
export type ValueKind =
  | {
      readonly kind: 'number';
      readonly integer: boolean;
      readonly minimum: number;
      readonly maximum: number;
      /** Whether the ends themselves are not allowed. */
      readonly open: { readonly minimum: boolean; readonly maximum: boolean };
    }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** Text, or a list such as the two sizes of a kernel: only listed values make sense. */
  | { readonly kind: 'other' };

const NUMBER = {
  kind: 'number',
  integer: false,
  minimum: Number.NEGATIVE_INFINITY,
  maximum: Number.POSITIVE_INFINITY,
  open: { minimum: false, maximum: false },
} as const satisfies ValueKind;

/** A schema without what says that it may be left out. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return unwrapped(schema.def.innerType);
  return schema;
}

/** What values a schema lets in. */
export function kindOfSchema(schema: z.core.$ZodType): ValueKind {
  const inner = unwrapped(schema);
  const meta: z.core.GlobalMeta & ControlMeta = { ...z.globalRegistry.get(inner), ...z.globalRegistry.get(schema) };
  // A size along height and width is mostly one number.
  if (meta.control === 'pair') return { ...NUMBER, integer: true, minimum: meta.minimum ?? 0 };
  if (inner instanceof z.ZodBoolean) return { kind: 'boolean' };
  if (inner instanceof z.ZodEnum) return { kind: 'choice', choices: inner.options.map(String) };
  if (inner instanceof z.ZodNumber) return kindOfNumber(inner);
  return { kind: 'other' };
}

function kindOfNumber(schema: z.ZodNumber): ValueKind {
  let [minimum, maximum]: [number, number] = [NUMBER.minimum, NUMBER.maximum];
  const open = { minimum: false, maximum: false };
  for (const check of schema.def.checks ?? []) {
    const { def } = check._zod;
    if (!('value' in def) || typeof def.value !== 'number') continue;
    const excluded = !('inclusive' in def && def.inclusive === true);
    if (def.check === 'greater_than') [minimum, open.minimum] = [def.value, excluded];
    else if (def.check === 'less_than') [maximum, open.maximum] = [def.value, excluded];
  }
  return { kind: 'number', integer: schema.isInt, minimum, maximum, open };
}

/** What values a parameter that a block declares takes. */
export function kindOfParameter({ kind, minimum, maximum, choices = [] }: BlockParameter): ValueKind {
  switch (kind) {
    case 'boolean':
      return { kind };
    case 'choice':
      return { kind, choices };
    case 'integer':
    case 'number':
      return {
        ...NUMBER,
        integer: kind === 'integer',
        minimum: minimum ?? NUMBER.minimum,
        maximum: maximum ?? NUMBER.maximum,
      };
  }
}

/** What would have been right in place of a value; undefined when the value is. */
export function expectedInstead(kind: ValueKind, value: ParameterValue): string | undefined {
  switch (kind.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'choice':
      return typeof value === 'string' && kind.choices.includes(value)
        ? undefined
        : `one of ${kind.choices.join(', ')}`;
    case 'number':
      // Sizes may be given one by one; what is wrong with them the network says.
      return Array.isArray(value) || (typeof value === 'number' && isWithin(kind, value))
        ? undefined
        : describeNumber(kind);
    case 'other':
      return undefined;
  }
}

function isWithin({ integer, minimum, maximum, open }: ValueKind & { kind: 'number' }, value: number): boolean {
  if (!Number.isFinite(value) || (integer && !Number.isInteger(value))) return false;
  const [low, high] = [
    open.minimum ? value > minimum : value >= minimum,
    open.maximum ? value < maximum : value <= maximum,
  ];
  return low && high;
}

function describeNumber({ integer, minimum, maximum, open }: ValueKind & { kind: 'number' }): string {
  const bounds = [
    Number.isFinite(minimum) ? `${open.minimum ? 'above' : 'of at least'} ${minimum}` : '',
    Number.isFinite(maximum) ? `${open.maximum ? 'below' : 'of at most'} ${maximum}` : '',
  ].filter((bound) => bound !== '');
  return `a ${integer ? 'whole number' : 'number'} ${bounds.join(' and ')}`.trimEnd();
}
