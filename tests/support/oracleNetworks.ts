import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { nodesOf } from '../../src/graph-engine/document/graphs.ts';
import { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import type { Program } from '../../src/graph-engine/program/program.ts';
import { createWordStream, domains } from '../../src/graph-engine/random/philox.ts';
import { streamOf } from '../../src/graph-engine/random/streamOf.ts';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { lowered, networkTemplate } from './networks.ts';
import { ORACLE_SEED } from './oracleCases.ts';

/** How a template is made small enough for a check, and what it is fed. */
export const ReducedNetwork = z.object({
  /** Parameters that some of its nodes have instead of their own. */
  inputs: z.record(z.string(), z.record(z.string(), z.unknown())),
  /** By input node: dims without the batch and, for tokens, how many there are. */
  feeds: z.record(z.string(), z.object({ dims: z.array(z.int()), vocabulary: z.int().optional() })),
  batch: z.int(),
  /** Of the kernels: they lie within the root of `gain / fan`. */
  gain: z.number(),
});

/** What tests/oracles/networks.py writes for a template: what PyTorch predicts with the same weights. */
const OracleNetwork = ReducedNetwork.extend({
  /** The fetches that are compared, and how many numbers of an example each has. */
  outputs: z.array(z.object({ fetch: z.string(), count: z.int() })),
  /** One of so many numbers is kept. */
  every: z.int(),
  norms: z.array(z.number()),
  values: z.array(z.array(z.number())),
  /** Learned or kept numbers in all, statistics included. */
  weights: z.int(),
});
export type OracleNetwork = z.infer<typeof OracleNetwork>;

const folder = path.join(import.meta.dirname, '../golden/networks');

/** Names of the templates that PyTorch has predicted with. */
export function oracleNetworkNames(): readonly string[] {
  return readdirSync(folder)
    .map((file) => path.basename(file, '.json'))
    .sort();
}

/** The others differ from these in depth and width alone. */
const oneOfEachKind: readonly string[] = [
  'convnext-tiny',
  'densenet-121',
  'densenet-bc-100',
  'efficientnet-b0',
  'mini-gpt',
  'mobilenet-v2',
  'mobilenet-v3-large',
  'plain-20',
  'resnet-164',
  'resnet-20',
  'resnet-50',
  'resnet-56-rezero',
  'resnet-v2-50',
  'resnext-50-32x4d',
  'rl-tower-small',
  'se-resnet-50',
  'u-net-padded',
  'vgg-11-bn',
  'vit-base-16',
];

/** Names of the templates that are compared in every run: one of each kind, and with `npm run verify:pytorch` all. */
export function checkedNetworkNames(): readonly string[] {
  return process.env['SKIPWIRE_VERIFY'] === 'all' ? oracleNetworkNames() : oneOfEachKind;
}

/** The golden file of a template. */
export function oracleNetwork(name: string): OracleNetwork {
  return OracleNetwork.parse(JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')));
}

const POOL = 1_048_573;
let pool: Float64Array | undefined;

/** The numbers of a name in [low, high), cut out of one pool, as in tests/oracles/wholeNetwork.py. */
export function pooled(name: string, dims: readonly number[], low: number, high: number): Float32Array {
  if (pool === undefined) {
    const next = createWordStream([ORACLE_SEED, 0], streamOf('pool'), domains.data);
    pool = new Float64Array(POOL);
    for (let i = 0; i < POOL; i++) pool[i] = (next() / 0x100000000) * 2 - 1;
  }
  const out = new Float32Array(dims.reduce((product, size) => product * size, 1));
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  let place = streamOf(name) % POOL;
  for (let i = 0; i < out.length; i++) {
    out[i] = middle + (pool[place] ?? 0) * half;
    place = place + 1 === POOL ? 0 : place + 1;
  }
  return out;
}

function weightsOf(name: string, dims: readonly number[], gain: number): Float32Array {
  if (/\.(scale|runningVariance)$/.test(name)) return pooled(name, dims, 0.5, 1.5);
  if (name.endsWith('.table')) return pooled(name, dims, -0.5, 0.5);
  if (dims.length === 1) return pooled(name, dims, -0.25, 0.25);
  const fan = dims.reduce((product, size) => product * size, 1) / (dims.at(-1) ?? 1);
  const limit = Math.fround(Math.sqrt(gain / fan));
  return pooled(name, dims, -limit, limit);
}

/** The template with its inputs made small. */
export function reducedTemplate(name: string, inputs: OracleNetwork['inputs']): SkipwireDocument {
  const document = structuredClone(networkTemplate(`${name}.json`));
  for (const [id, node] of nodesOf(document.graph)) Object.assign(node.parameters, inputs[id]);
  return SkipwireDocument.parse(document);
}

/** The first values of all variables but the optimizer's, by name. */
export function oracleWeights(program: Program, gain: number): Readonly<Record<string, Float32Array>> {
  const kept = program.variables.filter(({ role }) => role !== 'slot');
  return Object.fromEntries(kept.map(({ name, dims }) => [name, weightsOf(name, dims, gain)]));
}

/** What is fed to the inputs, by feed; `prefix` tells one batch from another. */
export function oracleFeeds(
  { feeds, batch }: Pick<OracleNetwork, 'feeds' | 'batch'>,
  prefix = 'inputs',
): Readonly<Record<string, Float32Array | Int32Array>> {
  const entries = Object.entries(feeds).map(([node, { dims, vocabulary }]) => {
    const shape = [batch, ...dims];
    const name = `${prefix}/${node}`;
    const data =
      vocabulary === undefined
        ? withContrast(pooled(name, shape, -1.5, 1.5), batch)
        : oracleIntegers(name, shape, vocabulary);
    return [`inputs/${node}`, data] as const;
  });
  return Object.fromEntries(entries);
}

/** Whole numbers of a name, from 0 up to and without `count`. */
export function oracleIntegers(name: string, dims: readonly number[], count: number): Int32Array {
  return Int32Array.from(pooled(name, dims, 0, count), Math.floor);
}

/**
 * Predicts with the engine and says how far the numbers are from PyTorch's, as a share of the largest difference between the
 * two examples: what all inputs have in common cannot hide an error.
 */
export async function networkError(executor: Executor, name: string): Promise<number> {
  const golden = oracleNetwork(name);
  const { program } = lowered(reducedTemplate(name, golden.inputs));
  const predict = program.entries['predict'];
  if (predict === undefined) throw new Error('A document can predict');
  const variables = program.variables
    .filter(({ role }) => role !== 'slot')
    // They are written below, so drawing their first values would be lost time.
    .map((variable) => ({ ...variable, initializer: { kind: 'zeros' } as const }));
  const values = oracleWeights(program, golden.gain);
  const count = Object.values(values).reduce((sum, { length }) => sum + length, 0);
  if (count !== golden.weights) throw new Error(`${name} has ${count} weights, PyTorch's has ${golden.weights}`);
  const compiled = await executor.compile({ variables, entries: { predict } }, { seed: 1, selfCheck: false });
  await compiled.writeVariables(values);
  const fetches = golden.outputs.map(({ fetch }) => fetch);
  const results = await compiled.run('predict', oracleFeeds(golden), fetches);
  await compiled.dispose();
  return worstShare(
    golden,
    golden.norms.map((_, example) =>
      golden.outputs.flatMap(({ fetch, count }) => {
        const found = results[fetch] ?? new Float32Array();
        if (found.length !== golden.batch * count)
          throw new Error(`${name} predicts ${found.length} numbers at ${fetch}`);
        return [...found.subarray(example * count, (example + 1) * count)];
      }),
    ),
  );
}

/** Examples of different contrast: the pooled features of noise are alike otherwise. */
export function withContrast(values: Float32Array, batch: number): Float32Array {
  const size = values.length / batch;
  return values.map((value, i) => (value * (Math.floor(i / size) + 1)) / batch);
}

/** The largest error of what was found for each example. */
function worstShare({ values, norms, every }: OracleNetwork, found: readonly (readonly number[])[]): number {
  const [first = [], second = []] = values;
  const apart = Math.max(...first.map((value, i) => Math.abs(value - (second[i] ?? NaN))));
  const shares = values.flatMap((row, example) =>
    row.map((value, i) => Math.abs((found[example]?.[i * every] ?? NaN) - value) / apart),
  );
  for (const [example, norm] of norms.entries()) {
    const squares = found[example]?.reduce((sum, value) => sum + value ** 2, 0) ?? NaN;
    shares.push(Math.abs(Math.sqrt(squares) / norm - 1));
  }
  // Not "greater", so that a NaN is the worst.
  return shares.reduce((worst, share) => (share <= worst ? worst : share), 0);
}
