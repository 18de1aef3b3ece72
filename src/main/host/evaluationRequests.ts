import type { Handlers } from '../../contract/contract.ts';
import type { evaluationCalls } from '../../contract/evaluation.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { readRun } from '../runs/runFolder.ts';
import { weightsOfRun } from '../runs/weightsOfRun.ts';
import type { HostServices } from './createHost.ts';

/** Answers requests about what a trained network gets right and wrong. */
export function createEvaluationHandlers({
  workspace,
  engine,
}: Pick<HostServices, 'workspace' | 'engine'>): Pick<Handlers, keyof typeof evaluationCalls> {
  return {
    'run/classify': ({ run, part }) =>
      answerOf(async () => {
        const folder = await workspace.resolve(`runs/${run}`);
        const { document } = await readRun(folder);
        const answer = await engine.classify({ document, part, weights: weightsOfRun(folder, 'best') });
        if (!answer.ok) throw new HostFailure(answer.problem);
        return {
          outputs: answer.value.map(({ path, classes, samples, truth, predicted, confidence, likelihood }) => ({
            path,
            classes: [...classes],
            samples: [...samples],
            truth: [...truth],
            predicted: [...predicted],
            confidence: [...confidence],
            likelihood: [...likelihood],
          })),
        };
      }),
  };
}
