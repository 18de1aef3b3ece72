import os from 'node:os';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { startEngineChild, type EngineChild } from '../training/engineChild.ts';
import type { ProbeDescription, ProbedReading, ProbeOutcome, ProbeTask, VarianceTask } from './probeMessages.ts';

/** The host's side of the process that looks at samples. Questions are answered one after the other. */
export interface ProbeClient {
  describe(target: ProbeTask['target']): Promise<ProbeDescription>;
  samples(
    order: Omit<Extract<ProbeTask, { kind: 'probe/samples' }>, 'kind'>,
  ): Promise<Omit<Extract<ProbeOutcome, { kind: 'samples' }>, 'kind'>>;
  /** A later question with the same `view` takes the place of this one, which then answers with what it has got. */
  read(
    order: Omit<Extract<ProbeTask, { kind: 'probe/read' }>, 'kind'>,
    view: string,
  ): Promise<{ readonly readings: readonly ProbedReading[]; readonly superseded: boolean }>;
  /** The spread of values and gradients in one step of a network with new weights. */
  variance(document: SkipwireDocument): Promise<Omit<Extract<ProbeOutcome, { kind: 'variance' }>, 'kind'>>;
  /** Ends the process at once; the next question starts another. */
  kill(): void;
  dispose(): Promise<void>;
}

/** Seconds after the last question until the process and its memory are given back. */
const IDLE = 180;
/** How much further back in the queue of the processor it stands than a training. */
const NICENESS = 4;

function startProber(folder: string | undefined): EngineChild {
  const threads = String(Math.max(1, Math.floor(os.availableParallelism() / 2)));
  const child = startEngineChild(
    { ...process.env, TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: '1' },
    folder,
  );
  try {
    if (child.pid !== undefined) os.setPriority(child.pid, NICENESS);
  } catch {
    // Where priorities cannot be changed, it takes its share like any other process.
  }
  return child;
}

/**
 * Samples have an engine process of their own: a training occupies its own between two steps and during them, and what is
 * looked at must not wait for it. It starts with the first question and ends when nobody has asked for a while.
 */
export function createProbeClient({
  folder,
  start = () => startProber(folder),
}: {
  /** Where paths of data lead from; the folder of this process when left out. */
  readonly folder?: string | undefined;
  readonly start?: () => EngineChild;
} = {}): ProbeClient {
  let child: EngineChild | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  /** The newest question of each view, and the one that is being answered. */
  const newest = new Map<string, symbol>();
  let current: { readonly view: string; readonly mark: symbol } | undefined;

  const letGo = (): void => {
    const old = child;
    child = undefined;
    void old?.release();
  };

  async function ask(task: ProbeTask | VarianceTask): Promise<ProbeOutcome> {
    if (closed) throw lost('Skipwire is being closed.');
    clearTimeout(idle);
    if (child?.isAlive() !== true) child = start();
    const asked = child;
    const end = await asked.run(task);
    idle = setTimeout(letGo, IDLE * 1000);
    idle.unref();
    if (end.kind === 'done' && end.outcome.kind === 'probed') return end.outcome.answer;
    if (end.kind === 'lost') throw lost(end.reason);
    if (end.kind === 'done') throw new Error(`A look at a sample ended as ${end.outcome.kind}`);
    // What a failed engine has in memory is not to be trusted.
    if (end.problem.code.startsWith('engine/') && child === asked) letGo();
    throw new HostFailure(end.problem);
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    describe: (target) =>
      inTurn(async () => {
        const answer = await ask({ kind: 'probe/describe', target });
        if (answer.kind !== 'described') throw new Error(`Asked for a description, got ${answer.kind}`);
        return answer.description;
      }),
    samples: (order) =>
      inTurn(async () => {
        const answer = await ask({ kind: 'probe/samples', ...order });
        if (answer.kind !== 'samples') throw new Error(`Asked for samples, got ${answer.kind}`);
        return { samples: answer.samples, total: answer.total };
      }),
    read(order, view) {
      const mark = Symbol(view);
      newest.set(view, mark);
      if (current?.view === view) child?.stop();
      return inTurn(async () => {
        if (newest.get(view) !== mark) return { readings: [], superseded: true };
        current = { view, mark };
        try {
          const answer = await ask({ kind: 'probe/read', ...order });
          if (answer.kind !== 'readings') throw new Error(`Asked for values, got ${answer.kind}`);
          return { readings: answer.readings, superseded: !answer.complete };
        } finally {
          current = undefined;
          if (newest.get(view) === mark) newest.delete(view);
        }
      });
    },
    variance: (document) =>
      inTurn(async () => {
        const answer = await ask({ kind: 'variance', document });
        if (answer.kind !== 'variance') throw new Error(`Asked for variances, got ${answer.kind}`);
        return { points: answer.points, batch: answer.batch };
      }),
    kill: () => child?.kill(),
    async dispose() {
      closed = true;
      clearTimeout(idle);
      const old = child;
      child = undefined;
      await old?.release();
    },
  };
}

function lost(reason: string): HostFailure {
  return new HostFailure({
    code: 'engine/lost',
    message: `The sample could not be looked at. ${reason}`,
    remedy: 'Try again; nothing else is affected.',
  });
}
