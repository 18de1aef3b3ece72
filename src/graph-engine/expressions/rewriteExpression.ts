import { evaluateExpression, parseExpression, type Expression, type Scalar } from './expression.ts';

type ParameterValue = Scalar | readonly Scalar[];

/** What a name stands for: a value, or the text of an expression (without its `=`). */
export type Meaning = { readonly value: Scalar } | { readonly expression: string };

const RANK: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};
const UNARY = 7;

function printLiteral(value: Scalar): string {
  if (typeof value !== 'string') return String(value);
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

/** An expression as text that parses to the same expression. */
export function printExpression(expression: Expression, outer = 0): string {
  const wrap = (text: string, rank: number): string => (rank < outer ? `(${text})` : text);
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'number' && expression.value < 0
        ? wrap(printLiteral(expression.value), UNARY)
        : printLiteral(expression.value);
    case 'name':
      return expression.name;
    case 'unary':
      return wrap(`${expression.operator}${printExpression(expression.operand, UNARY)}`, UNARY);
    case 'binary': {
      const rank = RANK[expression.operator] ?? 0;
      const [left, right] = [printExpression(expression.left, rank), printExpression(expression.right, rank + 1)];
      return wrap(`${left} ${expression.operator} ${right}`, rank);
    }
    case 'ternary': {
      const [test, yes, no] = [expression.test, expression.yes, expression.no];
      return wrap(`${printExpression(test, 1)} ? ${printExpression(yes, 1)} : ${printExpression(no)}`, 0.5);
    }
    case 'call':
      return `${expression.name}(${expression.operands.map((operand) => printExpression(operand)).join(', ')})`;
  }
}

function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'ternary':
      return [expression.test, expression.yes, expression.no];
    case 'call':
      return expression.operands;
  }
}

function collectNames(expression: Expression, into: Set<string>): void {
  if (expression.kind === 'name') into.add(expression.name);
  for (const child of children(expression)) collectNames(child, into);
}

function substitute(expression: Expression, meanings: ReadonlyMap<string, Expression>): Expression {
  switch (expression.kind) {
    case 'literal':
      return expression;
    case 'name':
      return meanings.get(expression.name) ?? expression;
    case 'unary':
      return { ...expression, operand: substitute(expression.operand, meanings) };
    case 'binary':
      return {
        ...expression,
        left: substitute(expression.left, meanings),
        right: substitute(expression.right, meanings),
      };
    case 'ternary':
      return {
        ...expression,
        test: substitute(expression.test, meanings),
        yes: substitute(expression.yes, meanings),
        no: substitute(expression.no, meanings),
      };
    case 'call':
      return { ...expression, operands: expression.operands.map((operand) => substitute(operand, meanings)) };
  }
}

/** The text after `=`, or `undefined` when the value is a literal. */
function sourceOf(value: Scalar): string | undefined {
  return typeof value === 'string' && value.startsWith('=') ? value.slice(1).trim() : undefined;
}

/** The names that a value's expressions use; none for a literal or for what cannot be parsed. */
export function namesIn(value: ParameterValue): ReadonlySet<string> {
  const names = new Set<string>();
  for (const item of typeof value === 'object' ? value : [value]) {
    const source = sourceOf(item);
    const parsed = source === undefined ? undefined : parseExpression(source);
    if (parsed?.ok === true) collectNames(parsed.value, names);
  }
  return names;
}

function rewriteScalar(value: Scalar, meanings: ReadonlyMap<string, Expression>): Scalar {
  const source = sourceOf(value);
  const parsed = source === undefined ? undefined : parseExpression(source);
  // What cannot be parsed stays as it is: its mistake is told where it is used.
  if (parsed?.ok !== true) return value;
  const text = printExpression(substitute(parsed.value, meanings));
  const result = evaluateExpression(text, {});
  return result.ok ? result.value : `= ${text}`;
}

/**
 * A value in which names are replaced by what they mean elsewhere: an expression over names that are all known comes to its
 * value, another stays an expression.
 */
export function rewriteValue(value: ParameterValue, meanings: Readonly<Record<string, Meaning>>): Scalar | Scalar[] {
  const known = new Map<string, Expression>();
  for (const [name, meaning] of Object.entries(meanings)) {
    if ('value' in meaning) known.set(name, { kind: 'literal', value: meaning.value });
    else {
      const parsed = parseExpression(meaning.expression);
      if (parsed.ok) known.set(name, parsed.value);
    }
  }
  return typeof value === 'object' ? value.map((item) => rewriteScalar(item, known)) : rewriteScalar(value, known);
}

/** What a value means to the block that gets it as a parameter. */
export function meaningOf(value: Scalar): Meaning {
  const source = sourceOf(value);
  return source === undefined ? { value } : { expression: source };
}
