import { describe, expect, test } from 'vitest';
import { choiceTarget, numberTarget, type TargetType } from '../core/objective.ts';
import { features, image, sequence, tokens, type TensorType } from '../core/shape.ts';
import type { DataSetDescription } from './dataDescription.ts';
import { matchData, sampleCount, type NetworkEnds } from './matchData.ts';

const classes = ['a', 'b', 'c'];
const common = { id: 'set', title: 'Set', description: '', samples: 100, licence: '' };
const pictures: DataSetDescription = {
  ...common,
  inputs: [{ kind: 'image', name: 'image', height: 8, width: 8, channels: 3 }],
  targets: [
    { kind: 'class', name: 'kind', classes },
    { kind: 'mask', name: 'mask', height: 8, width: 8, classes: ['ground', 'thing'] },
  ],
};
const text: DataSetDescription = {
  ...common,
  inputs: [{ kind: 'text', name: 'text', length: 1000, vocabulary: classes }],
  targets: [{ kind: 'next-token', name: 'next', vocabulary: classes }],
};
const game: DataSetDescription = {
  ...common,
  inputs: [{ kind: 'image', name: 'board', height: 3, width: 3, channels: 2 }],
  targets: [
    { kind: 'probabilities', name: 'policy', choices: classes },
    { kind: 'values', name: 'value', names: ['value'] },
  ],
};

function network(input: TensorType, outputs: Readonly<Record<string, TargetType>>): NetworkEnds {
  return {
    inputs: [{ path: 'input', type: input }],
    outputs: Object.entries(outputs).map(([path, target]) => ({ path, target })),
  };
}

/** Which target each output gets, or the code of the misfit. */
function targetsOf(data: DataSetDescription, ends: NetworkEnds): Record<string, string> | string {
  const match = matchData(data, ends);
  return match.ok
    ? Object.fromEntries([...match.value.targets].map(([path, { name }]) => [path, name]))
    : match.error.code;
}

const axesOf = (type: TensorType): TensorType['axes'] => type.axes;

describe('each output gets the targets it can learn from', () => {
  test.each<[string, DataSetDescription, NetworkEnds, Record<string, string> | string]>([
    ['a class', pictures, network(image(8, 8, 3), { output: choiceTarget('class', [], 3) }), { output: 'kind' }],
    [
      'a class for two outputs at once, as an auxiliary classifier has',
      pictures,
      network(image(8, 8, 3), { early: choiceTarget('class', [], 3), late: choiceTarget('class', [], 3) }),
      { early: 'kind', late: 'kind' },
    ],
    [
      'one question a class',
      pictures,
      network(image(8, 8, 3), { output: numberTarget('flags', axesOf(features(3))) }),
      { output: 'kind' },
    ],
    [
      'a mask',
      pictures,
      network(image(8, 8, 3), { output: choiceTarget('mask', axesOf(image(8, 8, 2)).slice(0, 2), 2) }),
      { output: 'mask' },
    ],
    [
      'yes or no for every pixel',
      pictures,
      network(image(8, 8, 1), { output: numberTarget('flags', axesOf(image(8, 8, 1))) }),
      { output: 'mask' },
    ],
    [
      'the image itself',
      pictures,
      network(image(8, 8, 3), { output: numberTarget('values', axesOf(image(8, 8, 3))) }),
      { output: 'image' },
    ],
    [
      'the next token of a vocabulary that is large enough',
      text,
      network(tokens(16, 96), { output: choiceTarget('tokens', axesOf(tokens(16)), 96) }),
      { output: 'next' },
    ],
    [
      'a policy and a value, whatever their order',
      game,
      network(image(3, 3, 2), {
        value: numberTarget('values', axesOf(features(1))),
        policy: numberTarget('probabilities', axesOf(features(3))),
      }),
      { value: 'value', policy: 'policy' },
    ],
    [
      'not: too many classes',
      pictures,
      network(image(8, 8, 3), { output: choiceTarget('class', [], 4) }),
      'data/classes-mismatch',
    ],
    [
      'not: values of a picture',
      pictures,
      network(image(8, 8, 3), { output: numberTarget('values', axesOf(features(1))) }),
      'data/target-misfit',
    ],
    [
      'not: a text of pictures',
      pictures,
      network(tokens(4, 10), { output: choiceTarget('class', [], 3) }),
      'data/misfit',
    ],
    [
      'not: a small vocabulary',
      text,
      network(tokens(4, 2), { output: choiceTarget('tokens', axesOf(tokens(4)), 3) }),
      'data/vocabulary',
    ],
    ['not: nothing that learns', pictures, network(image(8, 8, 3), {}), 'document/no-loss'],
  ])('%s', (_, data, ends, expected) => {
    expect(targetsOf(data, ends)).toEqual(expected);
  });
});

test('a signal is read from the rows of an image', () => {
  const ends = network(sequence(8, 24), { output: choiceTarget('class', [], 3) });
  expect(targetsOf(pictures, ends)).toEqual({ output: 'kind' });
});

test('what is named like the end of a network belongs to it', () => {
  const two: DataSetDescription = {
    ...common,
    inputs: [
      { kind: 'features', name: 'left', names: ['x', 'y'] },
      { kind: 'features', name: 'right', names: ['x', 'y'] },
    ],
    targets: [{ kind: 'values', name: 'distance', names: ['d'] }],
  };
  const ends: NetworkEnds = {
    inputs: [
      { path: 'right', type: features(2) },
      { path: 'left', type: features(2) },
    ],
    outputs: [{ path: 'output', target: numberTarget('values', axesOf(features(1))) }],
  };
  const match = matchData(two, ends);
  expect(match.ok && [...match.value.inputs].map(([path, { name }]) => [path, name])).toEqual([
    ['right', 'right'],
    ['left', 'left'],
  ]);
});

test('a text has as many samples as windows fit into it', () => {
  const ends = network(tokens(64, 96), {});
  // 15 windows and the token after the last one need 961 of the 1 000 characters; a sixteenth would need 1 025.
  expect(sampleCount(text, ends)).toBe(15);
  expect(sampleCount(pictures, network(image(8, 8, 3), {}))).toBe(100);
});
