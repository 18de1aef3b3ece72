import type { Handlers } from '../../contract/contract.ts';
import type { evaluationCalls } from '../../contract/evaluation.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { readRunDocument } from '../runs/runFolder.ts';
import { weightsOfRun } from '../runs/weightsOfRun.ts';
import { problemOfEnd, type RunningTask } from '../training/engineClient.ts';
import type { HostServices } from './createHost.ts';

/** Progress comes at most this often. */
const MILLISECONDS = 100;

/** Answers requests about what a trained network gets right and wrong. */
export function createEvaluationHandlers({
  workspace,
  engine,
  emit,
}: Pick<HostServices, 'workspace' | 'engine' | 'emit'>): Pick<Handlers, keyof typeof evaluationCalls> {
  const running = new Map<string, Set<RunningTask>>();
  return {
    'run/evaluate': ({ run, part }) =>
      answerOf(async () => {
        const folder = await workspace.resolve(`runs/${run}`);
        const document = await readRunDocument(folder);
        let told = 0;
        const task = engine.evaluate(
          { document, part, weights: weightsOfRun(folder, 'best') },
          {
            onNews(news) {
              if (news.kind !== 'evaluating' || performance.now() - told < MILLISECONDS) return;
              told = performance.now();
              emit({ event: 'evaluation', payload: { run, part, done: news.done, total: news.total } });
            },
          },
        );
        const key = `${run} ${part}`;
        const tasks = running.get(key) ?? new Set();
        running.set(key, tasks.add(task));
        const end = await task.end;
        tasks.delete(task);
        if (tasks.size === 0) running.delete(key);
        if (end.kind !== 'done') throw new HostFailure(problemOfEnd(end));
        if (end.outcome.kind !== 'evaluated') throw new Error(`An evaluation ended as ${end.outcome.kind}`);
        return end.outcome.evaluation;
      }),
    'run/evaluate-stop': ({ run, part }) =>
      answerOf(() => {
        for (const task of running.get(`${run} ${part}`) ?? []) task.stop();
        return {};
      }),
  };
}
