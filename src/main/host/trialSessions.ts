import type { CallOutput, ParsedInput } from '../../contract/contract.ts';
import type { TrialProgress } from '../../contract/trials.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { RunningTask } from '../training/engineClient.ts';
import { requireTrainable } from '../training/requireTrainable.ts';
import { resultOfTrial } from '../trials/resultOfTrial.ts';
import type { HostServices } from './createHost.ts';
import { requireEngine } from './engineRequests.ts';

/** The trials that are under way, by the name their asker gave them. */
export interface TrialSessions {
  run(input: ParsedInput<'trial/run'>): Promise<CallOutput<'trial/run'>>;
  stop(input: ParsedInput<'trial/stop'>): CallOutput<'trial/stop'>;
}

const SHORTEST_PAUSE = 1000 / 30;

/** Starts without any. */
export function createTrialSessions({
  engine,
  engines,
  describeData,
  emit,
}: Pick<HostServices, 'engine' | 'engines' | 'describeData' | 'emit'>): TrialSessions {
  const running = new Map<string, RunningTask>();
  return {
    async run({ trial, kind, document }) {
      await requireTrainable(document, describeData);
      await requireEngine(engines);
      if (running.has(trial))
        throw new HostFailure({ code: 'trial/taken', message: 'This trial is going on already.' });
      const tell = paced((progress) => emit({ event: 'trial', payload: { trial, progress } }));
      const task = engine.tryOut(
        { trial: kind, document },
        { onNews: (news) => news.kind === 'tried' && tell(news.progress) },
      );
      running.set(trial, task);
      try {
        return resultOfTrial(await task.end);
      } finally {
        tell.now();
        running.delete(trial);
      }
    },
    stop({ trial }) {
      running.get(trial)?.stop();
      return {};
    },
  };
}

/** Joins news that come quickly, so that they go on at most thirty times a second. */
function paced(tell: (progress: TrialProgress) => void): ((progress: TrialProgress) => void) & { now(): void } {
  let waiting: TrialProgress | undefined;
  let timer: NodeJS.Timeout | undefined;
  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting !== undefined) tell(waiting);
    waiting = undefined;
  };
  const add = (progress: TrialProgress): void => {
    waiting = joined(waiting, progress);
    timer ??= setTimeout(now, SHORTEST_PAUSE);
  };
  return Object.assign(add, { now });
}

function joined(earlier: TrialProgress | undefined, later: TrialProgress): TrialProgress {
  if (earlier?.kind === 'find-rate' && later.kind === 'find-rate') {
    return { ...later, points: [...earlier.points, ...later.points] };
  }
  if (earlier?.kind === 'overfit-batch' && later.kind === 'overfit-batch') {
    return { ...later, points: [...earlier.points, ...later.points] };
  }
  if (earlier?.kind === 'fast-run' && later.kind === 'fast-run') {
    return { ...later, stages: [...earlier.stages, ...later.stages] };
  }
  if (earlier?.kind === 'find-batch-size' && later.kind === 'find-batch-size') {
    return { ...later, tried: [...earlier.tried, ...later.tried] };
  }
  return later;
}
