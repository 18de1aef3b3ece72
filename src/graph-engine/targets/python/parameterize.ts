import { pythonLiteral, sameLiteral, type Call, type Expression, type Literal } from './pythonCode.ts';
import { createNames, snakeCase } from './pythonNames.ts';

/** A parameter that a block declares, with its value in each use. */
export interface DeclaredParameter {
  readonly name: string;
  readonly standard: Literal;
  readonly values: readonly (Literal | undefined)[];
}

/** A parameter of a class's constructor, with the argument of each use. */
export interface ConstructorParameter {
  readonly name: string;
  /** Absent for one that every caller must give. */
  readonly standard?: Literal;
  readonly values: readonly Literal[];
}

/** Names of declared parameters. */
export type Mentioned = ReadonlySet<string>;

const NOTHING: Mentioned = new Set();

/**
 * Finds what differs between the uses of a block, and names it: values that are the same everywhere are written as they are,
 * others become one of the block's own parameters, a multiple of one, or a parameter that is added.
 */
export interface Parameterizer {
  /**
   * Python source of a value, given for each use; `undefined` where a use does not need it. `mentioned` are declared
   * parameters that the value is calculated from: others that happen to agree are taken only when they are equal.
   */
  value(name: string, values: readonly (Literal | undefined)[], mentioned?: Mentioned): string;
  /** Python source of a condition, which is told by a parameter that it mentions or by one that is added. */
  condition(name: string, values: readonly boolean[], mentioned: Mentioned): string;
  call(calls: readonly (Call | undefined)[], mentioned?: Mentioned): string;
  /** `keep` stores what is no literal in an attribute and returns how `forward` finds it. */
  expression(
    expressions: readonly (Expression | undefined)[],
    keep: (name: string, source: string) => string,
    mentioned?: Mentioned,
  ): string;
  parameters(): readonly ConstructorParameter[];
}

/** Whether two calls differ in nothing but values, so that one line of source can make both. */
export function sameStructure(a: Call, b: Call): boolean {
  return (
    a.callee === b.callee &&
    a.arguments.length === b.arguments.length &&
    a.arguments.every((argument, index) => {
      const other = b.arguments[index];
      if (other?.name !== argument.name) return false;
      const [left, right] = [argument.value, other.value];
      if (isCall(left)) return isCall(right) && sameStructure(left, right);
      return !isCall(right);
    })
  );
}

/** Whether two expressions differ in nothing but slots. */
export function sameText(a: Expression, b: Expression): boolean {
  return (
    a.length === b.length &&
    a.every((part, index) => {
      const other = b[index];
      return typeof part === 'string' ? part === other : typeof other === 'object' && other.name === part.name;
    })
  );
}

/** Whether an argument is a call rather than a value. */
export function isCall(value: Literal | Call | undefined): value is Call {
  return typeof value === 'object' && value !== null && 'callee' in value;
}

/** Starts with the parameters that the block declares; names of `taken` and `reserved` are not given to others. */
export function createParameterizer(
  taken: Iterable<string>,
  declared: readonly DeclaredParameter[],
  reserved: Iterable<string> = declared.map(({ name }) => name),
): Parameterizer {
  const names = createNames(taken, reserved);
  const used = new Set<string>();
  const added: { readonly name: string; readonly values: readonly (Literal | undefined)[] }[] = [];

  const value = (name: string, values: readonly (Literal | undefined)[], mentioned = NOTHING): string => {
    const known = values.filter((one) => one !== undefined);
    const [first = null] = known;
    if (known.every((one) => sameLiteral(one, first))) return pythonLiteral(first);
    const equal = declared.filter((parameter) => agree(parameter.values, values));
    const own = equal.find((parameter) => mentioned.has(parameter.name)) ?? equal[0];
    if (own !== undefined) return use(own.name);
    for (const parameter of declared) {
      if (!mentioned.has(parameter.name)) continue;
      const factor = factorBetween(parameter.values, values);
      if (factor !== undefined) return `${use(parameter.name)} ${factor}`;
    }
    const present = added.find((parameter) => agree(parameter.values, values));
    if (present !== undefined) return present.name;
    const fresh = { name: names.take(snakeCase(name)), values };
    added.push(fresh);
    return fresh.name;
  };

  const use = (name: string): string => {
    used.add(name);
    return name;
  };

  const condition = (name: string, values: readonly boolean[], mentioned: Mentioned): string => {
    if (values.every((one) => one === values[0])) return pythonLiteral(values[0] ?? true);
    for (const parameter of declared) {
      if (!mentioned.has(parameter.name)) continue;
      const [where, elsewhere] = [true, false].map((side) => [
        ...new Set(
          parameter.values.filter((_, index) => values[index] === side).map((one) => pythonLiteral(one ?? null)),
        ),
      ]);
      if (where === undefined || elsewhere === undefined || where.some((one) => elsewhere.includes(one))) continue;
      const parameterName = use(parameter.name);
      if (where[0] === 'True') return parameterName;
      if (where[0] === 'False') return `not ${parameterName}`;
      if (where.length === 1) return `${parameterName} == ${where[0] ?? ''}`;
      if (elsewhere.length === 1) return `${parameterName} != ${elsewhere[0] ?? ''}`;
      return `${parameterName} in (${where.join(', ')})`;
    }
    return value(`use_${name}`, values);
  };

  const call = (calls: readonly (Call | undefined)[], mentioned = NOTHING): string => {
    const model = calls.find((one) => one !== undefined);
    if (model === undefined) return 'None';
    const written = model.arguments.flatMap(({ name, standard, positional }, index) => {
      const values = calls.map((one) => one?.arguments[index]?.value);
      const source = values.some(isCall)
        ? call(
            values.map((one) => (isCall(one) ? one : undefined)),
            mentioned,
          )
        : value(
            name,
            values.map((one) => (isCall(one) ? undefined : one)),
            mentioned,
          );
      if (positional !== true && standard !== undefined && source === pythonLiteral(standard)) return [];
      return [positional === true ? source : `${name}=${source}`];
    });
    return `${model.callee}(${written.join(', ')})`;
  };

  return {
    value,
    condition,
    call,
    expression(expressions, keep, mentioned) {
      const model = expressions.find((one) => one !== undefined);
      if (model === undefined) throw new Error('There is no expression to write');
      return model
        .map((part, index) => {
          if (typeof part === 'string') return part;
          const values = expressions.map((one) => {
            const other = one?.[index];
            return typeof other === 'object' ? other.slot : undefined;
          });
          const source = value(part.name, values, mentioned);
          const isConstant = values.every((one) => one === undefined || sameLiteral(one, part.slot));
          return isConstant ? source : keep(part.name, source);
        })
        .join('');
    },
    parameters: () => [
      ...added.map(({ name, values }) => ({ name, values: values.map((one) => one ?? null) })),
      ...declared
        .filter(({ name }) => used.has(name))
        .map(({ name, standard, values }) => ({ name, standard, values: values.map((one) => one ?? null) })),
    ],
  };
}

function agree(parameter: readonly (Literal | undefined)[], wanted: readonly (Literal | undefined)[]): boolean {
  return wanted.every((one, index) => one === undefined || sameLiteral(parameter[index] ?? null, one));
}

/** `* 4` or `// 4` where that makes every wanted number of the parameter's. */
function factorBetween(
  parameter: readonly (Literal | undefined)[],
  wanted: readonly (Literal | undefined)[],
): string | undefined {
  const pairs = wanted.flatMap((one, index) => (one === undefined ? [] : [[parameter[index], one] as const]));
  const numbers = pairs.filter(
    (pair): pair is readonly [number, number] =>
      Number.isInteger(pair[0]) && Number.isInteger(pair[1]) && pair[0] !== 0 && pair[1] !== 0,
  );
  const [first] = numbers;
  if (first === undefined || numbers.length !== pairs.length) return undefined;
  const [up, down] = [first[1] / first[0], first[0] / first[1]];
  if (Number.isInteger(up) && numbers.every(([from, to]) => from * up === to)) return `* ${up}`;
  return Number.isInteger(down) && numbers.every(([from, to]) => to * down === from) ? `// ${down}` : undefined;
}
