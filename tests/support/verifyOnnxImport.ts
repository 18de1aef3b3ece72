import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import type { Executor, TensorData } from '../../src/main/executors/compiledProgram.ts';
import { sampleInput } from '../../src/main/verification/sampleInput.ts';
import { describeNetwork } from './describeNetwork.ts';
import { importOwnExport } from './importOwnExport.ts';
import { lowered, networkTemplate } from './networks.ts';
import { oracleNetwork, oracleWeights } from './oracleNetworks.ts';
import { describeInputs } from './reducedInput.ts';

/** What came back of a network that was exported and imported. */
export interface ImportedAgain {
  readonly input: string;
  /** Nodes of the expanded network, and how many there are in what came back. */
  readonly nodes: number;
  readonly weights: number;
  /** Largest difference between the engine's answers for the two, relative to the largest number of an answer. */
  readonly difference: number;
  readonly seconds: number;
  readonly problem?: string;
}

const BATCH = 2;

/**
 * Exports a network of the library with weights as after a training, imports the file, and compares: every op and what feeds it,
 * every weight to the bit, and what the engine answers for both.
 */
export async function verifyOnnxImport(executor: Executor, name: string): Promise<ImportedAgain> {
  const document = networkTemplate(`${name}.json`);
  const weights = new Map(Object.entries(oracleWeights(lowered(document).program, oracleNetwork(name).gain)));
  const started = performance.now();
  const back = importOwnExport(document, weights);
  const seconds = (performance.now() - started) / 1000;
  const values = new Map([...back.weights].map(([weight, tensor]) => [weight, tensor.values()]));
  const [wanted, found] = [describeNetwork(document, weights), describeNetwork(back.document, values)];
  const differing = wanted.find((line, i) => line !== found[i]) ?? found[wanted.length];
  const report = { input: describeInputs(document), nodes: wanted.length, weights: weights.size, seconds };
  if (differing !== undefined) return { ...report, difference: Number.NaN, problem: `differs in ${differing}` };
  const [before, after] = [await answers(executor, document, weights), await answers(executor, back.document, values)];
  return { ...report, difference: largestDifference(before, after) };
}

/** What the engine predicts, by the order of the outputs. */
async function answers(
  executor: Executor,
  document: SkipwireDocument,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<readonly TensorData[]> {
  const { program, inputs, outputs } = lowered(document);
  const { predict } = program.entries;
  if (predict === undefined) throw new Error('The program has no entry "predict"');
  const variables = program.variables
    .filter(({ role }) => role !== 'slot')
    // They are written below, so drawing their first values would be lost time.
    .map((variable) => ({ ...variable, initializer: { kind: 'zeros' } as const }));
  const compiled = await executor.compile({ variables, entries: { predict } }, { seed: 1, selfCheck: false });
  try {
    await compiled.writeVariables(Object.fromEntries(weights));
    const { nodes } = inferDocument(document).root;
    const feeds = inputs.map(({ feed, path }, stream) => {
      const type = [...nodes.values()].find(({ id }) => id === path)?.outputs['output'];
      if (type === undefined) throw new Error(`The input "${path}" has no type`);
      return [feed, sampleInput(type, BATCH, stream).data] as const;
    });
    const fetches = outputs.flatMap(({ ports }) => Object.values(ports).map(({ fetch }) => fetch));
    const results = await compiled.run('predict', Object.fromEntries(feeds), fetches);
    return fetches.map((fetch) => results[fetch] ?? new Float32Array());
  } finally {
    await compiled.dispose();
  }
}

function largestDifference(before: readonly TensorData[], after: readonly TensorData[]): number {
  if (before.length !== after.length) return Infinity;
  let worst = 0;
  for (const [i, wanted] of before.entries()) {
    const found = after[i] ?? new Float32Array();
    if (found.length !== wanted.length) return Infinity;
    let [largest, apart] = [0, 0];
    for (const [at, value] of wanted.entries()) {
      largest = Math.max(largest, Math.abs(value));
      const difference = Math.abs(value - (found[at] ?? Number.NaN));
      apart = Number.isNaN(difference) ? Infinity : Math.max(apart, difference);
    }
    worst = Math.max(worst, apart / Math.max(1, largest));
  }
  return worst;
}
