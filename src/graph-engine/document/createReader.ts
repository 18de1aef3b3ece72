import { z } from 'zod';

/** Stands for a value that a schema has to look at itself, to tell what is wrong with it or to change it. */
const REFUSED = Symbol('refused');
type Read = (value: unknown) => unknown;
type AnySchema = z.core.$ZodType;

/**
 * Reads values as `schema` does, several times faster: made of plain tests for the kinds of schema that large files consist
 * of, and of the schema itself for all others. `undefined` when a value does not fit, or may not: only the schema says why.
 */
export function createReader<Output>(schema: z.ZodType<Output>): (value: unknown) => Output | undefined {
  const read = readerOf(schema);
  return (value) => {
    const result = read(value);
    return result === REFUSED ? undefined : (result as Output);
  };
}

function readerOf(schema: AnySchema): Read {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ('coerce' in def && def.coerce === true) return bySchema(schema);
  switch (def.type) {
    case 'string':
      return testing(schema, def.checks, (value) => typeof value === 'string');
    case 'number':
      return testing(schema, [...(def.checks ?? []), ...('format' in def ? [schema] : [])], Number.isFinite);
    case 'boolean':
      return testing(schema, def.checks, (value) => typeof value === 'boolean');
    case 'literal':
      return testing(schema, def.checks, (value) => def.values.some((one) => one === value));
    case 'enum': {
      const entries = new Set<unknown>(Object.values(def.entries));
      return testing(schema, def.checks, (value) => entries.has(value));
    }
    case 'optional': {
      const inner = readerOf(def.innerType);
      return (value) => (value === undefined ? undefined : inner(value));
    }
    case 'default': {
      const inner = readerOf(def.innerType);
      return (value) => (value === undefined ? def.defaultValue : inner(value));
    }
    case 'union': {
      if ((def.checks ?? []).length > 0 || def.inclusive === false) return bySchema(schema);
      return readUnion(def.options.map(readerOf));
    }
    case 'array':
      return readArray(readerOf(def.element), testing(schema, def.checks, Array.isArray));
    case 'record':
      if ((def.checks ?? []).length > 0 || (def.keyType as z.core.$ZodTypes)._zod.def.type !== 'string')
        return bySchema(schema);
      return readRecord(readerOf(def.keyType), readerOf(def.valueType));
    case 'object':
      if ((def.checks ?? []).length > 0 || def.catchall?._zod.def.type !== 'never') return bySchema(schema);
      return readObject(def.shape);
    default:
      return bySchema(schema);
  }
}

/** What the schema itself makes of a value. */
function bySchema(schema: AnySchema): Read {
  return (value) => {
    const parsed = z.safeParse(schema, value);
    return parsed.success ? parsed.data : REFUSED;
  };
}

/** Takes values as they are that pass a test and all checks; the schema when there is a check of another kind. */
function testing(schema: AnySchema, checks: readonly AnyCheck[] | undefined, fits: (value: never) => boolean): Read {
  const tests: ((value: never) => boolean)[] = [fits];
  for (const check of checks ?? []) {
    const test = testOf(check);
    if (test === undefined) return bySchema(schema);
    tests.push(test);
  }
  return (value) => {
    // The first test is for the kind of value, and the others take that kind.
    for (const test of tests) if (!test(value as never)) return REFUSED;
    return value;
  };
}

type AnyCheck = Pick<z.core.$ZodCheck, '_zod'> | AnySchema;

function testOf(check: AnyCheck): ((value: never) => boolean) | undefined {
  const { def } = (check as z.core.$ZodChecks | z.core.$ZodCustom)._zod;
  switch (def.check) {
    case 'max_length':
      return ({ length }: { readonly length: number }) => length <= def.maximum;
    case 'min_length':
      return ({ length }: { readonly length: number }) => length >= def.minimum;
    case 'greater_than':
      return (value: number) => (def.inclusive ? value >= Number(def.value) : value > Number(def.value));
    case 'less_than':
      return (value: number) => (def.inclusive ? value <= Number(def.value) : value < Number(def.value));
    case 'number_format':
      return def.format === 'safeint' ? Number.isSafeInteger : undefined;
    case 'string_format': {
      const { format, pattern } = def;
      return format === 'regex' && pattern !== undefined && !pattern.global && !pattern.sticky
        ? (value: string) => pattern.test(value)
        : undefined;
    }
    case 'custom': {
      // Checks that report on their own have no function that says yes or no.
      const { fn } = def as Partial<z.core.$ZodCustomDef>;
      return fn === undefined ? undefined : (value) => fn(value) === true;
    }
    default:
      return undefined;
  }
}

function readUnion(options: readonly Read[]): Read {
  return (value) => {
    for (const read of options) {
      const result = read(value);
      if (result !== REFUSED) return result;
    }
    return REFUSED;
  };
}

function readArray(read: Read, test: Read): Read {
  return (value) => {
    if (test(value) === REFUSED || !Array.isArray(value)) return REFUSED;
    const items: unknown[] = [];
    for (const item of value as readonly unknown[]) {
      const result = read(item);
      if (result === REFUSED) return REFUSED;
      items.push(result);
    }
    return items;
  };
}

type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function readRecord(readKey: Read, readValue: Read): Read {
  return (value) => {
    if (!isPlain(value)) return REFUSED;
    const record: Record<string, unknown> = {};
    for (const key in value) {
      const item = readValue(value[key]);
      if (item === REFUSED || readKey(key) !== key) return REFUSED;
      record[key] = item;
    }
    return record;
  };
}

function readObject(shape: Readonly<Record<string, AnySchema>>): Read {
  const fields = Object.entries(shape).map(([key, schema]) => ({ key, read: readerOf(schema) }));
  return (value) => {
    if (!isPlain(value)) return REFUSED;
    const object: Record<string, unknown> = {};
    let known = 0;
    for (const { key, read } of fields) {
      const given = value[key];
      const result = read(given);
      if (result === REFUSED) return REFUSED;
      if (given !== undefined) known += 1;
      if (result !== undefined) object[key] = result;
    }
    // A key that no field has is refused by strict objects.
    let given = 0;
    for (const _key in value) given += 1;
    return given === known ? object : REFUSED;
  };
}
