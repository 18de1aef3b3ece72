import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createReader } from './createReader.ts';
import { SkipwireDocument } from './schema.ts';

const networks = path.join(import.meta.dirname, '../../../templates/networks');
const read = createReader(SkipwireDocument);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** All places in a document where something can be put in the place of what is there. */
function placesIn(json: Json, here: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof json !== 'object' || json === null) return [here];
  return [here, ...Object.entries(json).flatMap(([key, value]) => placesIn(value, [...here, key]))];
}

function withAt(json: Json, [key, ...rest]: readonly string[], change: (holder: Record<string, Json>) => void): Json {
  const copy = structuredClone(json) as Record<string, Json>;
  if (key === undefined) return copy;
  let holder = copy;
  for (const step of [key, ...rest].slice(0, -1)) holder = holder[step] as Record<string, Json>;
  change(holder);
  return copy;
}

const oddities: readonly Json[] = [
  null,
  true,
  -1,
  1e9,
  0.5,
  '',
  '=',
  '1a',
  'toString',
  'x'.repeat(3000),
  [],
  [1],
  {},
  { x: 1 },
];

describe('a reader made of a schema', () => {
  test('reads every network as the schema does', () => {
    for (const file of readdirSync(networks)) {
      const json: unknown = JSON.parse(readFileSync(path.join(networks, file), 'utf8'));
      expect(read(json), file).toEqual(SkipwireDocument.parse(json));
    }
  });

  test('never takes what the schema refuses, and takes the rest as the schema does', () => {
    const json = JSON.parse(readFileSync(path.join(networks, 'resnet-20.json'), 'utf8')) as Json;
    const places = placesIn(json).filter((place) => place.length > 0);
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.constantFrom(...oddities),
        fc.constantFrom('replace', 'remove', 'add'),
        (place, value, how) => {
          const last = place.at(-1) ?? '';
          const changed = withAt(json, place, (holder) => {
            if (how === 'remove') Reflect.deleteProperty(holder, last);
            else holder[how === 'add' ? `${last}-2` : last] = value;
          });
          const expected = SkipwireDocument.safeParse(changed);
          const found = read(changed);
          if (found === undefined) return;
          expect(expected.success && expected.data).toEqual(found);
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  });

  test('leaves to the schema what it has no test for', () => {
    const even = z.number().multipleOf(2);
    const trimmed = z
      .string()
      .trim()
      .transform((text) => text.length);
    const reader = createReader(z.strictObject({ even, trimmed, count: z.coerce.number() }));
    expect(reader({ even: 4, trimmed: ' ab ', count: '3' })).toEqual({ even: 4, trimmed: 2, count: 3 });
    expect(reader({ even: 3, trimmed: ' ab ', count: '3' })).toBeUndefined();
  });
});
