import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadBlock, loadDocument } from '../../src/graph-engine/document/loadDocument.ts';
import { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { lowerDocument, type LoweredDocument } from '../../src/graph-engine/lower/lowerDocument.ts';
import { createInterpreter } from '../../src/graph-engine/program/interpreter/createInterpreter.ts';
import type { Program, Variable } from '../../src/graph-engine/program/program.ts';
import { normal, uniform } from '../../src/graph-engine/random/distributions.ts';
import { initialize } from '../../src/graph-engine/random/initialize.ts';
import { createWordStream, domains } from '../../src/graph-engine/random/philox.ts';

const templates = path.join(import.meta.dirname, '../../templates');

/** A node of a network written down in a test: its op or block, its parameters, and what feeds it. */
export interface WrittenNode {
  readonly op?: string;
  readonly block?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Node ids, each followed by `.port` where the port is not `output`; by default the node before. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A document from its nodes: each is fed by the one before it unless it says otherwise. */
export function networkOf(
  nodes: Readonly<Record<string, WrittenNode>>,
  blocks: Readonly<Record<string, unknown>> = {},
): SkipwireDocument {
  let before: string | undefined;
  const written = Object.entries(nodes).map(([id, { inputs, ...node }]) => {
    const wires = inputs ?? (before === undefined ? {} : { input: before });
    before = id;
    return [
      id,
      { ...node, inputs: Object.fromEntries(Object.entries(wires).map(([port, from]) => [port, endpoint(from)])) },
    ];
  });
  return SkipwireDocument.parse({
    format: 'skipwire/document@1',
    name: 'Test network',
    graph: { nodes: Object.fromEntries(written) as unknown },
    blocks,
  });
}

function endpoint(from: string): { node: string; port: string } {
  const [node = '', port = 'output'] = from.split('.');
  return { node, port };
}

/** File names of the networks of the library. */
export function networkNames(): readonly string[] {
  return readdirSync(path.join(templates, 'networks')).toSorted();
}

/** A network of the library, by its file name. */
export function networkTemplate(name: string): SkipwireDocument {
  const loaded = loadDocument(readFileSync(path.join(templates, 'networks', name), 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value;
}

/** A block of the library with the blocks it uses, as a document's `blocks`. */
export function blockTemplate(name: string): {
  readonly id: string;
  readonly blocks: Readonly<Record<string, unknown>>;
} {
  const loaded = loadBlock(readFileSync(path.join(templates, 'blocks', name), 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const { id, block, blocks } = loaded.value;
  return { id, blocks: { ...blocks, [id]: block } };
}

/** Lowers a document that must have no errors. */
export function lowered(document: SkipwireDocument): LoweredDocument {
  const result = lowerDocument(document);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/**
 * Weights as after a training: initial kernels, and biases, scales and running statistics that are all different from
 * their neutral initial values, so that none of them can be forgotten unnoticed.
 */
export function trainedLooking(program: Program, seed: number): Map<string, Float32Array> {
  const weights = program.variables.filter(({ role }) => role !== 'slot');
  return new Map(weights.map((variable, index) => [variable.name, valuesFor(variable, index, seed)]));
}

function valuesFor(variable: Variable, index: number, seed: number): Float32Array {
  if (variable.dims.length > 1) return initialize(variable, seed);
  const values = new Float32Array(variable.dims[0] ?? 1);
  const words = createWordStream([seed, 0], index, domains.data);
  if (/\.(scale|runningVariance)$/.test(variable.name)) uniform(words, 0.5, 1.5, values);
  else normal(words, 0.3, values);
  return values;
}

/** Predicts by the interpreter: every fetch of the entry `predict`, from channels-last inputs by the path of their node. */
export function predictByInterpreter(
  { program, inputs }: LoweredDocument,
  weights: ReadonlyMap<string, Float32Array>,
  samples: Readonly<Record<string, { readonly dims: readonly number[]; readonly data: Float32Array | Int32Array }>>,
): Readonly<Record<string, { readonly dims: readonly number[]; readonly data: ArrayLike<number> }>> {
  const interpreter = createInterpreter(program);
  for (const [name, values] of weights) interpreter.write(name, values);
  const feeds = inputs.map(({ feed, path: input }) => {
    const sample = samples[input];
    if (sample === undefined) throw new Error(`There is no sample for "${input}"`);
    return [feed, sample] as const;
  });
  return interpreter.run('predict', Object.fromEntries(feeds));
}
