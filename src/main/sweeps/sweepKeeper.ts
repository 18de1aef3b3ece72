import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { HostProblem } from '../../contract/contract.ts';
import type { SweepAttempt, SweepSummary } from '../../contract/sweeps.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { checkSweep } from '../../graph-engine/training/sweep/checkSweep.ts';
import { goalMeasures, measureOfGoal } from '../../graph-engine/training/sweep/goalMeasures.ts';
import { nextAttempts, type AttemptPlace } from '../../graph-engine/training/sweep/nextAttempts.ts';
import type { SweepPlan } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { pointOf } from '../../graph-engine/training/sweep/sweepPoints.ts';
import type { SweepProblem } from '../../graph-engine/training/sweep/sweepProblem.ts';
import { HostFailure, problemOf } from '../files/hostFailure.ts';
import { liesWithin } from '../files/workspaceFolder.ts';
import { startingPoint } from '../runs/continueRun.ts';
import { thisKeeper } from '../runs/keeper.ts';
import { openRun } from '../runs/runArchive.ts';
import { readRunDocument } from '../runs/runFolder.ts';
import type { RunKeeper } from '../runs/runKeeper.ts';
import { lockRun, type RunLock } from '../runs/runLock.ts';
import { attemptOutcome } from './attemptOutcome.ts';
import {
  createSweepFolder,
  noSweep,
  openSweep,
  readSweepDocument,
  writeSweepFile,
  type SweepFile,
} from './sweepFolder.ts';
import { isSweepAtRest, nextSweepState, type SweepHappening } from './sweepState.ts';
import { trialDocument } from './trialDocument.ts';

/** A sweep by its name and its own folder. */
export interface SweepPlace {
  readonly id: string;
  readonly folder: string;
}

export interface SweepOrder extends SweepPlace {
  readonly document: SkipwireDocument;
  readonly documentPath?: string | undefined;
  readonly dataFolder?: string | undefined;
  /** Where the folders of its runs are made. */
  readonly runsFolder: string;
  readonly plan: SweepPlan;
}

/** Looks after sweeps: which trials begin when, and what of it is on disk. The runs themselves are the run keeper's. */
export interface SweepKeeper {
  /** Makes the sweep's folder, which is new or empty, and begins. Throws a `HostFailure`, also for what is wrong with the plan. */
  start(order: SweepOrder): Promise<void>;
  /** Lets a sweep at rest go on where it stood. Throws a `HostFailure`, also where its runs would not lie in `within`. */
  resume(place: SweepPlace & { readonly within: string }): Promise<void>;
  /** Asks the runs at work to save and rest; false when the sweep is not going on here. */
  pause(id: string): boolean;
  /** Asks the runs at work to end; false when the sweep is not going on here. */
  stop(id: string): boolean;
  /** Lets go of a sweep at rest: what is on the disk is all that is known of it then. */
  forget(id: string): void;
  /** Of the sweeps that are looked after here. */
  summaries(): readonly SweepSummary[];
  /** Resolves with the last word on a sweep, until somebody resumes it. */
  whenOver(id: string): Promise<SweepSummary>;
  /** Begins nothing more and leaves everything as it stands; to be called before the run keeper is closed. */
  close(): void;
}

export interface SweepServices {
  readonly runs: RunKeeper;
  /** Throws a `HostFailure` for what would stop a training before it begins. */
  readonly demandTrainable: (document: SkipwireDocument) => Promise<void>;
  readonly onEvent: (summary: SweepSummary) => void;
}

interface KeptSweep extends SweepPlace {
  /** No run is read or written outside this folder: what the sweep says of itself may come from anywhere. */
  readonly within: string;
  readonly document: SkipwireDocument;
  readonly lock: RunLock;
  file: SweepFile;
  /** Attempts at work, by the name of their run. */
  readonly working: Map<string, Promise<void>>;
  /** Writes to the folder, one after the other. */
  writing: Promise<void>;
  /** What keeps the whole sweep from going on: a disk that takes no more, an engine that is not there. */
  hindrance: HostProblem | undefined;
  over: Promise<SweepSummary>;
}

/** Creates a keeper that begins runs with `runs`. */
export function createSweepKeeper({ runs, demandTrainable, onEvent }: SweepServices): SweepKeeper {
  const sweeps = new Map<string, KeptSweep>();
  let closing = false;

  const change = (sweep: KeptSweep, changes: Partial<SweepSummary>): void => {
    const summary = { ...sweep.file.summary, ...changes };
    const snapshot = { ...sweep.file, summary, keeper: isSweepAtRest(summary.state) ? null : thisKeeper() };
    sweep.file = snapshot;
    sweep.writing = sweep.writing
      .then(() => writeSweepFile(sweep.folder, snapshot))
      .catch((error: unknown) =>
        // To train on without a record is no use.
        hinder(sweep, problemOf(error) ?? { code: 'sweep/write-failed', message: String(error) }),
      );
    onEvent(summary);
  };

  const happen = (sweep: KeptSweep, happening: SweepHappening): void => {
    const state = nextSweepState(sweep.file.summary.state, happening);
    if (state !== sweep.file.summary.state) change(sweep, { state });
  };

  const hinder = (sweep: KeptSweep, problem: HostProblem): void => {
    // One is enough: what follows it on a full disk would only fail again.
    if (sweep.hindrance !== undefined) return;
    sweep.hindrance = problem;
    happen(sweep, { kind: 'stop-asked' });
    heed(sweep);
  };

  const isGoingOn = (sweep: KeptSweep): boolean => !closing && sweep.file.summary.state.status === 'running';

  const runFolder = async (sweep: KeptSweep, run: string): Promise<string> => {
    const folder = path.resolve(sweep.folder, sweep.file.runs, run);
    await demandWithin(sweep.within, folder);
    return folder;
  };

  const keep = (sweep: KeptSweep, attempt: SweepAttempt): void => {
    const { attempts } = sweep.file.summary;
    const at = attempts.findIndex(({ run }) => run === attempt.run);
    change(sweep, { attempts: at === -1 ? [...attempts, attempt] : attempts.with(at, attempt) });
  };

  /** Makes the run of an attempt and queues it. Throws a `HostFailure` when it cannot be trained. */
  const beginRun = async (sweep: KeptSweep, attempt: SweepAttempt): Promise<void> => {
    const { summary, dataFolder } = sweep.file;
    const { trial, rung, run } = attempt;
    const epochs = summary.plan.strategy.kind === 'halving' ? attempt.epochs : undefined;
    const document = trialDocument(sweep.document, summary.plan, attempt.point, epochs);
    await demandTrainable(document);
    const before = summary.attempts.findLast((one) => one.trial === trial && one.rung === rung - 1);
    const earlier = before && { id: before.run, folder: await runFolder(sweep, before.run) };
    const from = earlier && (await startingPoint(earlier, await readRunDocument(earlier.folder), 'last'));
    await runs.start({
      id: run,
      folder: await runFolder(sweep, run),
      document,
      documentPath: summary.documentPath,
      dataFolder,
      from,
      sweep: { sweep: sweep.id, trial, rung },
      atOnce: summary.plan.concurrency,
    });
  };

  /** Begins the run of an attempt, or goes on with it; whether there is anything to wait for. */
  const takeUpRun = async (sweep: KeptSweep, attempt: SweepAttempt): Promise<'wait' | 'over'> => {
    const folder = await runFolder(sweep, attempt.run);
    const known = await openRun(folder);
    if (known === undefined) {
      await beginRun(sweep, attempt);
      return 'wait';
    }
    const { status } = known.summary.state;
    if (status === 'finished' || status === 'failed') return 'over';
    // One that the user has resumed is under way already.
    if (!runs.active().has(attempt.run))
      await runs.resume({ id: attempt.run, folder, atOnce: sweep.file.summary.plan.concurrency });
    return 'wait';
  };

  /** Sees to an attempt until it is over, or the sweep rests. */
  const attend = async (sweep: KeptSweep, attempt: SweepAttempt): Promise<void> => {
    // Its name is on the disk before there is a run of that name.
    await sweep.writing;
    try {
      if (!isGoingOn(sweep)) return;
      const wait = await takeUpRun(sweep, attempt);
      if (wait === 'wait') {
        heed(sweep);
        const { state } = await runs.whenOver(attempt.run);
        if (closing) return;
        const stopping = sweep.file.summary.state.status === 'stopping';
        // It goes on with the sweep.
        if (state.status === 'paused' || (stopping && state.status !== 'finished' && state.status !== 'failed')) {
          happen(sweep, { kind: 'pause-asked' });
          return;
        }
      }
      const folder = await runFolder(sweep, attempt.run);
      const ended = await openRun(folder);
      if (ended === undefined)
        throw new HostFailure({ code: 'run/missing', message: `The run "${attempt.run}" is gone.` });
      keep(sweep, { ...attempt, ...(await attemptOutcome(folder, ended.summary, sweep.file.summary.plan.goal)) });
    } catch (error) {
      if (closing) return;
      const problem = problemOf(error) ?? bug(error);
      // Without an engine no other trial would fare better, and this one can still go on later.
      if (problem.code.startsWith('engine/')) hinder(sweep, problem);
      else keep(sweep, { ...attempt, outcome: { status: 'failed', problem } });
    }
  };

  /** Tells the runs at work what is wished of the sweep; one that was told already only when it is insisted on. */
  const heed = (sweep: KeptSweep, insist = false): void => {
    const { state } = sweep.file.summary;
    if (state.status !== 'stopping') return;
    for (const { id, state: run } of runs.summaries()) {
      if (!sweep.working.has(id)) continue;
      const told = run.status === 'stopping' && run.pausing === state.pausing;
      if (told && !insist) continue;
      if (state.pausing === true) runs.pause(id);
      else runs.stop(id);
    }
  };

  const launch = (sweep: KeptSweep, attempt: SweepAttempt): void => {
    sweep.working.set(
      attempt.run,
      attend(sweep, attempt).finally(() => sweep.working.delete(attempt.run)),
    );
  };

  const work = async (sweep: KeptSweep): Promise<SweepSummary> => {
    // What was under way when the sweep came to rest goes on first.
    for (const attempt of sweep.file.summary.attempts)
      if (attempt.outcome.status === 'under-way') launch(sweep, attempt);
    while (isGoingOn(sweep)) {
      const next = nextAttempts(sweep.file.summary.plan, sweep.file.summary.attempts);
      if (next.kind === 'over') {
        happen(sweep, { kind: 'over', reason: next.reason });
        break;
      }
      for (const place of next.attempts) {
        const attempt = newAttempt(sweep, place);
        keep(sweep, attempt);
        launch(sweep, attempt);
      }
      await Promise.race(sweep.working.values());
      await sweep.writing;
      heed(sweep);
    }
    await Promise.all(sweep.working.values());
    if (sweep.hindrance !== undefined) happen(sweep, { kind: 'failed', problem: sweep.hindrance });
    else if (!closing) happen(sweep, { kind: 'settled' });
    await sweep.writing;
    await sweep.lock.release().catch(() => undefined);
    return sweep.file.summary;
  };

  const begin = (known: Pick<KeptSweep, 'id' | 'folder' | 'within' | 'document' | 'lock' | 'file'>): void => {
    const { file } = known;
    const sweep: KeptSweep = {
      ...known,
      working: new Map(),
      writing: Promise.resolve(),
      hindrance: undefined,
      over: Promise.resolve(file.summary),
    };
    sweeps.set(sweep.id, sweep);
    change(sweep, {});
    sweep.over = work(sweep);
  };

  const ask = (id: string, kind: 'pause-asked' | 'stop-asked'): boolean => {
    const sweep = sweeps.get(id);
    if (sweep === undefined || isSweepAtRest(sweep.file.summary.state)) return false;
    const before = sweep.file.summary.state;
    happen(sweep, { kind });
    // Asked a second time, runs are ended at once.
    heed(sweep, before === sweep.file.summary.state);
    return true;
  };

  return {
    async start({ id, folder, document, documentPath, dataFolder, runsFolder, plan }) {
      const measures = goalMeasures(inferDocument(document).root);
      demandPlan(document, plan, measures);
      const lock = await lockRun(folder, 'sweep');
      try {
        const file: SweepFile = {
          format: 'skipwire/sweep@1',
          summary: {
            id,
            name: document.name,
            ...(documentPath !== undefined && { documentPath }),
            started: Date.now(),
            state: { status: 'running' },
            plan,
            measure: measureOfGoal(plan.goal, measures),
            attempts: [],
          },
          ...(dataFolder !== undefined && { dataFolder }),
          runs: path.relative(folder, runsFolder),
          keeper: thisKeeper(),
        };
        await createSweepFolder(folder, document, file);
        begin({ id, folder, within: runsFolder, document, lock, file });
      } catch (error) {
        await lock.release();
        throw error;
      }
    },
    async resume({ id, folder, within }) {
      const known = sweeps.get(id);
      if (known !== undefined) {
        if (!isSweepAtRest(known.file.summary.state))
          throw new HostFailure({ code: 'sweep/under-way', message: `The sweep "${id}" is going on already.` });
        await known.over;
      }
      const lock = await lockRun(folder, 'sweep');
      try {
        const file = await openSweep(folder, { alone: true });
        if (file === undefined) throw noSweep(folder);
        const state = nextSweepState(file.summary.state, { kind: 'resume-asked' });
        if (state.status !== 'running')
          throw new HostFailure({
            code: 'sweep/finished',
            message: `The sweep "${id}" is finished: there is nothing to resume.`,
          });
        await demandWithin(within, path.resolve(folder, file.runs));
        const document = await readSweepDocument(folder);
        const resumed = { ...file, summary: { ...file.summary, id, state } };
        begin({ id, folder, within, document, lock, file: resumed });
      } catch (error) {
        await lock.release();
        throw error;
      }
    },
    pause: (id) => ask(id, 'pause-asked'),
    stop: (id) => ask(id, 'stop-asked'),
    forget(id) {
      const sweep = sweeps.get(id);
      if (sweep !== undefined && isSweepAtRest(sweep.file.summary.state)) sweeps.delete(id);
    },
    summaries: () => [...sweeps.values()].map(({ file }) => file.summary),
    whenOver: async (id) => {
      const sweep = sweeps.get(id);
      if (sweep === undefined) throw new Error(`No sweep ${id}`);
      return sweep.over;
    },
    close() {
      closing = true;
    },
  };
}

/** Throws a `HostFailure` for runs that lie elsewhere. */
async function demandWithin(folder: string, runs: string): Promise<void> {
  if (await liesWithin(folder, runs)) return;
  throw new HostFailure({
    code: 'sweep/runs-outside',
    message: 'The sweep has its runs in another place.',
    expected: `runs in "${folder}"`,
    received: runs,
    remedy: (await stat(runs).catch(() => undefined))
      ? `Go on with it in "${path.dirname(runs)}": as the workspace of the editor, or from a shell there.`
      : 'There is no such folder by now: move the sweep to the folder that has its runs, and go on there.',
  });
}

/** A trial that meets a bug takes nothing else with it. */
function bug(error: unknown): HostProblem {
  console.error(error);
  return { code: 'host/bug', message: `Something in Skipwire itself went wrong: ${String(error)}` };
}

function newAttempt(
  { id, document, file }: Pick<KeptSweep, 'id' | 'document' | 'file'>,
  { trial, rung, epochs }: AttemptPlace & { readonly epochs: number | undefined },
): SweepAttempt {
  const { plan } = file.summary;
  const point = [...pointOf(plan, trial)];
  const swept = point[plan.axes.findIndex(({ paths }) => paths.includes('training.epochs'))];
  return {
    trial,
    rung,
    run: `${id}-t${String(trial + 1).padStart(3, '0')}${rung === 0 ? '' : `-r${rung + 1}`}`,
    point,
    epochs: epochs ?? (typeof swept === 'number' ? swept : document.training.epochs),
    outcome: { status: 'under-way' },
  };
}

function demandPlan(document: SkipwireDocument, plan: SweepPlan, measures: readonly { readonly key: string }[]): void {
  const problems = checkSweep(
    document,
    plan,
    measures.map(({ key }) => key),
  );
  if (problems.length > 0) throw sweepFailure(problems);
}

/** The first thing that is wrong with a plan, for the user, and that there are others. */
export function sweepFailure([first, ...others]: readonly SweepProblem[]): HostFailure {
  if (first === undefined) throw new Error('Nothing is wrong');
  const { code, path: at, message, expected, received, remedy } = first;
  const place = at === undefined || message.includes(at) ? '' : `${at}: `;
  return new HostFailure({
    code,
    message: `${place}${message}${others.length === 0 ? '' : ` (And ${others.length} more.)`}`,
    ...(expected !== undefined && { expected }),
    ...(received !== undefined && { received }),
    ...(remedy !== undefined && { remedy }),
  });
}
