import { expect, test } from 'vitest';
import { choiceTarget, numberTarget } from '../../graph-engine/core/objective.ts';
import { features, image, sequence } from '../../graph-engine/core/shape.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { NetworkEnds } from '../../graph-engine/training/matchData.ts';
import { dataFit, summarizeData } from './dataFit.ts';

const digits: DataSetDescription = {
  id: 'digits',
  title: 'Digits',
  description: '',
  inputs: [{ kind: 'image', name: 'image', height: 8, width: 8, channels: 1 }],
  targets: [{ kind: 'class', name: 'digit', classes: ['0', '1', '2'] }],
  samples: 1797,
  licence: '',
};

function network(input: NetworkEnds['inputs'][number]['type'], classes = 3): NetworkEnds {
  return {
    inputs: [{ path: 'input', type: input }],
    outputs: [{ path: 'output', target: choiceTarget('class', [], classes) }],
  };
}

test('what happens to images that do not fit is said', () => {
  expect(dataFit(digits, network(image(8, 8, 1)))).toEqual({ fits: true, note: null });
  expect(dataFit(digits, { inputs: [], outputs: [] })).toEqual({ fits: true, note: null });
  expect(dataFit(digits, network(image(32, 32, 3)))).toEqual({
    fits: true,
    note: 'Images are resized from 8×8 to 32×32 and repeated over 3 channels to fit your Input.',
  });
  const colour = { ...digits, inputs: [{ kind: 'image', name: 'image', height: 8, width: 8, channels: 3 } as const] };
  expect(dataFit(colour, network(image(8, 8, 1)))).toEqual({
    fits: true,
    note: 'Images are averaged to 1 channel to fit your Input.',
  });
  expect(dataFit(digits, network(sequence(8, 8)))).toEqual({
    fits: true,
    note: 'Images are read row by row to fit your Input.',
  });
});

test('another number of classes does not fit, and what would help is said', () => {
  const fit = dataFit(digits, network(image(8, 8, 1), 10));
  expect(fit).toMatchObject({ fits: false, remedy: 'Give the last Dense node 3 units, or choose other data.' });
});

test('classes cannot teach an output of values', () => {
  const ends = {
    ...network(image(8, 8, 1)),
    outputs: [{ path: 'value', target: numberTarget('values', features(1).axes) }],
  };
  const fit = dataFit(digits, ends);
  expect(fit.fits ? '' : fit.reason).toBe(
    'The network\'s output "value" learns from values of features 1, but "Digits" has one of 3 classes.',
  );
});

test('a data set is told in one line', () => {
  expect(summarizeData(digits)).toBe('1\u202f797 images of 8×8×1, one of 3 classes');
});
