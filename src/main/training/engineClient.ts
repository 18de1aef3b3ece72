import { availableParallelism } from 'node:os';
import type { Answer, HostProblem } from '../../contract/contract.ts';
import type { TrialKind } from '../../contract/trials.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { EvaluateTask } from '../evaluation/evaluateSet.ts';
import type { NamedTensors } from '../executors/compiledProgram.ts';
import type { Thinning } from '../verification/thinning.ts';
import { startEngineChild, type EngineChild, type TaskEnd, type TaskListeners } from './engineChild.ts';
import type { EngineEnvironment, EngineTask, Prediction, WeightSource } from './engineMessages.ts';

/** A task that is under way. */
export interface RunningTask {
  readonly end: Promise<TaskEnd>;
  /** What runs it; `undefined` when it could not be loaded. */
  readonly environment: Promise<EngineEnvironment | undefined>;
  /** Number of the process, for those who look after it. */
  readonly pid: number | undefined;
  /** Asks a training to end after the step at hand. */
  stop(): void;
  /** Asks a training to save where it stands and end after the step at hand. */
  pause(): void;
  /** Ends the process at once; what was saved last stays. */
  kill(): void;
}

/** What the process of a training is started with. */
export interface TrainOptions {
  readonly threads?: number | undefined;
  readonly variables?: EngineVariables | undefined;
}

/** The environment variables that an engine needs. */
export type EngineVariables = Readonly<Record<string, string>>;

/** The host's side of the engine processes. */
export interface EngineClient {
  /** From now on keeps a spare process, so that the next task finds the libraries and the data sets loaded. */
  warmUp(): void;
  /** Lets go of a spare process that was started for another engine than the one that is chosen now. */
  changeEngine(): void;
  /** `variables`: of the engine to train on, by default the chosen one. `threads`: as many as the run had before, so that a deterministic one adds up in the same order. */
  train(
    task: { document: SkipwireDocument; folder: string; statisticsFolder?: string },
    listeners?: TaskListeners,
    options?: TrainOptions,
  ): RunningTask;
  /** Tries something before a run; see `TrialKind`. */
  tryOut(task: { trial: TrialKind; document: SkipwireDocument }, listeners?: TaskListeners): RunningTask;
  /** What every output answers to inputs by their path. */
  predict(order: {
    document: SkipwireDocument;
    weights: WeightSource;
    inputs: NamedTensors;
    samples: number;
    thinnings?: Readonly<Record<string, Readonly<Record<string, Thinning>>>>;
  }): Promise<Answer<Prediction>>;
  /** What the outputs say of a part of the data, beside what is true. */
  evaluate(order: Omit<EvaluateTask, 'kind'>, listeners?: TaskListeners): RunningTask;
  /** Lets trainings save their weights and ends all processes. */
  dispose(): Promise<void>;
}

/**
 * For sums that are added up in the same order each time: TensorFlow then leaves out the kernels whose order depends on
 * chance, and splits its work among a fixed number of threads.
 */
function deterministicEnvironment(variables: EngineVariables, threads = availableParallelism()): NodeJS.ProcessEnv {
  const fixed = process.env['TF_NUM_INTRAOP_THREADS'] ?? String(threads);
  return { ...process.env, ...variables, TF_DETERMINISTIC_OPS: '1', TF_NUM_INTRAOP_THREADS: fixed };
}

/** Keeps at most one idle process, and starts others as tasks come. */
export function createEngineClient({
  folder,
  variables = () => ({}),
  start = (environment = process.env) => startEngineChild(environment, folder),
}: {
  /** Where paths of data lead from; the folder of this process when left out. */
  readonly folder?: string | undefined;
  /** Of the engine that is chosen now. */
  readonly variables?: () => EngineVariables;
  readonly start?: (environment?: NodeJS.ProcessEnv) => EngineChild;
} = {}): EngineClient {
  let spare: EngineChild | undefined;
  const busy = new Set<EngineChild>();
  /** Processes that were told to end and may not be gone yet. */
  const leaving = new Set<Promise<void>>();

  const letGo = (child: EngineChild): Promise<void> => {
    const gone = child.release().finally(() => leaving.delete(gone));
    leaving.add(gone);
    return gone;
  };

  /** What processes were started for. */
  const startedFor = new WeakMap<EngineChild, string>();
  const fits = (child: EngineChild | undefined, wanted: EngineVariables): child is EngineChild =>
    child?.isAlive() === true && startedFor.get(child) === JSON.stringify(wanted);
  const startFor = (wanted: EngineVariables): EngineChild => {
    const child = start({ ...process.env, ...wanted });
    startedFor.set(child, JSON.stringify(wanted));
    return child;
  };

  const take = (wanted = variables()): EngineChild => {
    if (!fits(spare, wanted)) return startFor(wanted);
    const child = spare;
    spare = undefined;
    return child;
  };

  /**
   * A process is used again only after a prediction or a forecast that went well: after a failure its native state is not to be trusted,
   * and the memory of a trained network comes back whole only with the end of its process.
   */
  const giveBack = (child: EngineChild, task: EngineTask, end: TaskEnd): void => {
    busy.delete(child);
    const compilesLittle =
      task.kind === 'predict' ||
      task.kind === 'evaluate' ||
      (task.kind === 'trial' && task.trial === 'forecast-memory');
    const reusable = compilesLittle && end.kind === 'done' && child.isAlive();
    if (reusable && fits(child, variables()) && spare?.isAlive() !== true) spare = child;
    else void letGo(child);
    if (warm) warmUp();
  };

  let warm = false;
  const warmUp = (): void => {
    const wanted = variables();
    if (fits(spare, wanted)) return;
    if (spare !== undefined) void letGo(spare);
    spare = startFor(wanted);
    spare.prepare();
  };

  const begin = (task: EngineTask, listeners?: TaskListeners, child = take()): RunningTask => {
    busy.add(child);
    const end = child.run(task, listeners);
    void end.then((how) => giveBack(child, task, how));
    return {
      end,
      environment: child.ready.then((loaded) => ('environment' in loaded ? loaded.environment : undefined)),
      pid: child.pid,
      stop: () => child.stop(),
      pause: () => child.pause(),
      kill: () => child.kill(),
    };
  };

  return {
    warmUp() {
      warm = true;
      warmUp();
    },
    changeEngine() {
      if (warm) warmUp();
      else if (spare !== undefined && !fits(spare, variables())) {
        void letGo(spare);
        spare = undefined;
      }
    },
    train(task, listeners, { threads, variables: own = variables() } = {}) {
      const { deterministic } = task.document.training;
      // Both are read when the libraries are loaded, so the spare process is of no use.
      const child = deterministic === true ? start(deterministicEnvironment(own, threads)) : take(own);
      return begin({ kind: 'train', ...task }, listeners, child);
    },
    tryOut: (task, listeners) => begin({ kind: 'trial', ...task }, listeners),
    async predict(order) {
      const end = await begin({ kind: 'predict', ...order }).end;
      if (end.kind !== 'done') return { ok: false, problem: problemOfEnd(end) };
      if (end.outcome.kind !== 'predicted') throw new Error(`A prediction ended as ${end.outcome.kind}`);
      return { ok: true, value: end.outcome.prediction };
    },
    evaluate: (order, listeners) => begin({ kind: 'evaluate', ...order }, listeners),
    async dispose() {
      warm = false;
      const children = [...busy, ...(spare === undefined ? [] : [spare])];
      spare = undefined;
      await Promise.all([...children.map(letGo), ...leaving]);
    },
  };
}

/** Why a task did not get to its end. */
export function problemOfEnd(end: Exclude<TaskEnd, { kind: 'done' }>): HostProblem {
  return end.kind === 'refused' ? end.problem : { code: 'engine/lost', message: end.reason };
}
