import type { z } from 'zod';
import { ok, type Diagnostic, type Problem, type Result } from '../core/diagnostic.ts';
import type { BlockParameter, ParameterValue } from '../document/schema.ts';
import { evaluateExpression, type Scalar } from '../expressions/expression.ts';

export type ExpressionScope = Readonly<Record<string, Scalar>>;
export type Resolved = {
  readonly value: Readonly<Record<string, unknown>> | undefined;
  readonly problems: readonly Problem[];
};

/** Whether a parameter's value is an expression: text that starts with `=`. */
export function isExpression(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAXIMUM_EXPRESSION && value.startsWith('=');
}

/** Longer text is no expression. */
const MAXIMUM_EXPRESSION = 2000;

/** The value of a literal or of the text after `=`. */
export function resolveScalar(value: Scalar, scope: ExpressionScope): Result<Scalar> {
  return isExpression(value) ? evaluateExpression(value.slice(1).trim(), scope) : ok(value);
}

function resolveValue(value: ParameterValue, scope: ExpressionScope): Result<Scalar | Scalar[]> {
  if (!Array.isArray(value)) return resolveScalar(value, scope);
  const items: Scalar[] = [];
  for (const item of value) {
    const resolved = resolveScalar(item, scope);
    if (!resolved.ok) return resolved;
    items.push(resolved.value);
  }
  return ok(items);
}

/** Evaluates expressions and parses the values by an op's schema, filling in defaults. */
export function resolveOpParameters(
  schema: z.ZodObject,
  values: Readonly<Record<string, ParameterValue>>,
  scope: ExpressionScope,
): Resolved {
  const problems: Problem[] = [];
  const resolved: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const result = resolveValue(value, scope);
    if (result.ok) resolved[name] = result.value;
    else problems.push({ ...result.error, parameter: name });
  }
  if (problems.length > 0) return { value: undefined, problems };
  const parsed = schema.safeParse(resolved);
  if (parsed.success) return { value: parsed.data, problems };
  return {
    value: undefined,
    problems: parsed.error.issues.map((issue): Problem => {
      const name = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0];
      const given = name === undefined ? undefined : resolved[String(name)];
      return {
        code: issue.code === 'unrecognized_keys' ? 'parameter/unknown' : 'parameter/invalid',
        message:
          issue.code === 'unrecognized_keys'
            ? `There is no parameter "${String(name)}".`
            : `"${String(name)}" cannot be ${given === undefined ? 'left out' : JSON.stringify(given)}: ${issue.message}.`,
        ...(name === undefined ? {} : { parameter: String(name) }),
        ...(given === undefined ? {} : { received: JSON.stringify(given) }),
      };
    }),
  };
}

function fits(parameter: BlockParameter, value: Scalar): string | undefined {
  switch (parameter.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'choice':
      return typeof value === 'string' && (parameter.choices ?? []).includes(value)
        ? undefined
        : `one of ${(parameter.choices ?? []).join(', ')}`;
    case 'integer':
    case 'number': {
      const whole = parameter.kind === 'integer';
      const { minimum = -Infinity, maximum = Infinity } = parameter;
      if (typeof value === 'number' && (!whole || Number.isInteger(value)) && value >= minimum && value <= maximum)
        return undefined;
      const range = [
        Number.isFinite(minimum) ? ` of at least ${minimum}` : '',
        Number.isFinite(maximum) ? ` of at most ${maximum}` : '',
      ].join(' and');
      return `a ${whole ? 'whole number' : 'number'}${range.replace(/^ and| and$/, '')}`;
    }
  }
}

/** Evaluates the values a block node gives to its block's declared parameters, filling in defaults. */
export function resolveBlockParameters(
  declared: readonly BlockParameter[],
  values: Readonly<Record<string, ParameterValue>>,
  scope: ExpressionScope,
): { readonly value: Record<string, Scalar> | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const resolved: Record<string, Scalar> = {};
  for (const parameter of declared) {
    const given = values[parameter.name] ?? parameter.default;
    if (Array.isArray(given)) {
      problems.push({
        code: 'parameter/invalid',
        message: `"${parameter.name}" takes one value.`,
        parameter: parameter.name,
      });
      continue;
    }
    const result = resolveScalar(given, scope);
    if (!result.ok) {
      problems.push({ ...result.error, parameter: parameter.name });
      continue;
    }
    const expected = fits(parameter, result.value);
    if (expected === undefined) resolved[parameter.name] = result.value;
    else
      problems.push({
        code: 'parameter/invalid',
        message: `"${parameter.name}" cannot be ${JSON.stringify(result.value)}: it must be ${expected}.`,
        parameter: parameter.name,
        expected,
        received: JSON.stringify(result.value),
      });
  }
  for (const name of Object.keys(values)) {
    if (!declared.some((parameter) => parameter.name === name))
      problems.push({ code: 'parameter/unknown', message: `The block has no parameter "${name}".`, parameter: name });
  }
  return { value: problems.length === 0 ? resolved : undefined, problems };
}

/** A problem of a node as a diagnostic at its place. */
export function diagnose(problem: Problem, node: string): Diagnostic {
  const { code, message, port, parameter, expected, received } = problem;
  return {
    code,
    severity: 'error',
    at: { path: [], node, ...(port === undefined ? {} : { port }), ...(parameter === undefined ? {} : { parameter }) },
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  };
}
