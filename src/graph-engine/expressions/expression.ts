import { ok, type Result } from '../core/diagnostic.ts';

/** A value of the expression language. */
export type Scalar = number | boolean | string;

type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

/** A parsed expression. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'ternary'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly operands: readonly Expression[] };

const FUNCTIONS = {
  min: (values: readonly number[]) => Math.min(...values),
  max: (values: readonly number[]) => Math.max(...values),
  round: (values: readonly number[]) => Math.round(values[0] ?? NaN),
  floor: (values: readonly number[]) => Math.floor(values[0] ?? NaN),
  ceil: (values: readonly number[]) => Math.ceil(values[0] ?? NaN),
} as const;
export type FunctionName = keyof typeof FUNCTIONS;

const MAXIMUM_LENGTH = 500;
const MAXIMUM_DEPTH = 40;
const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|'([^']*)'|"([^"]*)"|(\|\||&&|==|!=|<=|>=|[-+*/%<>!?:(),]))/y;
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

interface Token {
  readonly kind: 'number' | 'name' | 'string' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

/** A mistake in an expression; caught at the edge of this module and returned as a value. */
class ExpressionError extends Error {}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let position = 0;
  while (source.slice(position).trim() !== '') {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(source);
    if (match === null) throw new ExpressionError(`unexpected "${source.slice(position).trim()[0] ?? ''}"`);
    const at = position;
    position = TOKEN.lastIndex;
    if (match[1] !== undefined) tokens.push({ kind: 'number', text: match[1], at });
    else if (match[2] !== undefined) tokens.push({ kind: 'name', text: match[2], at });
    else if (match[3] !== undefined || match[4] !== undefined)
      tokens.push({ kind: 'string', text: match[3] ?? match[4] ?? '', at });
    else tokens.push({ kind: 'symbol', text: match[5] ?? '', at });
  }
  tokens.push({ kind: 'end', text: 'the end', at: source.length });
  return tokens;
}

/** Whether expressions know a function of that name. */
export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

function parseTokens(tokens: readonly Token[]): Expression {
  let next = 0;
  let depth = 0;
  const peek = (): Token => tokens[Math.min(next, tokens.length - 1)] ?? { kind: 'end', text: 'the end', at: 0 };
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const expectSymbol = (symbol: string): void => {
    const token = take();
    if (token.kind !== 'symbol' || token.text !== symbol)
      throw new ExpressionError(`expected "${symbol}", got "${token.text}"`);
  };

  function ternary(): Expression {
    if (++depth > MAXIMUM_DEPTH) throw new ExpressionError('it is nested too deeply');
    const test = binary(0);
    let result = test;
    if (peek().kind === 'symbol' && peek().text === '?') {
      take();
      const yes = ternary();
      expectSymbol(':');
      result = { kind: 'ternary', test, yes, no: ternary() };
    }
    depth -= 1;
    return result;
  }

  function binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => peek().kind === 'symbol' && candidate === peek().text);
      if (operator === undefined) return left;
      take();
      left = { kind: 'binary', operator, left, right: binary(level + 1) };
    }
  }

  function unary(): Expression {
    const token = peek();
    if (token.kind === 'symbol' && (token.text === '-' || token.text === '!')) {
      take();
      if (++depth > MAXIMUM_DEPTH) throw new ExpressionError('it is nested too deeply');
      const operand = unary();
      depth -= 1;
      return { kind: 'unary', operator: token.text, operand };
    }
    return primary();
  }

  function primary(): Expression {
    const token = take();
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'string') return { kind: 'literal', value: token.text };
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = ternary();
      expectSymbol(')');
      return inner;
    }
    if (token.kind !== 'name') throw new ExpressionError(`unexpected "${token.text}"`);
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
    if (peek().text !== '(' || peek().kind !== 'symbol') return { kind: 'name', name: token.text };
    if (!isFunctionName(token.text)) throw new ExpressionError(`there is no function "${token.text}"`);
    take();
    const operands = [ternary()];
    while (peek().kind === 'symbol' && peek().text === ',') {
      take();
      operands.push(ternary());
    }
    expectSymbol(')');
    return { kind: 'call', name: token.text, operands };
  }

  const expression = ternary();
  if (peek().kind !== 'end') throw new ExpressionError(`unexpected "${peek().text}"`);
  return expression;
}

const parsed = new Map<string, Expression>();
const MAXIMUM_CACHED = 2000;

/** Parses the text after `=`; a problem tells what was unexpected. Numbers, booleans, strings, arithmetic, comparison, ternary, min/max/round/floor/ceil. */
export function parseExpression(source: string): Result<Expression> {
  const known = parsed.get(source);
  if (known !== undefined) return ok(known);
  try {
    if (source.length > MAXIMUM_LENGTH) throw new ExpressionError(`it is longer than ${MAXIMUM_LENGTH} characters`);
    const expression = parseTokens(tokenize(source));
    if (parsed.size >= MAXIMUM_CACHED) parsed.clear();
    parsed.set(source, expression);
    return ok(expression);
  } catch (error) {
    return refused(source, error);
  }
}

function refused(source: string, error: unknown): Result<never> {
  if (!(error instanceof ExpressionError)) throw error;
  return {
    ok: false,
    error: {
      code: 'expression/invalid',
      message: `The expression "= ${source}" cannot be used: ${error.message}.`,
      received: source,
    },
  };
}

function number(value: Scalar): number {
  if (typeof value !== 'number') throw new ExpressionError(`"${String(value)}" is not a number`);
  return value;
}

function boolean(value: Scalar): boolean {
  if (typeof value !== 'boolean') throw new ExpressionError(`"${String(value)}" is not true or false`);
  return value;
}

function evaluate(expression: Expression, scope: Readonly<Record<string, Scalar>>): Scalar {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name': {
      const value = Object.hasOwn(scope, expression.name) ? scope[expression.name] : undefined;
      if (value === undefined) {
        const names = Object.keys(scope);
        throw new ExpressionError(
          `there is no parameter "${expression.name}" here${names.length > 0 ? ` (there are ${names.join(', ')})` : ''}`,
        );
      }
      return value;
    }
    case 'unary': {
      const operand = evaluate(expression.operand, scope);
      return expression.operator === '-' ? -number(operand) : !boolean(operand);
    }
    case 'ternary':
      return evaluate(boolean(evaluate(expression.test, scope)) ? expression.yes : expression.no, scope);
    case 'call': {
      const result = FUNCTIONS[expression.name](expression.operands.map((operand) => number(evaluate(operand, scope))));
      return result;
    }
    case 'binary':
      return evaluateBinary(expression, scope);
  }
}

function evaluateBinary(
  expression: Extract<Expression, { kind: 'binary' }>,
  scope: Readonly<Record<string, Scalar>>,
): Scalar {
  const left = evaluate(expression.left, scope);
  // The short circuit lets `index > 0 && width / index > 1` be written.
  if (expression.operator === '||') return boolean(left) || boolean(evaluate(expression.right, scope));
  if (expression.operator === '&&') return boolean(left) && boolean(evaluate(expression.right, scope));
  const right = evaluate(expression.right, scope);
  switch (expression.operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return number(left) < number(right);
    case '<=':
      return number(left) <= number(right);
    case '>':
      return number(left) > number(right);
    case '>=':
      return number(left) >= number(right);
    case '+':
      return number(left) + number(right);
    case '-':
      return number(left) - number(right);
    case '*':
      return number(left) * number(right);
    case '/':
      return divide(number(left), number(right));
    case '%':
      return number(left) % nonZero(number(right));
  }
}

function nonZero(value: number): number {
  if (value === 0) throw new ExpressionError('it divides by zero');
  return value;
}

function divide(left: number, right: number): number {
  return left / nonZero(right);
}

/** Evaluates the text after `=` over the named values; total: every mistake is a problem, never an exception or a hang. */
export function evaluateExpression(source: string, scope: Readonly<Record<string, Scalar>>): Result<Scalar> {
  const expression = parseExpression(source);
  if (!expression.ok) return expression;
  try {
    const value = evaluate(expression.value, scope);
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new ExpressionError('the result is not a finite number');
    return ok(value);
  } catch (error) {
    return refused(source, error);
  }
}
