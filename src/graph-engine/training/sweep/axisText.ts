import type { ParameterValue } from '../../document/schema.ts';
import { SweepAxis } from './sweepPlan.ts';
import type { SweepProblem } from './sweepProblem.ts';

/** What an axis looks like as text. */
export const AXIS_TEXT =
  'path=1,2,3 · path=linear(0,1,5) · path=log(1e-4,1e-1,5) · path=int(8,64,4) · path=logint(8,64,4)';

export type ParsedAxis =
  { readonly ok: true; readonly axis: SweepAxis } | { readonly ok: false; readonly problem: SweepProblem };

/**
 * Reads an axis: `training.learningRate=log(1e-4,1e-1,5)`, `conv1.filters+conv2.filters=16,32`,
 * `training.optimizer.kind=adam,momentum`, `conv1.kernel=[3,3],[5,5]`. The last number of a range is that of its values in a
 * grid, 5 when left out.
 */
export function parseAxis(text: string): ParsedAxis {
  const at = text.indexOf('=');
  const paths =
    at === -1
      ? []
      : text
          .slice(0, at)
          .split('+')
          .map((path) => path.trim());
  const rest = text.slice(at + 1).trim();
  if (paths.length === 0 || paths.includes('') || rest === '') return refuse(text);
  const range = parseRange(rest);
  const axis = SweepAxis.safeParse({ paths, range });
  return axis.success ? { ok: true, axis: axis.data } : refuse(text);
}

function refuse(text: string): ParsedAxis {
  const problem: SweepProblem = {
    code: 'sweep/axis-text',
    message: 'The axis was not understood.',
    expected: AXIS_TEXT,
    received: text,
    remedy: 'Put it in quotes, so that the shell leaves brackets alone.',
  };
  return { ok: false, problem };
}

const RANGE = /^(linear|log|int|logint)\(([^()]*)\)$/;

function parseRange(text: string): unknown {
  const [, name, inside = ''] = RANGE.exec(text) ?? [];
  if (name === undefined) return { kind: 'values', values: splitList(text).map(parseValue) };
  const numbers = inside.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.length < 2 || numbers.length > 3) return undefined;
  const [from, to, steps] = numbers;
  return {
    kind: name.startsWith('log') ? 'log' : 'linear',
    from,
    to,
    ...(steps !== undefined && { steps }),
    ...(name.endsWith('int') && { integer: true }),
  };
}

/** At commas outside brackets and quotes. */
function splitList(text: string): string[] {
  const parts = [''];
  let [depth, quoted] = [0, false];
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === '[') depth++;
    else if (!quoted && character === ']') depth--;
    if (character === ',' && depth === 0 && !quoted) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts.map((part) => part.trim());
}

function parseValue(text: string): unknown {
  if (text === '') return undefined;
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted;
  const listed = /^\[(.*)\]$/.exec(text)?.[1];
  if (listed !== undefined) return splitList(listed).map(parseValue);
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

/** An axis as `parseAxis` reads it. */
export function axisTextOf({ paths, range }: SweepAxis): string {
  return `${paths.join('+')}=${rangeTextOf(range)}`;
}

/** The part of an axis' text behind the `=`. */
export function rangeTextOf(range: SweepAxis['range']): string {
  if (range.kind === 'values') return range.values.map(valueText).join(',');
  const { kind, from, to, steps, integer } = range;
  const name = integer === true ? (kind === 'log' ? 'logint' : 'int') : kind;
  return `${name}(${from},${to},${steps})`;
}

function valueText(value: ParameterValue): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (typeof value !== 'string') return String(value);
  // What would be read as something else, or come apart.
  const plain =
    value !== '' && !/[,"[\]()\s]/.test(value) && Number.isNaN(Number(value)) && !/^(true|false)$/.test(value);
  return plain ? value : `"${value}"`;
}
