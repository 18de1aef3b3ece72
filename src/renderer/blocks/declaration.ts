import type { BlockParameter } from '../../graph-engine/document/schema.ts';

/** The words between commas, each once. */
export function splitChoices(text: string): string[] {
  const words = text.split(',').map((word) => word.trim().slice(0, 64));
  return [...new Set(words.filter((word) => word !== ''))].slice(0, 32);
}

/** A parameter with another limit; none when left out. */
export function withLimit(
  parameter: BlockParameter,
  which: 'minimum' | 'maximum',
  value: number | undefined,
): BlockParameter {
  const { minimum, maximum, ...others } = parameter;
  const limits = { minimum, maximum, [which]: value };
  return {
    ...others,
    ...(limits.minimum !== undefined && { minimum: limits.minimum }),
    ...(limits.maximum !== undefined && { maximum: limits.maximum }),
  };
}

/** A parameter that takes something else, with a default of that kind, as near to the present one as can be. */
export function asKind(parameter: BlockParameter, kind: BlockParameter['kind']): BlockParameter {
  const { name, default: before, description, minimum, maximum, choices } = parameter;
  const base = { name, ...(description !== undefined && { description }) };
  switch (kind) {
    case 'boolean':
      return { ...base, kind, default: before === true || (typeof before === 'number' && before !== 0) };
    case 'choice': {
      const offered = choices === undefined || choices.length === 0 ? [String(before)] : [...choices];
      const kept = offered.find((choice) => choice === String(before)) ?? offered[0] ?? '';
      return { ...base, kind, default: kept, choices: offered };
    }
    case 'integer':
    case 'number': {
      const given = typeof before === 'boolean' ? (before ? 1 : 0) : Number(before);
      const value = Number.isFinite(given) ? given : 1;
      const whole = kind === 'integer' ? Math.round(value) : value;
      return {
        ...base,
        kind,
        default: Math.min(Math.max(whole, minimum ?? -Infinity), maximum ?? Infinity),
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      };
    }
  }
}
