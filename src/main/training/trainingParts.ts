import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { createDivergencePart, type DivergenceOrder } from './divergencePart.ts';
import { earlyStoppingPart } from './earlyStoppingPart.ts';
import { heapPart } from './heapPart.ts';
import { createJudge } from './judge.ts';
import { plateauPart } from './plateauPart.ts';
import { createStatisticsPart } from './statisticsPart.ts';
import type { TrainingPart } from './trainingPart.ts';

/** What parts may be made from. */
export interface PartContext {
  readonly lowered: LoweredDocument;
  readonly settings: TrainingSettings;
  /** Folder for statistics of the nodes, where they are kept. */
  readonly statisticsFolder?: string | undefined;
  /** What it takes to look for the cause of a divergence. */
  readonly replay?: Pick<DivergenceOrder, 'executor' | 'folder' | 'openBatches' | 'checkpointsWritten'>;
  /** Tells the user something, once. */
  readonly notice: (text: string) => void;
}

/** The parts of a training, in the order in which they are asked. A new one is one line here. */
export function createTrainingParts(context: PartContext): readonly TrainingPart[] {
  const { lowered, settings, statisticsFolder: folder, replay, notice } = context;
  const { statistics } = lowered;
  const judge = createJudge(lowered, settings);
  return [
    plateauPart(settings, judge),
    earlyStoppingPart(settings, judge, notice),
    heapPart(),
    ...(statistics !== undefined && folder !== undefined
      ? [createStatisticsPart({ statistics, settings, folder, notice })]
      : []),
    ...(replay === undefined ? [] : [createDivergencePart({ ...replay, lowered, settings, notice })]),
  ];
}
