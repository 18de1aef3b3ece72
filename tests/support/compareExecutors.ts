import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import type { Executor, TensorData } from '../../src/main/executors/compiledProgram.ts';
import { madeUpBatch } from './madeUpBatch.ts';
import { lowered, networkTemplate } from './networks.ts';

/** Networks that every executor trains alike, reduced so that the slowest needs minutes: a convolutional, a causal and a U-shaped one. */
export const comparedNetworks = {
  'resnet-20': { batch: 8, changes: { input: { height: 16, width: 16 } } },
  // With dropout: the masks must be the same, too.
  'mini-gpt': { batch: 2, changes: { decoder: { dropout: 0.1, attentionDropout: 0.1 }, tokens: { length: 32 } } },
  'u-net-padded': { batch: 2, changes: {} },
} as const satisfies Record<string, { batch: number; changes: Readonly<Record<string, object>> }>;

export type ComparedNetwork = keyof typeof comparedNetworks;

export interface ComparedTraining {
  /** Before each step. */
  readonly losses: readonly number[];
  /** Median milliseconds of a step. */
  readonly stepMs: number;
}

const STEPS = 20;
/** Gentle: long steps on a few samples make much of what was rounded. */
const LEARNING_RATE = 2e-4;

/** Other samples and other masks in every step, as in an epoch: what is known by heart has a loss that is nearly all rounding. */
function feedsOf(samples: Readonly<Record<string, TensorData>>, step: number): Record<string, TensorData> {
  const parts = Object.entries(samples).map(([name, data]): [string, TensorData] => {
    const size = data.length / STEPS;
    return [name, data.slice(step * size, (step + 1) * size)];
  });
  return {
    ...Object.fromEntries(parts),
    learningRate: Float32Array.of(LEARNING_RATE),
    seed: Int32Array.of(1, step),
  };
}

/** The losses of twenty steps from the same seed, each on other masks, with the template's optimizer. */
export async function trainForComparison(executor: Executor, name: ComparedNetwork): Promise<ComparedTraining> {
  const { batch, changes } = comparedNetworks[name];
  const network = lowered(changed(networkTemplate(`${name}.json`), changes));
  const compiled = await executor.compile(network.program, { seed: 1, selfCheck: false });
  const samples = madeUpBatch(network, batch * STEPS);
  const losses: number[] = [];
  const times: number[] = [];
  try {
    for (let step = 0; step < STEPS; step++) {
      const begun = performance.now();
      const { loss } = await compiled.run('train', feedsOf(samples, step), ['loss']);
      times.push(performance.now() - begun);
      losses.push(loss?.[0] ?? Number.NaN);
    }
  } finally {
    await compiled.dispose();
  }
  return { losses, stepMs: times.sort((a, b) => a - b)[STEPS >> 1] ?? Number.NaN };
}

/** The document with other parameters at some nodes, each of which must be there. */
function changed(document: SkipwireDocument, changes: Readonly<Record<string, object>>): SkipwireDocument {
  const copy = structuredClone(document);
  for (const [id, parameters] of Object.entries(changes)) {
    const [, node] = Object.entries(copy.graph.nodes).find(([name]) => name === id) ?? [];
    if (node === undefined) throw new Error(`${document.name} has no node ${id}`);
    Object.assign(node.parameters, parameters);
  }
  return copy;
}
