import { expect, test } from 'vitest';
import type { ClassifiedOutput } from '../../contract/evaluation.ts';
import { placesInCell, surestMistakes, worstPlaces } from './orderSamples.ts';

const output: ClassifiedOutput = {
  kind: 'class',
  path: 'output',
  classes: ['cat', 'dog', 'owl'],
  samples: [10, 11, 12, 13, 14],
  truth: [0, 0, 0, 1, 2],
  predicted: [1, 0, 1, 1, 0],
  confidence: [0.6, 0.9, 0.8, 0.7, 0.5],
  likelihood: [0.3, 0.9, 0.1, 0.7, 0.2],
};

test('a cell lists its samples, the surest first', () => {
  expect(placesInCell(output, { truth: 0, predicted: 1 })).toEqual([2, 0]);
  expect(placesInCell(output, { truth: 2, predicted: 2 })).toEqual([]);
});

test('the worst are those of which the truth seemed least likely', () => {
  expect(worstPlaces(output, 3)).toEqual([2, 4, 0]);
});

test('mistakes come with the surest first', () => {
  expect(surestMistakes(output, 9)).toEqual([2, 0, 4]);
});
