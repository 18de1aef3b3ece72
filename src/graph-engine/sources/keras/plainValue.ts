/** A value of a JSON file about which nothing is known yet. */
export type Plain = Readonly<Record<string, unknown>>;

/** Whether a value is an object with names. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or one without names. */
export function plainOf(value: unknown): Plain {
  return isPlain(value) ? value : {};
}

/** The text, or nothing. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The list, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A list of sizes, `null` where a size is open; `undefined` where it is none. */
export function sizesIn(value: unknown): readonly (number | null)[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const sizes = value.map((size) => (typeof size === 'number' && Number.isInteger(size) ? size : null));
  return sizes.every((size, i) => size !== null || value[i] === null) ? sizes : undefined;
}
