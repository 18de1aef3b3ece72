import type { TargetType } from '../core/objective.ts';
import {
  describeShape,
  elementCount,
  formatShape,
  isImage,
  isSequence,
  sizeOf,
  type TensorType,
} from '../core/shape.ts';
import type { DataInput, DataSetDescription, DataTarget } from './dataDescription.ts';

/** What a network takes in and learns from. */
export interface NetworkEnds {
  readonly inputs: readonly NetworkInput[];
  /** Only outputs that learn. */
  readonly outputs: readonly NetworkOutput[];
}

export interface NetworkInput {
  readonly path: string;
  readonly type: TensorType;
}

export interface NetworkOutput {
  readonly path: string;
  readonly target: TargetType;
}

/** Which of a data set's inputs and targets each end of the network gets, by path. */
export interface DataMatch {
  readonly inputs: ReadonlyMap<string, DataInput>;
  /** An image here is to be given back, as an autoencoder does. */
  readonly targets: ReadonlyMap<string, DataTarget | (DataInput & { kind: 'image' })>;
}

/** Why a network cannot learn from a data set, in words. */
export interface DataMisfit {
  readonly code: string;
  readonly message: string;
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

export type MatchResult =
  { readonly ok: true; readonly value: DataMatch } | { readonly ok: false; readonly error: DataMisfit };

/**
 * Ties the ends of a network to what a data set has: what has the end's name if there is such a thing, else the first that
 * fits and is not taken yet, else the first that fits. Unknown sizes fit.
 */
export function matchData(data: DataSetDescription, network: NetworkEnds): MatchResult {
  if (network.outputs.length === 0) return { ok: false, error: nothingToLearn() };
  const inputs = new Map<string, DataInput>();
  for (const end of network.inputs) {
    const fitting = data.inputs.filter((input) => inputFits(input, end));
    const chosen = choose(fitting, end.path, inputs.values());
    if (chosen === undefined) return { ok: false, error: inputMisfit(data, end) };
    inputs.set(end.path, chosen);
  }
  const targets = new Map<string, DataTarget | (DataInput & { kind: 'image' })>();
  const images = data.inputs.filter((input) => input.kind === 'image');
  for (const end of network.outputs) {
    const fitting = [...data.targets.filter((target) => targetFits(target, end.target)), ...copies(images, end.target)];
    const chosen = choose(fitting, end.path, targets.values());
    if (chosen === undefined) return { ok: false, error: targetMisfit(data, end) };
    targets.set(end.path, chosen);
  }
  return { ok: true, value: { inputs, targets } };
}

/** How many samples a data set has for a network: of a text, the windows that do not overlap. */
export function sampleCount(data: DataSetDescription, network: Pick<NetworkEnds, 'inputs'>): number {
  const text = data.inputs.find((input) => input.kind === 'text');
  if (text === undefined) return data.samples;
  const lengths = network.inputs.map(({ type }) => sizeOf(type, 'sequence'));
  const window = lengths.find((length) => typeof length === 'number');
  // The last position of the last window still needs a next token.
  return window === undefined || window === null ? data.samples : Math.floor((text.length - 1) / window);
}

function choose<T extends { readonly name: string }>(
  fitting: readonly T[],
  path: string,
  taken: Iterable<T>,
): T | undefined {
  const used = new Set(taken);
  return fitting.find(({ name }) => name === path) ?? fitting.find((one) => !used.has(one)) ?? fitting[0];
}

const agrees = (wanted: number | null | undefined, has: number): boolean =>
  wanted === null || wanted === undefined || wanted === has;

function inputFits(input: DataInput, { type }: NetworkInput): boolean {
  switch (input.kind) {
    case 'image': {
      if (type.dtype !== 'float32') return false;
      if (!isImage(type)) {
        return isSequence(type) || agrees(elementCount(type), input.height * input.width * input.channels);
      }
      const channels = sizeOf(type, 'channels') ?? input.channels;
      return channels === input.channels || input.channels === 1 || (input.channels === 3 && channels === 1);
    }
    case 'text':
      return type.dtype === 'int32' && (type.vocabulary ?? Infinity) >= input.vocabulary.length;
    case 'features':
      return type.dtype === 'float32' && type.axes.length === 1 && agrees(elementCount(type), input.names.length);
  }
}

function targetFits(data: DataTarget, { kind, type, choices }: TargetType): boolean {
  switch (data.kind) {
    case 'class': {
      const { length } = data.classes;
      if (kind === 'class') return agrees(choices, length);
      // One question a class, or one for two classes.
      if (kind === 'flags')
        return type.axes.length === 1 && (agrees(elementCount(type), length) || yesOrNo(type, length));
      return kind === 'probabilities' && agrees(elementCount(type), length);
    }
    case 'mask':
      return kind === 'mask'
        ? agrees(choices, data.classes.length)
        : kind === 'flags' && isMask(type, data.classes.length);
    case 'next-token':
      return kind === 'tokens' && (choices === null || choices >= data.vocabulary.length);
    case 'values':
      return kind === 'values' && type.axes.length === 1 && agrees(elementCount(type), data.names.length);
    case 'probabilities':
      return kind === 'probabilities' && agrees(elementCount(type), data.choices.length);
  }
}

function yesOrNo(type: TensorType, classes: number): boolean {
  return classes === 2 && elementCount(type) === 1;
}

/** Whether yes or no for every pixel says what a mask of two classes does. */
function isMask(type: TensorType, classes: number): boolean {
  return classes === 2 && isImage(type) && sizeOf(type, 'channels') === 1;
}

/** The images that an output of numbers could learn to give back. */
function copies(
  images: readonly (DataInput & { kind: 'image' })[],
  { kind, type }: TargetType,
): readonly (DataInput & { kind: 'image' })[] {
  return kind === 'values' && isImage(type) ? images.filter((image) => inputFits(image, { path: '', type })) : [];
}

function nothingToLearn(): DataMisfit {
  return {
    code: 'document/no-loss',
    message: 'No output of this network has a loss, so there is nothing it could learn.',
    expected: 'an output such as Classification, Regression or Segmentation',
    received: 'Feature outputs only',
    remedy: 'Add an output that learns, or export the network as it is.',
  };
}

function inputMisfit(data: DataSetDescription, { path, type }: NetworkInput): DataMisfit {
  const few = data.inputs.find((input) => input.kind === 'text' && type.dtype === 'int32');
  if (few?.kind === 'text') {
    return {
      code: 'data/vocabulary',
      message: `"${data.title}" has ${few.vocabulary.length} different tokens, but the network's input "${path}" knows ${type.vocabulary ?? 0}.`,
      expected: `a vocabulary of ${few.vocabulary.length} or more`,
      received: String(type.vocabulary),
      remedy: `Give the Token input a vocabulary of ${few.vocabulary.length}, or choose other data.`,
    };
  }
  return {
    code: 'data/misfit',
    message: `"${data.title}" has ${listed(data.inputs.map(describeInput))}, which cannot be fitted to the network's input "${path}".`,
    expected: listed(data.inputs.map(expectedInput)),
    received: describeShape(type) || formatShape(type),
    remedy: 'Change the Input node, or choose other data.',
  };
}

function targetMisfit(data: DataSetDescription, { path, target }: NetworkOutput): DataMisfit {
  const classes = data.targets.find((one) => one.kind === target.kind);
  if (classes !== undefined && 'classes' in classes) {
    const { length } = classes.classes;
    return {
      code: 'data/classes-mismatch',
      message: `"${data.title}" has ${length} classes, but the network's output "${path}" has ${target.choices ?? 'an unknown number of'}.`,
      expected: `${length} classes`,
      received: `${target.choices ?? '?'} classes`,
      remedy:
        target.kind === 'mask'
          ? `Give the last convolution ${length} filters, or choose other data.`
          : `Give the last Dense node ${length} units, or choose other data.`,
    };
  }
  const wanted = describeTarget(target);
  return {
    code: 'data/target-misfit',
    message: `The network's output "${path}" learns from ${wanted}, but "${data.title}" has ${listed(data.targets.map(describeDataTarget))}.`,
    expected: wanted,
    received: listed(data.targets.map(describeDataTarget)),
    remedy: 'Choose data that have what the output learns from, or another kind of output.',
  };
}

function expectedInput(input: DataInput): string {
  switch (input.kind) {
    case 'image':
      return `an input such as ${input.height}×${input.width}×${input.channels}`;
    case 'text':
      return 'an input of tokens';
    case 'features':
      return `an input of ${input.names.length} numbers`;
  }
}

function describeInput(input: DataInput): string {
  switch (input.kind) {
    case 'image':
      return `images of ${input.height}×${input.width}×${input.channels}`;
    case 'text':
      return 'text';
    case 'features':
      return `${input.names.length} numbers a sample`;
  }
}

/** What a data set teaches, in words. */
export function describeDataTarget(target: DataTarget): string {
  switch (target.kind) {
    case 'class':
      return `one of ${target.classes.length} classes`;
    case 'mask':
      return `masks of ${target.classes.length} classes`;
    case 'next-token':
      return 'the next token';
    case 'values':
      return target.names.length === 1 ? 'one value' : `${target.names.length} values`;
    case 'probabilities':
      return `probabilities of ${target.choices.length} choices`;
  }
}

function describeTarget({ kind, type, choices }: TargetType): string {
  switch (kind) {
    case 'class':
      return `one of ${choices ?? '?'} classes`;
    case 'mask':
      return `masks of ${choices ?? '?'} classes`;
    case 'tokens':
      return `the next of ${choices ?? '?'} tokens`;
    case 'values':
      return `values of ${describeShape(type)}`;
    case 'flags':
      return `yes or no for ${describeShape(type)}`;
    case 'probabilities':
      return `probabilities of ${formatShape(type)} choices`;
  }
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? 'nothing') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
