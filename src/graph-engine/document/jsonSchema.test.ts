import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { formatSchemas } from './jsonSchema.ts';
import { loadDocument } from './loadDocument.ts';

const root = path.join(import.meta.dirname, '../../..');
// Formats of strings are zod's own patterns; everything else a schema says must be understood.
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
const schemas = formatSchemas();
const validators = { document: ajv.compile(schemas.document), block: ajv.compile(schemas.block) };

function filesIn(folder: string): [string, string][] {
  return readdirSync(path.join(root, folder)).map((name) => [
    name,
    readFileSync(path.join(root, folder, name), 'utf8'),
  ]);
}

describe('the published schema, read by a validator that knows nothing of Skipwire,', () => {
  test.each([
    ['document', 'templates/networks'],
    ['block', 'templates/blocks'],
  ] as const)('accepts every %s that is shipped', (kind, folder) => {
    for (const [name, text] of filesIn(folder)) {
      expect([name, validators[kind](JSON.parse(text)), validators[kind].errors]).toEqual([name, true, null]);
    }
  });

  const relu = { op: 'relu', inputs: { input: { node: 'image', port: 'output' } } };
  const smallest = { format: 'skipwire/document@1', name: 'a', graph: { nodes: { relu } } };

  test.each([
    ['a missing name', { ...smallest, name: undefined }],
    ['an unknown field', { ...smallest, colour: 'red' }],
    ['a wire that is a number', { ...smallest, graph: { nodes: { relu: { ...relu, inputs: { input: 3 } } } } }],
    ['a key with a dot', { ...smallest, graph: { nodes: { 'a.b': relu } } }],
    ['an unknown optimizer', { ...smallest, training: { optimizer: { kind: 'magic' } } }],
    ['a later format', { ...smallest, format: 'skipwire/document@2' }],
  ])('refuses %s, as the editor does', (_, json) => {
    const text = JSON.stringify(json);
    expect(validators.document(JSON.parse(text))).toBe(false);
    expect(loadDocument(text).ok).toBe(false);
  });

  test('accepts a file with nothing but what is needed', () => {
    expect(validators.document(smallest)).toBe(true);
    expect(loadDocument(JSON.stringify(smallest)).ok).toBe(true);
  });
});
