import type { Answer, HostProblem } from '../../contract/contract.ts';
import type { EngineId } from '../../contract/engines.ts';
import type { Metrics, RunEvent, RunSummary, SweepTrial } from '../../contract/run.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { HostFailure, problemOf } from '../files/hostFailure.ts';
import type { TaskEnd } from '../training/engineChild.ts';
import type { EngineClient, EngineVariables, RunningTask } from '../training/engineClient.ts';
import type { EngineNews } from '../training/engineMessages.ts';
import { demandContinuable, layStart, type StartingPoint } from './continueRun.ts';
import { thisKeeper } from './keeper.ts';
import { lastAndBest, summaryOf } from './recoverRun.ts';
import { findWaitingRuns, openRun } from './runArchive.ts';
import { readRunEnvironment, writeRunEnvironment, type RunEnvironment } from './runEnvironment.ts';
import {
  appendLog,
  createRunFolder,
  readRunDocument,
  readRunFile,
  writeRunFile,
  type RunFile,
  type RunPlace,
} from './runFolder.ts';
import { lockRun, type RunLock } from './runLock.ts';
import { forgetRequest, takeRequest } from './runRequest.ts';
import { isAtRest, nextRunState, type RunHappening } from './runState.ts';

/** Milliseconds between two looks for what other processes ask. */
const LISTEN_EVERY = 500;

export interface RunOrder extends RunPlace {
  readonly document: SkipwireDocument;
  readonly documentPath?: string | undefined;
  /** Where paths of data lead from, for whoever resumes it. */
  readonly dataFolder?: string | undefined;
  /** What it continues; by default it begins with the weights of its seed. */
  readonly from?: StartingPoint | undefined;
  /** The trial of a sweep that it is. */
  readonly sweep?: SweepTrial | undefined;
  /** With how many others, itself included, it may be trained at the same time; alone when left out. */
  readonly atOnce?: number | undefined;
  /** What it is trained on; by default the engine that is chosen when it begins. */
  readonly engine?: EngineId | undefined;
}

/** Finds what an engine is started with; by default any engine is there, and the one that this process was told to open is chosen. */
export type FindEngine = (
  wanted: EngineId | undefined,
) => Promise<Answer<{ readonly id?: EngineId; readonly variables?: EngineVariables }>>;

/** Looks after runs: their order, their state, and what of them is on disk. */
export interface RunKeeper {
  /**
   * Makes the run's folder, which is new or empty, and queues it; runs are trained one after the other, unless all at work
   * and the next may be trained at the same time. Throws a `HostFailure`.
   */
  start(order: RunOrder): Promise<void>;
  /**
   * Queues a run at rest, which then goes on from its furthest checkpoint, on the engine that it was trained on: `engine` names
   * another, and nothing else does. Throws a `HostFailure`.
   */
  resume(place: RunPlace & Pick<RunOrder, 'atOnce' | 'engine'>): Promise<void>;
  /** Queues what a host that is gone has left waiting below `folder`, in the order of its queue. */
  takeUpQueue(folder: string): Promise<void>;
  /**
   * Asks a run to end, keeping its best weights; asked a second time, ends its process at once, in case it hangs. False
   * when the run is not looked after here.
   */
  stop(id: string): boolean;
  /** Asks a run to end so that it can go on later; false when the run is not looked after here, or at rest. */
  pause(id: string): boolean;
  /** Gives a queued run another place in the queue; false when it does not wait. */
  move(id: string, place: number): boolean;
  /** Ids of the runs that are not at rest. */
  active(): ReadonlySet<string>;
  /** Of the runs that are known better here than on the disk. */
  summaries(): readonly RunSummary[];
  /** Knows nothing more of a run at rest, whose folder is gone. */
  forget(id: string): void;
  /** Number of the process that trains the run, while one does. */
  engineProcessOf(id: string): number | undefined;
  /** Resolves with the last word on a run, until somebody resumes it. */
  whenOver(id: string): Promise<RunSummary>;
  /** Resolves when everything so far is on disk. */
  settled(id: string): Promise<void>;
  /**
   * Takes no further run from the queue, whose runs wait for the next host, and waits for the one at work, which ends when the
   * engine client is disposed of.
   */
  close(): Promise<void>;
}

interface KeptRun extends RunPlace {
  readonly document: SkipwireDocument;
  readonly lock: RunLock;
  readonly atOnce: number;
  file: RunFile;
  task: RunningTask | undefined;
  /** What it was trained on before it was taken up here. */
  previous: RunEnvironment | undefined;
  /** Writes to the folder, one after the other. */
  writing: Promise<void>;
  writeFailure: HostProblem | undefined;
  /** Its folder may belong to another process by now. */
  released: boolean;
  readonly over: PromiseWithResolvers<RunSummary>;
}

/** Creates a keeper that trains with `engine` and tells `onEvent` everything that happens. */
export function createRunKeeper(
  engine: EngineClient,
  onEvent: (event: RunEvent) => void,
  findEngine: FindEngine = async () => ({ ok: true, value: {} }),
): RunKeeper {
  const runs = new Map<string, KeptRun>();
  const queue: KeptRun[] = [];
  /** The runs at work. */
  const working = new Map<KeptRun, Promise<void>>();
  let takingUp: Promise<void> | undefined;
  let closed = false;

  const write = (run: KeptRun, work: () => Promise<void>): void => {
    run.writing = run.writing.then(work).catch((error: unknown) => {
      // One failure is enough: what follows it on a full disk would only fail again.
      if (run.writeFailure !== undefined) return;
      run.writeFailure = problemOf(error) ?? { code: 'run/write-failed', message: String(error) };
      run.task?.stop();
    });
  };

  const summaryNow = (run: KeptRun): RunSummary => {
    const place = queue.indexOf(run);
    return place === -1 ? run.file.summary : { ...run.file.summary, queuePlace: place };
  };

  const tellState = (run: KeptRun): void => onEvent({ kind: 'state', run: run.id, summary: summaryNow(run) });

  const change = (run: KeptRun, changes: Partial<RunSummary>): void => {
    const summary = { ...run.file.summary, ...changes };
    const { place: _place, ...file } = run.file;
    const place = queue.indexOf(run);
    const snapshot = {
      ...file,
      summary,
      ...(place !== -1 && { place }),
      keeper: isAtRest(summary.state) ? null : thisKeeper(),
    };
    run.file = snapshot;
    write(run, () => writeRunFile(run.folder, snapshot));
    tellState(run);
  };

  /** After the queue has changed: places are told, and kept for a later host. */
  const tellQueue = (): void => {
    for (const [place, run] of queue.entries()) {
      if (run.file.place !== place) change(run, {});
    }
  };

  const happen = (run: KeptRun, happening: RunHappening): void => {
    const state = nextRunState(run.file.summary.state, happening);
    if (state === run.file.summary.state) return;
    write(run, () => appendLog(run.folder, describe(happening)));
    change(run, { state });
  };

  const note = (run: KeptRun, text: string): void => {
    // A run that goes on says again what it said before.
    if (run.file.notices.includes(text)) return;
    const snapshot = { ...run.file, notices: [...run.file.notices, text] };
    run.file = snapshot;
    write(run, () => writeRunFile(run.folder, snapshot));
    write(run, () => appendLog(run.folder, text));
    onEvent({ kind: 'notice', run: run.id, text });
  };

  const measure = (run: KeptRun, metrics: readonly Metrics[]): void => {
    // The engine has written them: a host that dies takes no line along.
    onEvent({ kind: 'metrics', run: run.id, metrics: [...metrics] });
    for (const entry of metrics) {
      if (entry.kind === 'epoch') change(run, { lastEpoch: entry, ...(entry.best && { best: entry }) });
    }
  };

  /** An engine is never changed without saying so. */
  const tellOtherEngine = (run: KeptRun, step: number): void => {
    const { previous } = run;
    const { engine: now } = run.file.summary;
    if (previous === undefined || now === undefined || previous.engineId === now.id) return;
    note(run, `It was trained on ${previous.engine} until step ${step}, and goes on on ${now.name}.`);
  };

  const hear = (run: KeptRun, news: EngineNews): void => {
    switch (news.kind) {
      case 'taken-up': {
        onEvent({ kind: 'rewound', run: run.id, step: news.step });
        tellOtherEngine(run, news.step);
        write(run, () => appendLog(run.folder, `goes on from step ${news.step}`));
        const { lastEpoch: _last, best: _best, ...summary } = run.file.summary;
        run.file = { ...run.file, summary };
        change(run, lastAndBest(news.lastEpoch, news.best));
        break;
      }
      case 'begun':
        run.file = { ...run.file, summary: { ...run.file.summary, measures: [...news.measures] } };
        happen(run, { kind: 'begun' });
        break;
      case 'metrics':
        measure(run, news.metrics);
        break;
      case 'notice':
        note(run, news.text);
        break;
      default:
    }
  };

  const conclude = async (run: KeptRun, end: TaskEnd): Promise<void> => {
    await run.writing;
    if (run.writeFailure !== undefined) happen(run, { kind: 'failed', problem: run.writeFailure });
    else if (end.kind === 'lost') happen(run, { kind: 'lost', reason: end.reason });
    else if (end.kind === 'refused') {
      if (end.detail !== undefined) write(run, () => appendLog(run.folder, end.detail ?? ''));
      happen(run, { kind: 'failed', problem: end.problem });
    } else happen(run, { kind: 'ended', completed: end.outcome.kind === 'trained' && end.outcome.completed });
  };

  const train = async (run: KeptRun): Promise<void> => {
    happen(run, { kind: 'taken' });
    const previous = await readRunEnvironment(run.folder);
    run.previous = previous;
    const found = await findEngine(run.file.engine ?? previous?.engineId);
    if (!found.ok) return conclude(run, { kind: 'refused', problem: found.problem });
    const { id, variables } = found.value;
    if (id !== undefined && run.file.engine !== id) run.file = { ...run.file, engine: id };
    const task = engine.train(
      { document: run.document, folder: run.folder, statisticsFolder: run.folder },
      { onNews: (news) => hear(run, news) },
      // As many threads as before, where that decides in which order sums are added up.
      { threads: previous?.threads, variables },
    );
    run.task = task;
    // It may have been asked to end while the engine was looked for.
    const { state } = run.file.summary;
    if (state.status === 'stopping' && state.pausing === true) task.pause();
    else if (state.status === 'stopping') task.stop();
    const { pid } = task;
    if (pid !== undefined) write(run, () => run.lock.nameEngine(pid));
    const environment = await task.environment;
    if (environment !== undefined) {
      const { engineId, engine: name, device } = environment;
      change(run, { engine: { id: engineId, name, ...(device !== undefined && { device }) } });
      write(run, () => writeRunEnvironment(run.folder, environment, previous));
    }
    const end = await task.end;
    run.task = undefined;
    await conclude(run, end);
  };

  /** The last word on a run is on disk, and the folder is free for others. */
  const letGo = async (run: KeptRun): Promise<void> => {
    await run.writing;
    await forgetRequest(run.folder);
    await run.lock.release().catch(() => undefined);
    run.released = true;
    run.over.resolve(run.file.summary);
  };

  const work = async (run: KeptRun): Promise<void> => {
    try {
      await train(run);
      await letGo(run);
    } finally {
      working.delete(run);
      beginNext();
    }
  };

  /** Begins the next runs, as far as they and those at work may be trained at the same time. */
  const beginNext = (): void => {
    for (let [run] = queue; run !== undefined && !closed; [run] = queue) {
      if (![run, ...working.keys()].every(({ atOnce }) => working.size < atOnce)) return;
      queue.shift();
      tellQueue();
      working.set(run, work(run));
    }
  };

  const enqueue = (place: RunPlace, atOnce: number, document: SkipwireDocument, lock: RunLock, file: RunFile): void => {
    const run: KeptRun = {
      ...place,
      document,
      lock,
      atOnce,
      file,
      task: undefined,
      previous: undefined,
      writing: Promise.resolve(),
      writeFailure: undefined,
      released: false,
      over: withResolvers(),
    };
    runs.set(run.id, run);
    queue.push(run);
    change(run, {});
    beginNext();
    listen();
  };

  /** A queued run that was asked to end or to pause waits no more. */
  const leaveQueue = (run: KeptRun): void => {
    const place = queue.indexOf(run);
    if (place === -1) return;
    queue.splice(place, 1);
    change(run, {});
    tellQueue();
    void letGo(run);
  };

  /** What other processes ask of the runs here is looked for while there are any. */
  let listening: NodeJS.Timeout | undefined;
  const listen = (): void => {
    listening ??= setInterval(() => {
      const active = [...runs.values()].filter((run) => !run.released);
      if (active.length === 0) {
        clearInterval(listening);
        listening = undefined;
      }
      for (const run of active) {
        void takeRequest(run.folder).then((wish) => {
          if (wish === 'pause') pause(run.id);
          if (wish === 'stop') stop(run.id);
        });
      }
    }, LISTEN_EVERY);
    listening.unref();
  };

  const resume = async ({
    id,
    folder,
    atOnce = 1,
    engine: wanted,
  }: RunPlace & Pick<RunOrder, 'atOnce' | 'engine'>): Promise<void> => {
    const known = runs.get(id);
    if (known !== undefined && !isAtRest(known.file.summary.state)) throw notAtRest(id);
    await known?.writing;
    const lock = await lockRun(folder);
    try {
      const file = await openRun(folder, { alone: true });
      if (file === undefined) throw noRun(folder);
      const state = nextRunState(file.summary.state, { kind: 'resume-asked' });
      if (state.status !== 'queued') throw finished(id);
      const document = await readRunDocument(folder);
      const before = file.engine ?? (await readRunEnvironment(folder))?.engineId;
      const usable = await findEngine(wanted ?? before);
      if (!usable.ok) throw engineGone(id, usable.problem, wanted ?? before);
      // Asked of whoever held the run before.
      await forgetRequest(folder);
      enqueue({ id, folder }, atOnce, document, lock, {
        ...file,
        ...(wanted !== undefined && { engine: wanted }),
        summary: { ...file.summary, id, state },
      });
    } catch (error) {
      await lock.release();
      throw error;
    }
  };

  const takeUp = async (place: RunPlace): Promise<void> => {
    try {
      await resume(place);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      // Another host was quicker, or another machine has it.
      if (problem.code !== 'run/held') await setAside(place, problem);
    }
  };

  const stop = (id: string): boolean => {
    const run = runs.get(id);
    if (run === undefined) return false;
    const { state } = run.file.summary;
    const again = state.status === 'stopping' && state.pausing !== true;
    happen(run, { kind: 'stop-asked' });
    if (again) run.task?.kill();
    else run.task?.stop();
    leaveQueue(run);
    return true;
  };

  const pause = (id: string): boolean => {
    const run = runs.get(id);
    if (run === undefined || isAtRest(run.file.summary.state)) return false;
    happen(run, { kind: 'pause-asked' });
    const { state } = run.file.summary;
    if (state.status === 'stopping' && state.pausing === true) run.task?.pause();
    leaveQueue(run);
    return true;
  };

  return {
    async start({ id, folder, document, documentPath, dataFolder, from, sweep, atOnce = 1, engine: wanted }) {
      if (from !== undefined) demandContinuable(from, document);
      const summary: RunSummary = {
        ...summaryOf(id, document, Date.now()),
        ...(documentPath !== undefined && { documentPath }),
        ...(from !== undefined && { parent: from.parent }),
        ...(sweep !== undefined && { sweep }),
      };
      const file: RunFile = {
        format: 'skipwire/run@1',
        summary,
        notices: [],
        ...(dataFolder !== undefined && { dataFolder }),
        ...(wanted !== undefined && { engine: wanted }),
        keeper: thisKeeper(),
      };
      const lock = await lockRun(folder);
      try {
        await createRunFolder(folder, document, file);
        if (from !== undefined) await layStart(folder, from);
      } catch (error) {
        await lock.release();
        throw error;
      }
      enqueue({ id, folder }, atOnce, document, lock, file);
    },
    resume,
    takeUpQueue(folder) {
      takingUp ??= (async () => {
        for (const place of await findWaitingRuns(folder)) if (!closed) await takeUp(place);
      })();
      return takingUp;
    },
    stop,
    pause,
    move(id, place) {
      const from = queue.findIndex((run) => run.id === id);
      const [run] = from === -1 ? [] : queue.splice(from, 1);
      if (run === undefined) return false;
      queue.splice(place, 0, run);
      tellQueue();
      return true;
    },
    active: () => new Set([...runs].filter(([, run]) => !isAtRest(run.file.summary.state)).map(([id]) => id)),
    summaries: () =>
      [...runs.values()].filter((run) => !run.released || run.writeFailure !== undefined).map(summaryNow),
    forget(id) {
      const run = runs.get(id);
      if (run?.released === true) runs.delete(id);
    },
    engineProcessOf: (id) => runs.get(id)?.task?.pid,
    whenOver(id) {
      const run = runs.get(id);
      if (run === undefined) throw new Error(`No run ${id}`);
      return run.over.promise;
    },
    settled: async (id) => runs.get(id)?.writing,
    async close() {
      closed = true;
      await takingUp;
      for (const run of queue.splice(0)) {
        const snapshot = { ...run.file, keeper: null };
        write(run, () => writeRunFile(run.folder, snapshot));
        await letGo(run);
      }
      await Promise.all(working.values());
    },
  };
}

/** A run that waited and cannot be queued again says why. */
async function setAside({ folder }: RunPlace, problem: HostProblem): Promise<void> {
  const file = await readRunFile(folder);
  if (file === undefined) return;
  const state = nextRunState(file.summary.state, { kind: 'failed', problem });
  // On a read-only disk it goes on waiting.
  await writeRunFile(folder, { ...file, summary: { ...file.summary, state }, keeper: null }).catch(() => undefined);
}

/** The run may go on elsewhere, when somebody says so. */
function engineGone(id: string, problem: HostProblem, engine: EngineId | undefined): HostFailure {
  return new HostFailure({
    code: 'run/engine-unusable',
    message: `The run "${id}" was trained on the engine "${engine ?? 'tensorflow'}", which cannot be used now: ${problem.message}`,
    ...(problem.received !== undefined && { received: problem.received }),
    remedy:
      `${problem.remedy ?? ''} Or let it go on on another engine: npx skipwire train --resume RUN --engine NAME.`.trim(),
  });
}

function notAtRest(id: string): HostFailure {
  return new HostFailure({ code: 'run/under-way', message: `The run "${id}" is under way already.` });
}

function finished(id: string): HostFailure {
  return new HostFailure({
    code: 'run/finished',
    message: `The run "${id}" is finished: there is nothing to resume.`,
    remedy: 'Continue it as a new run with more epochs ("skipwire train --from RUN --epochs N").',
  });
}

function noRun(folder: string): HostFailure {
  return new HostFailure({
    code: 'run/missing',
    message: `"${folder}" holds no run that can be read.`,
    remedy: 'Check the name; the run may have been moved or deleted.',
  });
}

function describe(happening: RunHappening): string {
  switch (happening.kind) {
    case 'failed':
      return `failed: ${happening.problem.message}`;
    case 'lost':
      return `interrupted: ${happening.reason}`;
    case 'ended':
      return happening.completed ? 'finished' : 'ended early';
    case 'taken':
    case 'begun':
    case 'stop-asked':
    case 'pause-asked':
    case 'resume-asked':
      return happening.kind;
  }
}

interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let resolve: ((value: Value) => void) | undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve?.(value) };
}
