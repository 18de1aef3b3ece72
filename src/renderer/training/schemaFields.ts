import { z } from 'zod';
import { settingGroups, type SettingGroup } from '../../graph-engine/document/settingMeta.ts';
import type { NumberBounds } from '../ui/parseNumber.ts';

interface FieldBase {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  /** The section of the form; settings without one are the basics. */
  readonly group: SettingGroup;
  /** Other words people search for. */
  readonly keywords: readonly string[];
  /** The value that a document starts with. */
  readonly standard: unknown;
  /** Whether leaving it out means the standard. */
  readonly optional: boolean;
}

/** One choice of a union, with fields of its own. */
export interface Variant {
  readonly value: string;
  readonly label: string;
  readonly help: string;
  readonly fields: readonly SettingField[];
  /** All defaults, ready to be set when the choice is made. */
  readonly initial: Readonly<Record<string, unknown>>;
}

export interface ChoiceOption {
  readonly value: string;
  readonly label: string;
}

export type SettingField =
  | (FieldBase & { readonly kind: 'number'; readonly bounds: NumberBounds })
  | (FieldBase & { readonly kind: 'boolean' })
  | (FieldBase & { readonly kind: 'text' })
  | (FieldBase & { readonly kind: 'choice'; readonly options: readonly ChoiceOption[] })
  | (FieldBase & { readonly kind: 'union'; readonly discriminator: string; readonly variants: readonly Variant[] });

/** The form of a settings schema: one field per property, its kind, bounds and words taken from the schema. */
export function fieldsOf(schema: z.ZodObject): SettingField[] {
  return Object.entries<z.core.$ZodType>(schema.shape).map(([key, property]) => fieldOf(key, property));
}

function fieldOf(key: string, property: z.core.$ZodType): SettingField {
  const inner = unwrap(property);
  const meta = { ...metaOf(inner), ...metaOf(property) };
  const base: FieldBase = {
    key,
    label: labelOf(key),
    help: descriptionOf(property) ?? descriptionOf(inner) ?? '',
    group: meta.group ?? 'basics',
    keywords: meta.keywords ?? [],
    standard: standardOf(property, inner, meta.standard),
    optional: property instanceof z.ZodOptional,
  };
  if (inner instanceof z.ZodNumber) return { ...base, kind: 'number', bounds: boundsOf(inner) };
  if (inner instanceof z.ZodBoolean) return { ...base, kind: 'boolean' };
  if (inner instanceof z.ZodString) return { ...base, kind: 'text' };
  if (inner instanceof z.ZodEnum)
    return { ...base, kind: 'choice', options: inner.options.map((option) => optionOf(String(option), meta.names)) };
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = inner.def;
    return {
      ...base,
      kind: 'union',
      discriminator,
      variants: inner.options.map((option) => variantOf(option, discriminator)),
    };
  }
  throw new Error(`There is no form field for the setting "${key}".`);
}

function variantOf(option: z.core.$ZodType, discriminator: string): Variant {
  if (!(option instanceof z.ZodObject)) throw new Error('A union of settings must be one of objects.');
  const literal: unknown = option.shape[discriminator];
  if (!(literal instanceof z.ZodLiteral)) throw new Error(`"${discriminator}" must be a literal.`);
  const value = String(literal.value);
  const rest = Object.entries<z.core.$ZodType>(option.shape).filter(([key]) => key !== discriminator);
  return {
    value,
    label: labelOf(value),
    help: descriptionOf(option) ?? '',
    fields: rest.map(([key, property]) => fieldOf(key, property)),
    initial: z.record(z.string(), z.unknown()).parse(option.parse({ [discriminator]: value })),
  };
}

const Meta = z.object({
  group: z.enum(settingGroups).optional(),
  keywords: z.array(z.string()).optional(),
  names: z.record(z.string(), z.string()).optional(),
  standard: z.unknown().optional(),
});

/** What the schema says for forms. */
function metaOf(schema: z.core.$ZodType): z.infer<typeof Meta> {
  return Meta.parse(z.globalRegistry.get(schema) ?? {});
}

function optionOf(value: string, names: Readonly<Record<string, string>> = {}): ChoiceOption {
  return { value, label: names[value] ?? labelOf(value) };
}

/** What a setting is when nobody chooses: the schema's default, or for one that is left out the first there is. */
function standardOf(property: z.core.$ZodType, inner: z.core.$ZodType, said: unknown): unknown {
  const parsed = z.safeParse(property, undefined);
  if (parsed.success && parsed.data !== undefined) return parsed.data;
  if (said !== undefined) return said;
  if (inner instanceof z.ZodBoolean) return false;
  if (inner instanceof z.ZodEnum) return inner.options[0];
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const [first] = inner.options;
    return first === undefined ? undefined : variantOf(first, inner.def.discriminator).initial;
  }
  return undefined;
}

/** Whether a setting is other than its standard. */
export function isChanged(field: SettingField, value: unknown): boolean {
  return value !== undefined && JSON.stringify(value) !== JSON.stringify(field.standard);
}

/** Whether a search finds a field: every word is in its name, its reason or the names of its choices. */
export function isFound(field: SettingField, query: string): boolean {
  const choices = field.kind === 'union' ? field.variants.flatMap((one) => [one.label, one.help]) : [];
  const text = [field.label, field.help, field.group, ...field.keywords, ...choices].join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.def.innerType);
  }
  return schema;
}

function descriptionOf(schema: z.core.$ZodType): string | undefined {
  return z.globalRegistry.get(schema)?.description;
}

function boundsOf(schema: z.ZodNumber): NumberBounds {
  const integer = schema.isInt;
  const bounds: {
    integer: boolean;
    minimum?: number;
    maximum?: number;
    minimumExcluded?: boolean;
    maximumExcluded?: boolean;
  } = { integer };
  for (const check of schema.def.checks ?? []) {
    const { def } = check._zod;
    if (isComparison(def, 'greater_than')) {
      bounds.minimum = def.value;
      bounds.minimumExcluded = !def.inclusive;
    } else if (isComparison(def, 'less_than')) {
      bounds.maximum = def.value;
      bounds.maximumExcluded = !def.inclusive;
    }
  }
  return bounds;
}

function isComparison(
  def: z.core.$ZodCheckDef,
  check: string,
): def is z.core.$ZodCheckDef & { value: number; inclusive: boolean } {
  return def.check === check && 'value' in def && typeof def.value === 'number' && 'inclusive' in def;
}

/** Names whose spelling no rule gives. */
const NAMES: Readonly<Record<string, string>> = {
  sgd: 'SGD',
  adam: 'Adam',
  adamw: 'AdamW',
  rmsprop: 'RMSProp',
  judgedBy: 'Judged by',
  checkpointEvery: 'Keep weights every',
  validationData: 'Measure on',
  accumulate: 'Batches a step',
  averaging: 'Weight averaging',
  clipping: 'Gradient clipping',
  stratified: 'Stratified split',
  weightDecaySpares: 'Decay spares',
  float32: 'float32',
  bfloat16: 'bfloat16',
  float16: 'float16',
  lamb: 'LAMB',
  ema: 'Running mean (EMA)',
  mixup: 'Mixup',
  cutmix: 'CutMix',
  'one-cycle': 'One-cycle',
  nesterov: 'Nesterov',
  beta1: 'Beta 1',
  beta2: 'Beta 2',
};

/** `batchSize` as `Batch size`. */
function labelOf(key: string): string {
  const known = NAMES[key];
  if (known !== undefined) return known;
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('-', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
