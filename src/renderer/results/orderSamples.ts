import type { ClassifiedOutput } from '../../contract/evaluation.ts';
import type { Cell } from './resultsStore.ts';

/** Places in the columns of an output, not numbers of samples. */
export type Places = readonly number[];

/** The samples of one class that were taken for another, the surest first. */
export function placesInCell({ truth, predicted, confidence }: ClassifiedOutput, cell: Cell): Places {
  return [...truth.keys()]
    .filter((place) => truth[place] === cell.truth && predicted[place] === cell.predicted)
    .sort((a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0));
}

/** The samples of which the truth was least likely to the network. */
export function worstPlaces({ likelihood }: ClassifiedOutput, count: number): Places {
  return [...likelihood.keys()].sort((a, b) => (likelihood[a] ?? 0) - (likelihood[b] ?? 0)).slice(0, count);
}

/** The samples that were taken for something else with the most confidence. */
export function surestMistakes({ truth, predicted, confidence }: ClassifiedOutput, count: number): Places {
  return [...truth.keys()]
    .filter((place) => truth[place] !== predicted[place])
    .sort((a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0))
    .slice(0, count);
}
