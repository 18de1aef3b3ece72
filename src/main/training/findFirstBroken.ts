import type { BrokenValue } from '../../contract/divergence.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { markFinite, type MarkedEntry } from '../../graph-engine/program/passes/markFinite.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import { learningRateAt } from '../../graph-engine/training/learningRate.ts';
import { stepSize } from '../../graph-engine/training/stepSize.ts';
import type { CompiledProgram, Executor, NamedTensors } from '../executors/compiledProgram.ts';
import type { BatchSource } from './batches.ts';
import { takeStep } from './takeStep.ts';

/** A training up to a step that went wrong. */
export interface Replay {
  readonly executor: Executor;
  readonly program: Program;
  readonly settings: TrainingSettings;
  readonly batches: BatchSource;
  /** A state from before it went wrong: its variables, and where it stands. */
  readonly from: {
    readonly step: number;
    readonly epoch: number;
    readonly offset: number;
    readonly variables: NamedTensors;
  };
  /** The step whose loss was no number, from 0. */
  readonly failed: number;
  /** Of that step. What the parts of the loop make of the schedule is taken to be the same factor since `from`. */
  readonly learningRate: number;
  readonly stepsPerEpoch: number;
}

/** Seconds after which a replay is given up. */
const PATIENCE = 120;
/** Sums in another order may let a training fail a few steps later than the first time. */
const GRACE = 20;

/**
 * Takes the steps from a healthy state to the failure once more, and looks at every value of the last of them, forward, then
 * backward, then at the weights that came of it. `undefined` where nothing broke this time.
 */
export async function findFirstBroken(replay: Replay): Promise<BrokenValue | undefined> {
  const { program, executor, settings } = replay;
  const { train } = program.entries;
  if (train === undefined) return undefined;
  const marked = markFinite(train);
  const checked = { ...program, entries: { ...program.entries, train: marked.entry } };
  const compiled = await executor.compile(checked, { seed: settings.seed, selfCheck: false });
  try {
    await compiled.writeVariables(replay.from.variables);
    const found = await walk(replay, compiled, marked, replay.failed - 1);
    // The weights were broken before it was looked: from the start, then.
    if (found?.pass !== 'weights' || replay.from.step >= replay.failed - 1) return found;
    await compiled.writeVariables(replay.from.variables);
    return (await walk(replay, compiled, marked, replay.from.step)) ?? found;
  } finally {
    await compiled.dispose();
  }
}

/** Looks at the first step, to know what is not finite on a good day, and at all from `lookFrom` on. */
async function walk(
  replay: Replay,
  compiled: CompiledProgram,
  { fetch, marks }: MarkedEntry,
  lookFrom: number,
): Promise<BrokenValue | undefined> {
  const { from, settings, stepsPerEpoch, batches, failed } = replay;
  const began = performance.now();
  const usual = new Set<number>();
  // Counted as the loop does, which may have taken steps of another size before.
  const counted = from.epoch * stepsPerEpoch + Math.floor(from.offset / stepSize(settings)) - from.step;
  const scheduled = (at: number): number => learningRateAt(settings, at + counted, stepsPerEpoch);
  const factor = scheduled(failed) === 0 ? 1 : replay.learningRate / scheduled(failed);
  let { step, epoch, offset } = from;
  for (; epoch < settings.epochs; epoch++, offset = 0) {
    for await (const batch of batches.training({ epoch, offset })) {
      if (step > failed + GRACE || performance.now() - began > 1000 * PATIENCE) return undefined;
      const looks = step === from.step || step >= lookFrom;
      const learningRate = scheduled(step) * factor;
      const fetches = ['loss', ...(looks ? [fetch] : [])];
      const results = await takeStep({ compiled, settings, step, learningRate, fetches }, batch);
      const healthy = Number.isFinite(results['loss']?.[0]);
      const broken = [...(results[fetch] ?? [])].flatMap((mark, i) =>
        Number.isFinite(mark) || usual.has(i) ? [] : [i],
      );
      if (step === from.step && healthy && step < lookFrom) for (const i of broken) usual.add(i);
      else if (broken[0] !== undefined) return described(step, marks[broken[0]]);
      if (looks) {
        const weight = await firstBrokenVariable(compiled);
        if (weight !== undefined) return { step, pass: 'update', ...weight };
      }
      step++;
    }
  }
  return undefined;
}

async function firstBrokenVariable({
  program,
  readVariables,
}: CompiledProgram): Promise<Pick<BrokenValue, 'path' | 'primitive'> | undefined> {
  const values = await readVariables();
  const broken = program.variables.find(({ name }) => values[name]?.every(Number.isFinite) === false);
  if (broken === undefined) return undefined;
  // The state of an optimizer is named after the variable it serves.
  const owner =
    program.variables.find(({ name, role }) => role !== 'slot' && broken.name.endsWith(`/${name}`)) ?? broken;
  return { path: owner.origin, primitive: broken.name };
}

function described(step: number, mark: MarkedEntry['marks'][number] | undefined): BrokenValue | undefined {
  if (mark === undefined) return undefined;
  const { primitive, origin } = mark;
  const [path = '', part] = origin.split(':');
  const pass =
    primitive === 'readVariable'
      ? 'weights'
      : part === 'gradient'
        ? 'backward'
        : origin === 'optimizer'
          ? 'update'
          : 'forward';
  return { step, pass, path: origin === 'optimizer' ? '' : path, primitive };
}
