import type { OpDefinition } from '../../graph-engine/core/opDefinition.ts';
import type { BlockParameter, ParameterValue } from '../../graph-engine/document/schema.ts';

function short(value: unknown): string {
  if (Array.isArray(value)) {
    const [first] = value as unknown[];
    return value.length === 2 && value[0] === value[1] ? `${short(first)}×${short(first)}` : value.map(short).join('×');
  }
  if (typeof value === 'string' && value.startsWith('=')) return value.slice(1).trim();
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

/** A pair of equal numbers as one: a stride of `[2, 2]` is `2`. */
function one(value: unknown): string {
  return Array.isArray(value) && value.length === 2 && value[0] === value[1] ? short(value[0]) : short(value);
}

function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

const defaults = new WeakMap<OpDefinition, Readonly<Record<string, unknown>>>();

function defaultsOf(op: OpDefinition): Readonly<Record<string, unknown>> {
  const known = defaults.get(op);
  if (known !== undefined) return known;
  const parsed = op.parameters.safeParse({});
  const values = parsed.success ? parsed.data : {};
  defaults.set(op, values);
  return values;
}

/** By resolved values, which equal nodes share: expressions that were given make no difference once they are resolved. */
const summaries = new WeakMap<Readonly<Record<string, unknown>>, string>();

/**
 * What tells this node from its neighbours, in a few characters: `3×3, 16, stride 2`. Sizes come first and are always
 * shown; the rest only where it differs from the default.
 */
export function summarizeOpParameters(
  op: OpDefinition,
  given: Readonly<Record<string, ParameterValue>>,
  resolved: Readonly<Record<string, unknown>> | undefined,
): string {
  const known = resolved === undefined ? undefined : summaries.get(resolved);
  if (known !== undefined) return known;
  const summary = summarize(op, { ...given, ...resolved });
  if (resolved !== undefined) summaries.set(resolved, summary);
  return summary;
}

function summarize(op: OpDefinition, given: Readonly<Record<string, unknown>>): string {
  const initial = defaultsOf(op);
  const values: Record<string, unknown> = { ...initial, ...given };
  const names = Object.keys(op.parameters.shape);
  if (op.family === 'input') {
    const sides = ['height', 'width', 'channels', 'length', 'features'].filter((name) => names.includes(name));
    const size = sides.map((name) => short(values[name])).join('×');
    return names.includes('vocabulary') ? `${size} of ${short(values['vocabulary'])} tokens` : size;
  }
  // What was kept from a file is told by the name of its operator.
  if (op.family === 'foreign') return [values['domain'], values['operator']].filter((part) => part !== '').join('.');
  const leading = ['kernel', 'filters', 'units', 'rate'].filter((name) => names.includes(name));
  const parts = leading.map((name) => short(values[name]));
  for (const name of names) {
    if (leading.includes(name) || name === 'order') continue;
    const value = values[name];
    if (JSON.stringify(value) === JSON.stringify(initial[name])) continue;
    if (typeof value === 'boolean') parts.push(value ? words(name) : `no ${words(name)}`);
    else if (typeof value === 'string' && !value.startsWith('=')) parts.push(value);
    else parts.push(`${words(name)} ${one(value)}`);
  }
  return parts.join(', ');
}

/** The values a block node gives to its block's parameters: `filters 32, stride 2`. */
export function summarizeBlockParameters(
  declared: readonly BlockParameter[],
  given: Readonly<Record<string, ParameterValue>>,
): string {
  return declared
    .map(({ name, default: initial }) => `${words(name)} ${short(given[name] ?? initial)}`)
    .slice(0, 4)
    .join(', ');
}
