import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostProblem } from '../../contract/contract.ts';
import type { MeasureDescription, Metrics, RunEvent, RunSummary } from '../../contract/run.ts';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { problemOf } from '../files/hostFailure.ts';
import type { TaskEnd } from '../training/engineChild.ts';
import type { EngineClient, RunningTask } from '../training/engineClient.ts';
import { thisKeeper } from './keeper.ts';
import { appendLog, appendMetrics, createRunFolder, runFiles, writeRunFile, type RunFile } from './runFolder.ts';
import { isOver, nextRunState, type RunHappening } from './runState.ts';

export interface RunOrder {
  readonly id: string;
  /** The run's own folder: new, or empty. */
  readonly folder: string;
  readonly document: SkipwireDocument;
  readonly documentPath?: string | undefined;
}

/** Looks after runs: their order, their state, and what of them is on disk. */
export interface RunKeeper {
  /** Makes the run's folder and queues it; runs are trained one after the other. Throws a `HostFailure`. */
  start(order: RunOrder): Promise<void>;
  /**
   * Asks a run to end, keeping its best weights; asked a second time, ends its process at once, in case it hangs. False
   * when the run is not looked after here.
   */
  stop(id: string): boolean;
  /** Ids of the runs that are not over. */
  active(): ReadonlySet<string>;
  summaries(): readonly RunSummary[];
  /** Number of the process that trains the run, while one does. */
  engineProcessOf(id: string): number | undefined;
  /** Resolves with the last word on a run. */
  whenOver(id: string): Promise<RunSummary>;
  /** Resolves when everything so far is on disk. */
  settled(id: string): Promise<void>;
  /** Takes no further run from the queue and waits for the one at work, which ends when the engine client is disposed of. */
  close(): Promise<void>;
}

interface KeptRun {
  readonly order: RunOrder;
  file: RunFile;
  task: RunningTask | undefined;
  /** Writes to the folder, one after the other. */
  writing: Promise<void>;
  writeFailure: HostProblem | undefined;
  readonly over: PromiseWithResolvers<RunSummary>;
}

/** Creates a keeper that trains with `engine` and tells `onEvent` everything that happens. */
export function createRunKeeper(engine: EngineClient, onEvent: (event: RunEvent) => void): RunKeeper {
  const runs = new Map<string, KeptRun>();
  const queue: KeptRun[] = [];
  let working: Promise<void> | undefined;

  const write = (run: KeptRun, work: () => Promise<void>): void => {
    run.writing = run.writing.then(work).catch((error: unknown) => {
      // One failure is enough: what follows it on a full disk would only fail again.
      if (run.writeFailure !== undefined) return;
      run.writeFailure = problemOf(error) ?? { code: 'run/write-failed', message: String(error) };
      run.task?.stop();
    });
  };

  const change = (run: KeptRun, changes: Partial<RunSummary>): void => {
    run.file = { ...run.file, summary: { ...run.file.summary, ...changes } };
    if (isOver(run.file.summary.state)) run.file = { ...run.file, keeper: null };
    const snapshot = run.file;
    write(run, () => writeRunFile(run.order.folder, snapshot));
    onEvent({ kind: 'state', run: run.order.id, summary: snapshot.summary });
  };

  const happen = (run: KeptRun, happening: RunHappening): void => {
    const state = nextRunState(run.file.summary.state, happening);
    if (state === run.file.summary.state) return;
    write(run, () => appendLog(run.order.folder, describe(happening)));
    change(run, { state });
  };

  const begin = (run: KeptRun, measures: readonly MeasureDescription[]): void => {
    run.file = { ...run.file, summary: { ...run.file.summary, measures: [...measures] } };
    happen(run, { kind: 'begun' });
  };

  const note = (run: KeptRun, text: string): void => {
    run.file = { ...run.file, notices: [...run.file.notices, text] };
    const snapshot = run.file;
    write(run, () => writeRunFile(run.order.folder, snapshot));
    write(run, () => appendLog(run.order.folder, text));
    onEvent({ kind: 'notice', run: run.order.id, text });
  };

  const measure = (run: KeptRun, metrics: readonly Metrics[]): void => {
    write(run, () => appendMetrics(run.order.folder, metrics));
    onEvent({ kind: 'metrics', run: run.order.id, metrics: [...metrics] });
    for (const entry of metrics) {
      if (entry.kind === 'epoch') change(run, { lastEpoch: entry, ...(entry.best && { best: entry }) });
    }
  };

  const conclude = async (run: KeptRun, end: TaskEnd): Promise<void> => {
    await run.writing;
    if (run.writeFailure !== undefined) happen(run, { kind: 'failed', problem: run.writeFailure });
    else if (end.kind === 'lost') happen(run, { kind: 'lost', reason: end.reason });
    else if (end.kind === 'refused') {
      if (end.detail !== undefined) write(run, () => appendLog(run.order.folder, end.detail ?? ''));
      happen(run, { kind: 'failed', problem: end.problem });
    } else happen(run, { kind: 'ended', completed: end.outcome.kind === 'trained' && end.outcome.completed });
    await run.writing;
  };

  const train = async (run: KeptRun): Promise<void> => {
    happen(run, { kind: 'taken' });
    const task = engine.train(
      {
        document: run.order.document,
        folder: path.join(run.order.folder, runFiles.checkpoints),
        statisticsFolder: run.order.folder,
      },
      {
        onNews(news) {
          if (news.kind === 'begun') begin(run, news.measures);
          else if (news.kind === 'metrics') measure(run, news.metrics);
          else if (news.kind === 'notice') note(run, news.text);
        },
      },
    );
    run.task = task;
    const environment = await task.environment;
    if (environment !== undefined) {
      const text = `${JSON.stringify(environment, null, 2)}\n`;
      write(run, () => writeFile(path.join(run.order.folder, runFiles.environment), text));
    }
    const end = await task.end;
    run.task = undefined;
    await conclude(run, end);
  };

  const work = async (): Promise<void> => {
    // Not at once, so that `working` is set before it is cleared.
    await Promise.resolve();
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      if (!isOver(run.file.summary.state)) await train(run);
      run.over.resolve(run.file.summary);
    }
    working = undefined;
  };

  return {
    async start(order) {
      const { training } = order.document;
      const summary: RunSummary = {
        id: order.id,
        name: order.document.name,
        ...(order.documentPath !== undefined && { documentPath: order.documentPath }),
        network: networkFingerprint(order.document),
        data: training.data,
        started: Date.now(),
        state: { status: 'queued' },
        epochs: training.epochs,
      };
      const file: RunFile = { format: 'skipwire/run@1', summary, notices: [], keeper: thisKeeper() };
      await createRunFolder(order.folder, order.document, file);
      const run: KeptRun = {
        order,
        file,
        task: undefined,
        writing: Promise.resolve(),
        writeFailure: undefined,
        over: withResolvers(),
      };
      runs.set(order.id, run);
      queue.push(run);
      onEvent({ kind: 'state', run: order.id, summary });
      working ??= work();
    },
    stop(id) {
      const run = runs.get(id);
      if (run === undefined) return false;
      const again = run.file.summary.state.status === 'stopping';
      happen(run, { kind: 'stop-asked' });
      if (again) run.task?.kill();
      else run.task?.stop();
      return true;
    },
    active: () => new Set([...runs].filter(([, run]) => !isOver(run.file.summary.state)).map(([id]) => id)),
    summaries: () => [...runs.values()].map((run) => run.file.summary),
    engineProcessOf: (id) => runs.get(id)?.task?.pid,
    whenOver(id) {
      const run = runs.get(id);
      if (run === undefined) throw new Error(`No run ${id}`);
      return run.over.promise;
    },
    settled: async (id) => runs.get(id)?.writing,
    async close() {
      const waiting = queue.splice(0);
      for (const run of waiting) {
        happen(run, { kind: 'lost', reason: 'Skipwire was closed before this run began.' });
        await run.writing;
        run.over.resolve(run.file.summary);
      }
      await working;
    },
  };
}

function describe(happening: RunHappening): string {
  switch (happening.kind) {
    case 'failed':
      return `failed: ${happening.problem.message}`;
    case 'lost':
      return `interrupted: ${happening.reason}`;
    case 'ended':
      return happening.completed ? 'finished' : 'stopped';
    case 'taken':
    case 'begun':
    case 'stop-asked':
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
