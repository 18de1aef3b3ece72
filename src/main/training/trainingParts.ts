import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { TrainingPart } from './trainingPart.ts';

/** What parts may be made from. */
export interface PartContext {
  readonly lowered: LoweredDocument;
  readonly settings: TrainingSettings;
  /** Tells the user something, once. */
  readonly notice: (text: string) => void;
}

/** The parts of a training, in the order in which they are asked. A new one is one line here. */
export function createTrainingParts(_context: PartContext): readonly TrainingPart[] {
  return [];
}
