import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blockPorts } from '../src/graph-engine/document/blockPorts.ts';
import { loadBlock, loadDocument } from '../src/graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../src/graph-engine/document/schema.ts';
import { serializeDocument } from '../src/graph-engine/document/serializeDocument.ts';
import { inferDocument } from '../src/graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../src/graph-engine/lower/lowerDocument.ts';
import published from './golden/published-models.json' with { type: 'json' };

const folder = new URL('../templates/', import.meta.url);
const names = (kind: string): string[] =>
  readdirSync(new URL(`${kind}/`, folder)).map((file) => file.replace(/\.json$/, ''));
const textOf = (kind: string, name: string): string => readFileSync(new URL(`${kind}/${name}.json`, folder), 'utf8');

function network(name: string): SkipwireDocument {
  const loaded = loadDocument(textOf('networks', name));
  if (!loaded.ok) throw new Error(loaded.error.map(({ message }) => message).join(' '));
  return loaded.value;
}

const networks = names('networks');
const blocks = names('blocks');

/** Networks of our own, and the encoder of one that was published with its decoder: nobody counted them. */
const own: readonly string[] = ['first-residual', 'vit-tiny-shapes', 'mini-gpt', 'conformer-small', 'rl-tower-small'];

test('every published network has its number of parameters, and every figure belongs to a network', () => {
  expect(networks.length).toBeGreaterThan(30);
  for (const name of [...Object.keys(published.parameters), ...Object.keys(published.macs)])
    expect(networks).toContain(name);
  expect(networks.filter((name) => !own.includes(name) && !Object.hasOwn(published.parameters, name))).toEqual([]);
});

describe.each(networks)('network %s', (name) => {
  test('has no diagnostics, a description with its source, and canonical bytes', () => {
    const document = network(name);
    expect(inferDocument(document).diagnostics).toEqual([]);
    expect(document.description?.length ?? 0).toBeGreaterThan(60);
    expect(document.source).toMatch(/\d{4}/);
    expect(serializeDocument(document)).toBe(textOf('networks', name));
  });

  const parameters: Readonly<Record<string, number>> = published.parameters;
  const macs: Readonly<Record<string, number>> = published.macs;
  if (parameters[name] !== undefined) {
    test('has exactly the published parameters', () => {
      expect(inferDocument(network(name)).totals.trainableParameters).toBe(parameters[name]);
    });
  }
  if (macs[name] !== undefined) {
    test('has exactly the published multiply-accumulates', () => {
      expect(inferDocument(network(name)).totals.macs).toBe(macs[name]);
    });
  }

  test('its blocks are those of the library', () => {
    for (const [id, definition] of Object.entries(network(name).blocks)) {
      const library = loadBlock(textOf('blocks', id));
      expect(library.ok && library.value.block).toEqual(definition);
    }
  });

  test('becomes a program with its gradients, and its weights are its parameters', () => {
    const lowered = lowerDocument(network(name));
    if (!lowered.ok) throw new Error(lowered.error[0]?.message);
    const trainable = lowered.value.program.variables.filter(({ trainable }) => trainable);
    const count = trainable.reduce((sum, { dims }) => sum + dims.reduce((product, size) => product * size, 1), 0);
    expect(count).toBe(inferDocument(network(name)).totals.trainableParameters);
    // An encoder that only gives features has nothing to learn from.
    const learns = lowered.value.outputs.some(({ objective }) => objective !== undefined);
    expect(Object.keys(lowered.value.program.entries)).toEqual(learns ? ['train', 'evaluate', 'predict'] : ['predict']);
  });
});

// A level of a decoder has two inputs, one of an encoder two outputs; what is chained goes through the first of each.
test.each(blocks)('block %s is described, canonical, and has inputs and outputs of different names', (name) => {
  const text = textOf('blocks', name);
  const loaded = loadBlock(text);
  if (!loaded.ok) throw new Error(loaded.error[0]?.message);
  expect(loaded.value.id).toBe(name);
  expect(serializeDocument(loaded.value)).toBe(text);
  const { inputs, outputs } = blockPorts(loaded.value.block.graph);
  for (const ports of [inputs.map(({ name }) => name), outputs.map(({ name }) => name)]) {
    expect(ports.length).toBeGreaterThan(0);
    expect(new Set(ports).size).toBe(ports.length);
  }
  for (const [id, definition] of Object.entries(loaded.value.blocks)) {
    const library = loadBlock(textOf('blocks', id));
    expect(library.ok && library.value.block).toEqual(definition);
  }
  expect(loaded.value.block.description?.length ?? 0).toBeGreaterThan(40);
  for (const parameter of loaded.value.block.parameters) expect(parameter.description?.length ?? 0).toBeGreaterThan(10);
});
