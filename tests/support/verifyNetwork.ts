import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import type { LoweredDocument } from '../../src/graph-engine/lower/lowerDocument.ts';
import type { CompiledProgram, Executor } from '../../src/main/executors/compiledProgram.ts';
import { madeUpBatch } from './madeUpBatch.ts';
import { lowered, networkTemplate } from './networks.ts';
import { describeInputs, withReducedInput } from './reducedInput.ts';

/** What three steps of a network came to. */
export interface NetworkReport {
  readonly name: string;
  readonly input: string;
  readonly batch: number;
  /** Milliseconds of a step, the best after the first; of a prediction where nothing can be learned. */
  readonly stepMs: number;
  /** The loss before each step and after the last; empty where nothing can be learned. */
  readonly losses: readonly number[];
  /** Of the steps whose losses these are. */
  readonly learningRate?: number;
  /** Bytes at the most, of the whole process. */
  readonly memory: number;
  /** What is wrong; nothing where all is well. */
  readonly problem?: string;
}

const STEPS = 3;
/** Tried in turn: Adam's full steps are too long for a few very deep networks, whose gradients differ by orders of magnitude. */
const LEARNING_RATES = [1e-4, 1e-5];

/**
 * Trains a network of the library for three native steps on one batch, its input reduced where it is large: the loss must be
 * finite and fall with every step, at one of the learning rates. A network without a loss must predict finite numbers.
 */
export async function verifyNetwork(executor: Executor, name: string, batch: number): Promise<NetworkReport> {
  const document = withGentleSteps(withReducedInput(networkTemplate(`${name}.json`)));
  const network = lowered(document);
  const input = describeInputs(document);
  const report = (outcome: Outcome): NetworkReport => {
    const memory = process.resourceUsage().maxRSS * 1024;
    return { name, input, batch, memory, ...outcome };
  };
  if (network.program.entries['train'] === undefined) {
    return report(await using(executor, network, (compiled) => predictOnce(network, compiled, batch)));
  }
  let outcome: Outcome = { stepMs: Number.NaN, losses: [], problem: 'nothing was tried' };
  for (const learningRate of LEARNING_RATES) {
    outcome = await using(executor, network, (compiled) => trainSteps(network, compiled, batch, learningRate));
    if (outcome.problem === undefined) break;
  }
  return report(outcome);
}

/** Works with the network's program, which is fresh and gone afterwards. */
async function using<T>(
  executor: Executor,
  { program }: LoweredDocument,
  work: (compiled: CompiledProgram) => Promise<T>,
): Promise<T> {
  const compiled = await executor.compile(program, { seed: 1, selfCheck: false });
  try {
    return await work(compiled);
  } finally {
    await compiled.dispose();
  }
}

type Outcome = Pick<NetworkReport, 'stepMs' | 'losses' | 'learningRate' | 'problem'>;

async function trainSteps(
  network: LoweredDocument,
  compiled: CompiledProgram,
  batch: number,
  learningRate: number,
): Promise<Outcome> {
  const feeds = {
    ...madeUpBatch(network, batch),
    learningRate: Float32Array.of(learningRate),
    // The same masks in every step: what falls is the loss, not the luck.
    seed: Int32Array.of(1, 0),
  };
  const losses: number[] = [];
  let stepMs = Number.POSITIVE_INFINITY;
  // The loss is that before the step, so one more step tells what the third has done.
  for (let step = 0; step <= STEPS; step++) {
    const started = performance.now();
    const { loss } = await compiled.run('train', feeds, ['loss']);
    if (step > 0) stepMs = Math.min(stepMs, performance.now() - started);
    losses.push(loss?.[0] ?? Number.NaN);
  }
  const problem = !losses.every(Number.isFinite)
    ? 'the loss is not finite'
    : losses.some((loss, step) => step > 0 && loss >= (losses[step - 1] ?? 0))
      ? 'the loss does not fall'
      : undefined;
  return { stepMs, losses, learningRate, ...(problem !== undefined && { problem }) };
}

async function predictOnce(network: LoweredDocument, compiled: CompiledProgram, batch: number): Promise<Outcome> {
  const feeds = madeUpBatch(network, batch);
  await compiled.run('predict', feeds);
  const started = performance.now();
  const answers = await compiled.run('predict', feeds);
  const stepMs = performance.now() - started;
  const finite = Object.values(answers).every((values) => values.every(Number.isFinite));
  return { stepMs, losses: [], ...(!finite && { problem: 'it predicts numbers that are not finite' }) };
}

/** One optimizer for all, so that none falls only because of its own schedule. */
function withGentleSteps(document: SkipwireDocument): SkipwireDocument {
  const optimizer = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;
  return { ...document, training: { ...document.training, optimizer } };
}
