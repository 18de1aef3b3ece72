import { GenerationOptions, type FilePrediction, type PredictedPart } from '../../contract/examination.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { isImage } from '../../graph-engine/core/shape.ts';
import { languageFigures } from '../../graph-engine/evaluation/languageFigures.ts';
import { softmax } from '../../graph-engine/evaluation/nextToken.ts';
import type { LoweredOutput } from '../../graph-engine/lower/lowerDocument.ts';
import { toBase64 } from '../../graph-engine/probe/base64.ts';
import type { DataInput } from '../../graph-engine/training/dataDescription.ts';
import type { NamedTensors, TensorData } from '../executors/compiledProgram.ts';
import { inputColumn } from '../datasets/feedColumns.ts';
import { imagePicture, pictureOfSample, sampleOf } from '../probing/sampleViews.ts';
import { argMax, type TargetData } from './outputTally.ts';
import { maskCover, imageSizeOf } from './maskCover.ts';
import { readOwnArray } from './ownFile/ownArray.ts';
import { kindOfOwnFile, type OwnFile, type OwnSample, type OwnSamples } from './ownFile/ownFile.ts';
import { readOwnImage } from './ownFile/ownImage.ts';
import { readOwnTable } from './ownFile/ownTable.ts';
import { readOwnText } from './ownFile/ownText.ts';
import { languageModelOf } from './languageModel.ts';
import { generateText, windowOf } from './generateText.ts';
import { singleInputOf, type RunPreparation, type SingleInput } from './runPreparation.ts';
import { readMask } from './tallyMasks.ts';
import { surprise } from './tallyTokens.ts';
import { unknownInWords } from './tokenizer.ts';
import type { TrainedNetwork } from './trainedNetwork.ts';

/** Classes and tokens that are named, the likeliest first. */
const TOP = 5;
/** Pixels of a picture at its longer side. */
const SIDE = 256;
/** Tokens that a text is continued by, as many as are written in that time. */
const CONTINUED = 120;
const MILLISECONDS = 4000;

/** What a network says of a file, which goes in as its training data did. Throws a `HostFailure` when it cannot. */
export async function predictOwnFile(
  network: TrainedNetwork,
  run: RunPreparation,
  file: OwnFile,
): Promise<FilePrediction> {
  const input = singleInputOf(network, run);
  const kind = kindOfOwnFile(file, input.data, run);
  if (kind === 'text') return predictText(network, run, file);
  const own = await readSamples(kind, file, input.data, run);
  const numbers = joinedNumbers(own);
  const columns = input.inputs.map(({ feed, type, path }) => {
    const normalization = run.normalization.get(path);
    const data = {
      description: { ...run.description, title: file.name },
      inputs: run.description.inputs.map(() => numbers),
      targets: [],
    };
    const treatment = normalization === undefined ? {} : { normalization: { [feed]: normalization } };
    return { type, normalization, ...inputColumn(data, input.data, feed, type, treatment) };
  });
  const [shown] = columns;
  const fetches = network.lowered.outputs.flatMap(({ ports }) => Object.values(ports).map(({ fetch }) => fetch));
  const samples: FilePrediction['samples'] = [];
  for (const [index, sample] of own.samples.entries()) {
    const feeds = Object.fromEntries(columns.map(({ column }) => [column.feed, sampleOf(column, index)]));
    const answers = await network.predict(feeds, fetches);
    const truth = truthInWords(sample);
    samples.push({
      name: sample.name,
      picture:
        shown === undefined
          ? { kind: 'text', text: '' }
          : pictureOfSample({ column: shown.column, type: shown.type, data: input.data }, index, SIDE),
      ...(truth !== '' && { truth }),
      outputs: partsOf(network, input, answers, sample),
    });
  }
  return { file: file.name, received: own.received, steps: [...own.steps, ...treatments(columns)], samples };
}

function joinedNumbers({ samples }: OwnSamples): Float32Array {
  const size = samples[0]?.numbers.length ?? 0;
  const all = new Float32Array(samples.length * size);
  samples.forEach(({ numbers }, index) => all.set(numbers, index * size));
  return all;
}

function readSamples(
  kind: 'image' | 'table' | 'array',
  file: OwnFile,
  data: DataInput,
  run: RunPreparation,
): Promise<OwnSamples> {
  if (kind === 'image' && data.kind === 'image') return readOwnImage(file, data, run);
  if (kind === 'table' && data.kind === 'features') return readOwnTable(file, data, run);
  if (kind === 'array' && data.kind !== 'text') return readOwnArray(file, data, run);
  throw new Error(`A file of the kind ${kind} cannot be ${data.kind}`);
}

function treatments(
  columns: readonly {
    readonly notices: readonly string[];
    readonly normalization: { mean: readonly number[] } | undefined;
  }[],
): string[] {
  const normalized = columns.find(({ normalization }) => normalization !== undefined)?.normalization;
  return [
    ...new Set(columns.flatMap(({ notices }) => notices)),
    ...(normalized === undefined
      ? []
      : [`Normalized with the mean and deviation of the training data, for ${parts(normalized.mean.length)}.`]),
  ];
}

const parts = (count: number): string => (count === 1 ? 'all numbers alike' : `each of ${count} channels or features`);

function truthInWords({ truth }: OwnSample): string {
  return [...(truth ?? [])].map(([name, value]) => `${name} ${value}`).join(', ');
}

function partsOf(
  network: TrainedNetwork,
  { match, inputs }: SingleInput,
  answers: NamedTensors,
  sample: OwnSample,
): PredictedPart[] {
  const image = inputs[0] === undefined ? undefined : imageSizeOf(inputs[0].type);
  return network.lowered.outputs.flatMap((output) => {
    const data = match.targets.get(output.path);
    return data === undefined ? valuesOf(output, answers) : [partOf(output, data, answers, image, sample)];
  });
}

/** An output that has no loss gives numbers without names. */
function valuesOf({ path, ports }: LoweredOutput, answers: NamedTensors): PredictedPart[] {
  const numbers = answers[ports['features']?.fetch ?? ''];
  if (numbers === undefined) return [];
  const values = [...numbers.subarray(0, 64)].map((value, index) => ({ name: String(index), value }));
  return [{ kind: 'values', path, values }];
}

function partOf(
  { path, ports, objective }: LoweredOutput,
  data: TargetData,
  answers: NamedTensors,
  image: { readonly height: number; readonly width: number } | undefined,
  sample: OwnSample,
): PredictedPart {
  const numbers = (port: string): TensorData => answers[ports[port]?.fetch ?? ''] ?? new Float32Array();
  switch (data.kind) {
    case 'class':
      return classPart(path, numbers('probabilities'), data.classes, objective?.target.kind === 'flags');
    case 'probabilities':
      return classPart(path, numbers('probabilities'), data.choices, false);
    case 'mask': {
      const [height = 0, width = 0] = objective?.target.type.axes.map(({ size }) => size ?? 0) ?? [];
      const mask = new Uint8Array(height * width);
      const scores = numbers('logits');
      readMask(scores, 0, scores.length / mask.length, mask);
      const shares = data.classes.map((_, one) => mask.filter((told) => told === one).length / mask.length);
      return {
        kind: 'mask',
        path,
        classes: [...data.classes],
        mask: { width, height, pixels: toBase64(mask) },
        cover: maskCover(image ?? { height, width }, { height, width }),
        shares,
      };
    }
    case 'values': {
      const values = numbers('values');
      return {
        kind: 'values',
        path,
        values: data.names.map((name, index) => {
          const truth = sample.truth?.get(name);
          return { name, value: values[index] ?? 0, ...(typeof truth === 'number' && { truth }) };
        }),
      };
    }
    case 'image': {
      const type = ports['values']?.type;
      const values = numbers('values');
      if (type === undefined || !isImage(type) || !(values instanceof Float32Array)) throw new Error('It is no image');
      return { kind: 'image', path, picture: imagePicture(values, type, SIDE) };
    }
    case 'next-token':
      throw new Error('Text is predicted from text');
    default:
      return assertNever(data);
  }
}

function classPart(path: string, answer: TensorData, classes: readonly string[], flags: boolean): PredictedPart {
  // One question about two classes: whether it is the second.
  const single = flags && answer.length === 1 && classes.length === 2;
  const yes = answer[0] ?? 0;
  const probabilities = single ? [1 - yes, yes] : [...answer];
  const top = probabilities
    .map((probability, index) => ({ name: classes[index] ?? String(index), probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, TOP);
  return { kind: 'class', path, classes: classes.length, independent: flags && !single, top };
}

async function predictText(network: TrainedNetwork, run: RunPreparation, file: OwnFile): Promise<FilePrediction> {
  const { text, cut } = await readOwnText(file);
  const model = languageModelOf(network, run);
  const { context, tokenizer } = model;
  const tokenized = tokenizer.tokenize(text);
  const tokens = tokenized.tokens.length === 0 ? [0] : tokenized.tokens;
  const { window, position } = windowOf(tokens, context);
  const scores = await model.score(window, position);
  const chances = softmax(scores);
  const next = [...chances.keys()]
    .sort((a, b) => (chances[b] ?? 0) - (chances[a] ?? 0))
    .slice(0, TOP)
    .map((token) => ({ name: tokenizer.vocabulary[token] ?? '', probability: chances[token] ?? 0 }));
  const perplexity = await perplexityOf(model, tokens);
  const count = tokenized.tokens.length;
  const began = performance.now();
  const { pieces } = await generateText(model, GenerationOptions.parse({ prompt: text, length: CONTINUED }), {
    goesOn: () => performance.now() - began < MILLISECONDS,
  });
  return {
    file: file.name,
    received: `a text of ${text.length} characters`,
    steps: [
      ...(cut ? ['Only its end was read.'] : []),
      `It became ${count} ${count === 1 ? 'token' : 'tokens'}; the network sees ${context} at a time${count > context ? ', here the last' : ''}.`,
      ...unknownInWords(tokenized, tokenizer),
    ],
    samples: [
      {
        name: '',
        picture: { kind: 'text', text: text.slice(-240) },
        outputs: [
          { kind: 'tokens', path: model.path, next, tokens: count, ...(perplexity !== undefined && { perplexity }) },
        ],
      },
    ],
    text,
    continuation: pieces,
  };
}

/** Windows of a text that are asked for its perplexity, at most. */
const MOST_WINDOWS = 64;

/** Over the last windows of a text that lie side by side; `undefined` where there is no second token. */
async function perplexityOf(
  { context, scores }: ReturnType<typeof languageModelOf>,
  tokens: readonly number[],
): Promise<number | undefined> {
  const seen = tokens.slice(-(context * MOST_WINDOWS + 1));
  let [nats, count] = [0, 0];
  for (let start = 0; start + 1 < seen.length; start += context) {
    const own = seen.slice(start, start + context + 1);
    const { window } = windowOf(own.slice(0, context), context);
    const all = await scores(window);
    const choices = all.length / context;
    for (let at = 0; at + 1 < own.length; at++) {
      nats += surprise(all, at * choices, choices, argMax(all, at * choices, choices), own[at + 1] ?? 0);
      count++;
    }
  }
  return count === 0 ? undefined : languageFigures({ tokens: count, characters: count, nats, hits: 0 }).perplexity;
}
