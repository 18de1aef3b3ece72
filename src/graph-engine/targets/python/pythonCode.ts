/** A value written into Python source. */
export type Literal = null | boolean | number | string | readonly Literal[];

/** What is passed to a call. `standard` is Python's default, which is not written. */
export interface Argument {
  readonly name: string;
  readonly value: Literal | Call;
  readonly standard?: Literal;
  /** Passed by its place, without its name. */
  readonly positional?: true;
}

/** A call that makes a module, such as `nn.Conv2d(3, 64, 7)`. */
export interface Call {
  readonly callee: string;
  readonly arguments: readonly Argument[];
}

/** A number or the like inside an expression, which may differ from one use of a block to the next. */
export interface Slot {
  readonly name: string;
  readonly slot: Literal;
}

/** An expression: text, and slots in it. */
export type Expression = readonly (string | Slot)[];

/** Writes an expression: text and other expressions stand as they are, `slot`s stay apart. */
export function py(strings: TemplateStringsArray, ...values: readonly (string | Slot | Expression)[]): Expression {
  const parts: (string | Slot)[] = [];
  const push = (part: string | Slot): void => {
    const last = parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
    else if (part !== '') parts.push(part);
  };
  for (const [index, text] of strings.entries()) {
    push(text);
    const value = values[index];
    if (value === undefined) continue;
    if (typeof value === 'string' || 'slot' in value) push(value);
    else for (const part of value) push(part);
  }
  return parts;
}

/** A value in an expression that is named where it differs between uses of a block. */
export function slot(name: string, value: Literal): Slot {
  return { name, slot: value };
}

/** A call from positional and named arguments: `[name, value]` by place, `[name, value, default]` by name. */
export function call(
  callee: string,
  ...given: readonly (readonly [string, Literal | Call] | readonly [string, Literal | Call, Literal])[]
): Call {
  return {
    callee,
    arguments: given.map(([name, value, standard]) =>
      standard === undefined ? { name, value, positional: true } : { name, value, standard },
    ),
  };
}

/** A value in Python's notation; lists become tuples. */
export function pythonLiteral(value: Literal): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'string') return pythonString(value);
  return `(${value.map(pythonLiteral).join(', ')}${value.length === 1 ? ',' : ''})`;
}

function pythonNumber(value: number): string {
  if (value === Infinity) return 'float("inf")';
  if (value === -Infinity) return 'float("-inf")';
  // Twelve digits hide what calculating with tenths leaves behind; 1e-7 and 1e21 are Python too.
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(12)));
}

/** Text in quotes; what may end a string or a line is escaped. */
export function pythonString(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** Text inside a docstring. */
export function pythonDocumentation(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"').replaceAll(/\r\n?/g, '\n');
}

/** Whether two values are written alike. */
export function sameLiteral(a: Literal, b: Literal): boolean {
  return pythonLiteral(a) === pythonLiteral(b);
}
