import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import type { LoweredDocument } from '../../src/graph-engine/lower/lowerDocument.ts';
import { OptimizerSettings } from '../../src/graph-engine/program/optimizers/settings.ts';
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
  /** What took the steps, such as `adam 1e-4`. */
  readonly optimizer?: string;
  /** Bytes at the most, of the whole process. */
  readonly memory: number;
  /** What is wrong; nothing where all is well. */
  readonly problem?: string;
}

const STEPS = 3;
/**
 * Tried in turn until the loss falls. Adam's steps have one length in every direction, which is too far for a very deep plain
 * network, whose gradients explode; short steps down the gradient itself lessen any loss, if only the gradient is right.
 */
const ATTEMPTS = [
  { optimizer: 'adam', learningRate: 1e-4 },
  { optimizer: 'sgd', learningRate: 1e-6 },
  { optimizer: 'sgd', learningRate: 1e-8 },
] as const;

/**
 * Trains a network of the library for three native steps on one batch, its input reduced where it is large: the loss must be
 * finite and lower after the steps than before, with one of the optimizers. A network without a loss must predict finite numbers.
 */
export async function verifyNetwork(executor: Executor, name: string, batch: number): Promise<NetworkReport> {
  const document = withReducedInput(networkTemplate(`${name}.json`));
  const report = (outcome: Outcome): NetworkReport => {
    const memory = process.resourceUsage().maxRSS * 1024;
    return { name, input: describeInputs(document), batch, memory, ...outcome };
  };
  const network = lowered(document);
  if (network.program.entries['train'] === undefined) {
    return report(await using(executor, network, (compiled) => predictOnce(network, compiled, batch)));
  }
  let outcome: Outcome = { stepMs: Number.NaN, losses: [], problem: 'nothing was tried' };
  for (const { optimizer, learningRate } of ATTEMPTS) {
    const attempted = lowered(withOptimizer(document, optimizer));
    outcome = {
      ...(await using(executor, attempted, (compiled) => trainSteps(attempted, compiled, batch, learningRate))),
      optimizer: `${optimizer} ${learningRate.toExponential()}`,
    };
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

type Outcome = Pick<NetworkReport, 'stepMs' | 'losses' | 'optimizer' | 'problem'>;

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
    : (losses.at(-1) ?? 0) >= (losses[0] ?? 0)
      ? 'the loss does not fall'
      : undefined;
  return { stepMs, losses, ...(problem !== undefined && { problem }) };
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

function withOptimizer(document: SkipwireDocument, kind: 'adam' | 'sgd'): SkipwireDocument {
  return { ...document, training: { ...document.training, optimizer: OptimizerSettings.parse({ kind }) } };
}
