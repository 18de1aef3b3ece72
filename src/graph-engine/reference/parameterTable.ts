import { z } from 'zod';
import type { BlockParameter } from '../document/schema.ts';
import { writeValue } from '../explain/parameterVariants.ts';
import type { Content } from './referencePage.ts';

const JsonSchema = z.object({
  type: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  description: z.string().optional(),
  prefixItems: z.array(z.unknown()).optional(),
  get anyOf() {
    return z.array(JsonSchema).optional();
  },
});
type JsonSchema = z.infer<typeof JsonSchema>;

const HEAD = ['Parameter', 'Values', 'Default', 'Meaning'];

function range(low: number | undefined, high: number | undefined): string {
  // The largest whole number is no bound that anybody set.
  const upper = high !== undefined && high < Number.MAX_SAFE_INTEGER ? high : undefined;
  const lower = low !== undefined && low > Number.MIN_SAFE_INTEGER ? low : undefined;
  if (lower !== undefined && upper !== undefined) return ` from ${lower} to ${upper}`;
  if (lower !== undefined) return ` from ${lower}`;
  return upper === undefined ? '' : ` up to ${upper}`;
}

function rangeOf(schema: JsonSchema): string {
  const { exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  const open = [
    above === undefined ? '' : ` above ${above}`,
    below === undefined || below >= Number.MAX_SAFE_INTEGER ? '' : ` below ${below}`,
  ].join('');
  return `${open}${range(schema.minimum, schema.maximum)}`;
}

function valuesOf(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(valuesOf))].join(', or ');
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${String(one)}\``).join(', ');
  if (schema.const !== undefined) return `\`${writeValue(schema.const)}\``;
  switch (schema.type) {
    case 'integer':
      return `whole number${rangeOf(schema)}`;
    case 'number':
      return `number${rangeOf(schema)}`;
    case 'boolean':
      return 'on or off';
    case 'array':
      return schema.prefixItems === undefined ? 'list' : `${schema.prefixItems.length} of them, one for each axis`;
    default:
      return 'text';
  }
}

/** The parameters of an op, read from its schema. */
export function parameterTable(schema: z.ZodObject): Content {
  const { properties } = z
    .object({ properties: z.record(z.string(), JsonSchema).default({}) })
    .parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  // Read from the schema itself: the default of a size that is written in two ways is lost in translation.
  const parsed = schema.safeParse({});
  const defaults: Readonly<Record<string, unknown>> = parsed.success ? parsed.data : {};
  const rows = Object.entries(properties).map(([name, one]) => [
    `\`${name}\``,
    // One size for both axes is the shorter way to write two.
    valuesOf(one.anyOf === undefined ? one : { anyOf: [...one.anyOf].reverse() }),
    defaults[name] === undefined ? '' : `\`${writeValue(defaults[name])}\``,
    one.description ?? '',
  ]);
  return rows.length === 0 ? { kind: 'text', text: 'It has none.' } : { kind: 'table', head: HEAD, rows };
}

/** The parameters that a block declares. */
export function blockParameterTable(declared: readonly BlockParameter[]): Content {
  if (declared.length === 0) return { kind: 'text', text: 'It has none.' };
  const values = ({ kind, minimum, maximum, choices = [] }: BlockParameter): string => {
    switch (kind) {
      case 'boolean':
        return 'on or off';
      case 'choice':
        return choices.map((choice) => `\`${choice}\``).join(', ');
      case 'integer':
        return `whole number${range(minimum, maximum)}`;
      case 'number':
        return `number${range(minimum, maximum)}`;
    }
  };
  return {
    kind: 'table',
    head: HEAD,
    rows: declared.map((one) => [
      `\`${one.name}\``,
      values(one),
      `\`${writeValue(one.default)}\``,
      one.description ?? '',
    ]),
  };
}
