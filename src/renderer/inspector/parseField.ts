import { parseExpression } from '../../graph-engine/expressions/expression.ts';
import type { ParameterValue } from '../../graph-engine/document/schema.ts';
import { parseNumber, type NumberBounds } from '../ui/parseNumber.ts';
import type { FormField } from './formFields.ts';

export type ParsedField =
  { readonly ok: true; readonly value: ParameterValue } | { readonly ok: false; readonly error: string };

/** Whether a value is worked out rather than written down. */
export function isExpression(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('=');
}

/** A value as one may type it: `3`, `3 × 5`, `= filters * 2`. */
export function formatField(field: FormField, value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(' × ');
  if (field.kind === 'pair' && typeof value === 'number') return `${value} × ${value}`;
  if (value === undefined || value === null) return '';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : JSON.stringify(value);
}

function parseOne(
  text: string,
  bounds: NumberBounds,
): { ok: true; value: number | string } | { ok: false; error: string } {
  const trimmed = text.trim();
  if (!trimmed.startsWith('=')) return parseNumber(trimmed, bounds);
  const source = trimmed.slice(1).trim();
  if (source === '') return { ok: false, error: 'An expression is needed after “=”.' };
  const parsed = parseExpression(source);
  return parsed.ok ? { ok: true, value: `= ${source}` } : { ok: false, error: parsed.error.message };
}

function parsePair(text: string, bounds: NumberBounds): ParsedField {
  // An expression may hold commas of its own, so only the cross and single spaces between numbers part it.
  const parts = text.trim().startsWith('=') ? text.split('×') : text.trim().split(/\s*[×x,;]\s*|\s+/i);
  if (parts.length > 2) return { ok: false, error: 'One number, or two such as “3 × 5”.' };
  const values: (number | string)[] = [];
  for (const part of parts) {
    const parsed = parseOne(part, bounds);
    if (!parsed.ok) return parsed;
    values.push(parsed.value);
  }
  const [height, width = height] = values;
  if (height === undefined || width === undefined) return { ok: false, error: 'A number is needed.' };
  return { ok: true, value: typeof height === 'string' && height === width ? height : [height, width] };
}

/** Reads what was typed into a field; the error is a sentence. Text after `=` is an expression over the block's parameters. */
export function parseField(field: FormField, text: string): ParsedField {
  switch (field.kind) {
    case 'number':
      return parseOne(text, field.bounds);
    case 'pair':
      return parsePair(text, field.bounds);
    case 'padding': {
      const bounds = { integer: true, minimum: 0, maximum: field.sides === 1 ? 65_536 : 4096 };
      return field.sides === 1 ? parseOne(text, bounds) : parsePair(text, bounds);
    }
    case 'text':
      return { ok: true, value: text };
    case 'boolean':
    case 'choice': {
      if (!text.trim().startsWith('=')) return { ok: false, error: 'Start with “=” for an expression.' };
      return parseOne(text, {});
    }
  }
}
