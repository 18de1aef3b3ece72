import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { blockTemplate, networkOf, networkTemplate, type WrittenNode } from '../../../tests/support/networks.ts';
import type { EvaluatedOutput } from '../../contract/evaluation.ts';
import { GenerationOptions } from '../../contract/examination.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { classificationReport } from '../../graph-engine/evaluation/classificationReport.ts';
import { languageFigures } from '../../graph-engine/evaluation/languageFigures.ts';
import { segmentationReport } from '../../graph-engine/evaluation/segmentationReport.ts';
import { fromBase64 } from '../../graph-engine/probe/base64.ts';
import type { Executor } from '../executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../executors/tensorflowExecutor.ts';
import { withQueue } from '../executors/testing/withQueue.ts';
import { exportOnnxFile } from '../exports/exportOnnxFile.ts';
import type { PredictingEngine } from '../exports/predictByEngine.ts';
import { productRoot } from '../files/productRoot.ts';
import { encodeNpy } from '../probing/encodeNpy.ts';
import { sampleOf } from '../probing/sampleViews.ts';
import { writeRunData } from '../runs/runData.ts';
import { batchesOf, batchSource } from '../training/batches.ts';
import { predictDocument } from '../training/engineTasks.ts';
import { evaluateNetwork } from '../training/evaluateNetwork.ts';
import { prepareData } from '../training/prepareData.ts';
import { runOnnxFile } from '../verification/runOnnxFile.ts';
import { createExaminer, type Examiner } from './createExaminer.ts';
import { evaluateSet } from './evaluateSet.ts';
import type { ExamineTarget } from './examineMessages.ts';
import { requireLowered } from './trainedNetwork.ts';

/*
 * Small networks with their initial weights, on the native engine: what they say is as good a test as what trained ones do.
 * Figures are compared with those that the training's own graph sums up, predictions with the training's own columns.
 */
const root = path.join(productRoot, 'tests', 'fixtures', 'data');
const SEED = 3;
let executor: Executor;
let examiner: Examiner;
let folder: string;
vi.setConfig({ testTimeout: 180_000 });
beforeAll(async () => {
  executor = await openTensorflowExecutor();
  examiner = createExaminer(executor);
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-evaluation-'));
});
afterAll(async () => {
  await examiner.dispose();
  await executor.dispose();
  await rm(folder, { recursive: true });
});

function network(nodes: Readonly<Record<string, WrittenNode>>, training: object, blocks = {}): SkipwireDocument {
  return { ...networkOf(nodes, blocks), training: TrainingSettings.parse({ seed: SEED, ...training }) };
}

const image = { op: 'input', parameters: { height: 32, width: 32, channels: 3 } };
const masks = (last: WrittenNode, filters: number): SkipwireDocument =>
  network(
    {
      image,
      conv: { op: 'conv2d', parameters: { filters, kernel: 3 } },
      output: last,
    },
    { data: 'shape-masks', validationShare: 0.05 },
  );
const decoder = blockTemplate('transformer-encoder.json');
const CONTEXT = 16;
const writer = (causal = true): SkipwireDocument =>
  network(
    {
      tokens: { op: 'tokenInput', parameters: { length: CONTEXT, vocabulary: 96 } },
      words: { op: 'embedding', parameters: { features: 16 } },
      positions: { op: 'positionalEmbedding', parameters: { positions: CONTEXT } },
      decoder: { block: decoder.id, parameters: { features: 16, heads: 2, hidden: 32, causal } },
      scores: { op: 'dense', parameters: { units: 96 } },
      output: { op: 'nextTokenOutput' },
    },
    { data: 'licence-text', validationShare: 0.02 },
    decoder.blocks,
  );
const regression = network(
  {
    numbers: { op: 'featureInput', parameters: { size: 10 } },
    dense: { op: 'dense', parameters: { units: 1 } },
    output: { op: 'regressionOutput' },
  },
  { data: 'friedman', normalization: 'standardize' },
);

/** The first output, and what the graph of the training measures with the same weights on the same part. */
async function bothWays(document: SkipwireDocument) {
  const lowered = requireLowered(document);
  const { outputs } = await evaluateSet(executor, { document, weights: { seed: SEED }, part: 'validation' });
  const data = await prepareData(lowered, document.training);
  const compiled = await executor.compile(lowered.program, { seed: SEED, selfCheck: false });
  const measured = await evaluateNetwork(lowered, compiled, batchSource(data, document.training).validation());
  await compiled.dispose();
  if (outputs[0] === undefined || measured === undefined) throw new Error('Nothing was measured');
  return { output: outputs[0], measures: measured.measures, loss: measured.loss };
}

function of<Kind extends EvaluatedOutput['kind']>(output: EvaluatedOutput, kind: Kind) {
  if (output.kind !== kind) throw new Error(`It is ${output.kind}`);
  return output as Extract<EvaluatedOutput, { kind: Kind }>;
}

/** Single precision of the graph's sums against double precision here. */
const near = (found: number | null | undefined, expected: number | undefined): void =>
  expect(found).toBeCloseTo(expected ?? NaN, 4);

test('batches that are sent ahead of their results are measured as those that are waited for', async () => {
  const lowered = requireLowered(regression);
  const { columns, split } = await prepareData(lowered, regression.training);
  const compiled = await executor.compile(lowered.program, { seed: SEED, selfCheck: false });
  const batches = () => batchesOf(columns, split.validation, 8);
  const waited = await evaluateNetwork(lowered, compiled, batches());
  const { queued, seen } = withQueue(compiled);
  expect(await evaluateNetwork(lowered, queued, batches())).toEqual(waited);
  expect(waited?.loss).toBeGreaterThan(0);
  expect(seen.most).toBeGreaterThan(1);

  let sent = 0;
  expect(await evaluateNetwork(lowered, queued, batches(), () => ++sent > 2)).toBeUndefined();
  const failing = { ...compiled, run: () => Promise.reject(new Error('it broke')) };
  await expect(evaluateNetwork(lowered, withQueue(failing).queued, batches())).rejects.toThrow('it broke');
  await compiled.dispose();
});

test('masks overlap as the training measures, in all and sample by sample', async () => {
  const { output, measures } = await bothWays(masks({ op: 'segmentationOutput' }, 5));
  const own = of(output, 'mask');
  const report = segmentationReport(own.confusion);
  near(report.meanIou, measures['meanIou']);
  near(report.meanDice, measures['dice']);
  near(report.pixelAccuracy, measures['pixelAccuracy']);
  expect(report.pixels).toBe(100 * 32 * 32);
  // Masks of one size: the share of right pixels is the mean over them.
  near(own.pixelAccuracy.reduce((sum, one) => sum + one, 0) / 100, measures['pixelAccuracy']);
});

test('yes or no for every pixel is a mask of two classes', async () => {
  const { output, measures } = await bothWays(masks({ op: 'binaryOutput' }, 1));
  const own = of(output, 'mask');
  const report = segmentationReport(own.confusion);
  expect(own.classes).toEqual(['background', 'shape']);
  near(report.pixelAccuracy, measures['accuracy']);
  near(report.classes[1]?.dice, measures['f1']);
});

test('a policy is right where no move is better', async () => {
  const { output, measures } = await bothWays({
    ...networkTemplate('rl-tower-small.json'),
    training: TrainingSettings.parse({ data: 'tic-tac-toe', seed: SEED, validationShare: 0.05 }),
  });
  near(classificationReport(9, of(output, 'class')).accuracy, measures['policy.accuracy']);
});

test('text is as surprising as the training measures', async () => {
  const { output, measures, loss } = await bothWays(writer());
  const own = of(output, 'tokens');
  const figures = languageFigures(own);
  expect(figures.perplexity / (measures['perplexity'] ?? NaN)).toBeCloseTo(1, 5);
  near(figures.tokenAccuracy, measures['tokenAccuracy']);
  near(own.losses.reduce((sum, one) => sum + one, 0) / own.losses.length, loss);
  // Every token is a character here.
  expect(figures.bitsPerCharacter).toBe(figures.bitsPerToken);
});

test('values err as the training measures', async () => {
  const { output, measures } = await bothWays(regression);
  const own = of(output, 'values');
  near(own.figures[0]?.meanAbsoluteError, measures['meanAbsoluteError']);
  near(own.figures[0]?.rSquared, measures['rSquared']);
  expect(own.points.truth[0]).toHaveLength(own.samples.length);
  expect(own.names).toEqual(['y']);
});

test('an evaluation stops when it is asked to, and says where there is nothing to look at', async () => {
  const order = { document: regression, weights: { seed: SEED } };
  const stop = evaluateSet(executor, { ...order, part: 'train' }, { goesOn: () => false });
  await expect(stop).rejects.toMatchObject({ problem: { code: 'evaluation/stopped' } });
  const none = evaluateSet(executor, { ...order, part: 'test' });
  await expect(none).rejects.toMatchObject({ problem: { code: 'evaluation/no-samples' } });
  const gone = { ...regression, training: { ...regression.training, data: './gone.csv' } };
  const missing = evaluateSet(executor, { ...order, document: gone, part: 'validation' });
  await expect(missing).rejects.toMatchObject({ problem: { code: 'data/missing' } });
});

const targetOf = (document: SkipwireDocument, runFolder = folder): ExamineTarget => ({
  document,
  runFolder,
  weights: { seed: SEED },
  key: `${runFolder} ${JSON.stringify(document)}`,
});

test('masks are examined with what is true and where they lie on their image', async () => {
  const document = masks({ op: 'segmentationOutput' }, 5);
  const order = { kind: 'examine/samples', target: targetOf(document), output: 'output', samples: [7] } as const;
  const answer = await examiner.answer(order);
  const [sample] = answer.kind === 'samples' ? answer.samples : [];
  if (sample?.kind !== 'mask') throw new Error('It is no mask');
  const lowered = requireLowered(document);
  const data = await prepareData(lowered, document.training);
  const targets = data.columns.find(({ dtype }) => dtype === 'int32');
  expect([...fromBase64(sample.truth.pixels)]).toEqual([...(targets === undefined ? [] : sampleOf(targets, 7))]);
  expect(sample.cover).toEqual({ left: 0, top: 0, width: 1, height: 1 });
  await expect(examiner.answer({ ...order, samples: [5000] })).rejects.toMatchObject({
    problem: { code: 'evaluation/no-such-sample' },
  });
});

const written = (changes: object = {}): GenerationOptions =>
  GenerationOptions.parse({ prompt: 'The ', length: 24, ...changes });

async function write(options: GenerationOptions, document = writer()) {
  const pieces: string[] = [];
  const listeners = { onPiece: ({ text }: { text: string }) => void pieces.push(text) };
  const answer = await examiner.answer({ kind: 'examine/generate', target: targetOf(document), options }, listeners);
  if (answer.kind !== 'text') throw new Error('It is no text');
  expect(pieces.join('')).toBe(answer.text.pieces.map(({ text }) => text).join(''));
  return answer.text;
}

test('greedy text is the one that onnxruntime finds likeliest, token by token, also beyond the window', async () => {
  const document = writer();
  const text = await write(written({ temperature: 0 }));
  const file = path.join(folder, 'writer.onnx');
  const predict: PredictingEngine['predict'] = async (order) => ({
    ok: true,
    value: await predictDocument(executor, { kind: 'predict', ...order }),
  });
  await exportOnnxFile({ document, runFolder: null, file, overwrite: false }, { engine: { predict } });
  const vocabulary = ['\n', ...Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))];
  const all = ['T', 'h', 'e', ' ', ...text.pieces.map((piece) => piece.text)].map((one) => vocabulary.indexOf(one));
  const windows = text.pieces.map((_, place) => {
    const seen = all.slice(0, 4 + place).slice(-CONTEXT);
    return { last: seen.length - 1, tokens: [...seen, ...new Array<number>(CONTEXT - seen.length).fill(0)] };
  });
  const tokens = { dims: [windows.length, CONTEXT], data: Int32Array.from(windows.flatMap((one) => one.tokens)) };
  const answer = await runOnnxFile({ file, batches: [{ tokens }], outputs: ['probabilities'] });
  if (!answer.ok) throw new Error(answer.reason);
  const chances = answer.batches[0]?.['probabilities']?.data ?? [];
  windows.forEach(({ last }, place) => {
    const own = Array.from({ length: 96 }, (_, token) => chances[(place * CONTEXT + last) * 96 + token] ?? 0);
    const chosen = own[all[4 + place] ?? -1];
    // Two engines add in other orders: single precision, over some hundred terms.
    expect(chosen).toBeCloseTo(Math.max(...own), 5);
    expect(text.pieces[place]?.probability).toBeCloseTo(chosen ?? NaN, 5);
  });
  expect(text.notices).toEqual([expect.stringContaining(`sees ${CONTEXT} tokens at a time`)]);
});

test('the same seed writes the same text, another one another; it stops when it is asked to', async () => {
  const [one, again, other] = [await write(written()), await write(written()), await write(written({ seed: 2 }))];
  expect(again).toEqual(one);
  expect(other.pieces).not.toEqual(one.pieces);
  let asked = 0;
  const order = { kind: 'examine/generate', target: targetOf(writer()), options: written() } as const;
  const stopped = await examiner.answer(order, { goesOn: () => asked++ < 5 });
  expect(stopped).toMatchObject({ text: { stopped: true, pieces: one.pieces.slice(0, 5) } });
});

test('what the vocabulary does not have is told, and so is a network that looks ahead', async () => {
  const text = await write(written({ prompt: 'Café\r\n', length: 2 }));
  expect(text).toMatchObject({ promptTokens: 4, unknown: [{ text: 'é', count: 1 }] });
  const ahead = await write(written({ length: 2 }), writer(false));
  expect(ahead.notices.join(' ')).toMatch(/also sees what comes after/);
  expect(text.notices.join(' ')).not.toMatch(/also sees/);
});

/** A run folder for a network on the fixtures: what a training writes of its data. */
async function runOn(nodes: Readonly<Record<string, WrittenNode>>, training: object) {
  const document = network(nodes, training);
  const lowered = requireLowered(document);
  const data = await prepareData(lowered, document.training, { root });
  const runFolder = await mkdtemp(path.join(folder, 'run-'));
  await writeRunData(runFolder, data, lowered.inputs);
  const target = targetOf(document, runFolder);
  const predict = async (name: string, absolute = path.join(root, name)) => {
    const answer = await examiner.answer({
      kind: 'examine/file',
      target,
      file: { absolute, name: path.basename(name) },
    });
    if (answer.kind !== 'file') throw new Error('It is no prediction');
    return answer.prediction;
  };
  /** What the network says of a sample of the training data. */
  const expected = async (sample: number, output: string) => {
    const inputs = Object.fromEntries(
      lowered.inputs.flatMap(({ path: input, feed }) => {
        const column = data.columns.find((one) => one.feed === feed);
        return column === undefined ? [] : [[input, sampleOf(column, sample)]];
      }),
    );
    const order = { kind: 'predict', document, weights: { seed: SEED }, inputs, samples: 1 } as const;
    return [...((await predictDocument(executor, order))['output']?.[output] ?? [])];
  };
  return { predict, expected };
}

const classes = (height: number, channels: number, units: number): Readonly<Record<string, WrittenNode>> => ({
  image: { op: 'input', parameters: { height, width: height, channels } },
  conv: { op: 'conv2d', parameters: { filters: 4, kernel: 3 } },
  flatten: { op: 'flatten' },
  dense: { op: 'dense', parameters: { units } },
  output: { op: 'classificationOutput' },
});

test('an image file gets the size, colours and normalization of the run, and its very probabilities', async () => {
  const run = await runOn(classes(6, 1, 3), { data: './pictures', normalization: 'standardize' });
  const prediction = await run.predict('pictures/train/Ant/0.png');
  const [part] = prediction.samples[0]?.outputs ?? [];
  if (part?.kind !== 'class') throw new Error('It is no class');
  const wanted = await run.expected(0, 'probabilities');
  const found = new Map(part.top.map(({ name, probability }) => [name, probability]));
  ['Ant', 'cat', 'dog'].forEach((name, index) => expect(found.get(name)).toBeCloseTo(wanted[index] ?? NaN, 6));
  expect(prediction.steps.join(' ')).toMatch(/resized .* to 6×6 .*grey|grey.*6×6/i);
  expect(prediction.steps.join(' ')).toMatch(/Normalized with the mean and deviation of the training data/);
  const photo = await run.predict('formats/photo.jpg');
  expect(photo.steps[0]).toMatch(/^Resized from \d+×\d+ to \d+×\d+/);
});

test('a file that a network does not take is told with what it takes', async () => {
  const run = await runOn(classes(6, 1, 3), { data: './pictures' });
  await expect(run.predict('table.csv')).rejects.toMatchObject({
    problem: {
      code: 'own-file/wrong-kind',
      expected: expect.stringMatching(/an image \(PNG/) as string,
      received: 'a table',
    },
  });
  const damaged = path.join(folder, 'damaged.png');
  await writeFile(damaged, (await readFile(path.join(root, 'formats/colour.png'))).subarray(0, 60));
  await expect(run.predict('damaged.png', damaged)).rejects.toMatchObject({ problem: { code: 'own-file/unreadable' } });
  await expect(run.predict('arrays/x.npy')).rejects.toMatchObject({ problem: { code: 'own-file/array' } });
});

test('an array of bytes or of numbers is read as those of the training, and another shape is told', async () => {
  const pictures = await runOn(
    { ...classes(5, 3, 3), image: { op: 'input', parameters: { height: 5, width: 4, channels: 3 } } },
    { data: './arrays' },
  );
  const prediction = await pictures.predict('arrays/x.npy');
  expect(prediction.received).toBe('an array of 6×5×4×3 of uint8');
  const [part] = prediction.samples[2]?.outputs ?? [];
  const wanted = await pictures.expected(2, 'probabilities');
  expect(part?.kind === 'class' && part.top[0]?.probability).toBeCloseTo(Math.max(...wanted), 6);

  const values = await runOn(
    {
      numbers: { op: 'featureInput', parameters: { size: 4 } },
      dense: { op: 'dense', parameters: { units: 2 } },
      output: { op: 'regressionOutput' },
    },
    { data: './halves', normalization: 'standardize' },
  );
  const single = path.join(folder, 'single.npy');
  await writeFile(single, encodeNpy(Float32Array.of(1, 2, 3, 4), [4]));
  expect((await values.predict('single.npy', single)).samples).toHaveLength(1);
  const rows = (await values.predict('halves/x.npy')).samples;
  expect(rows).toHaveLength(7);
  const last = rows[6]?.outputs[0];
  const expected = await values.expected(6, 'values');
  expect(last?.kind === 'values' && last.values.map(({ value }) => value)).toEqual(expected);
  await expect(values.predict('arrays/x.npy')).rejects.toMatchObject({
    problem: {
      code: 'own-file/array',
      expected: 'an array of 4, or of samples×4',
      received: expect.stringContaining('6×5×4×3') as string,
    },
  });
});

test('rows of a table get the categories and fillings of the run, and say what is true', async () => {
  const run = await runOn(
    {
      numbers: { op: 'featureInput', parameters: { size: 5 } },
      dense: { op: 'dense', parameters: { units: 1 } },
      output: { op: 'regressionOutput' },
    },
    { data: './table.csv', normalization: 'standardize' },
  );
  const prediction = await run.predict('table.csv');
  expect(prediction.steps.join(' ')).toMatch(/categories|category of colour/);
  expect(prediction.steps.join(' ')).toMatch(/3 cells without a value were filled/);
  for (const [row, { outputs }] of prediction.samples.entries()) {
    const [expected] = await run.expected(row, 'values');
    expect(outputs[0]?.kind === 'values' && outputs[0].values[0]?.value).toBeCloseTo(expected ?? NaN, 5);
  }
  expect(prediction.samples[5]?.outputs).toMatchObject([{ values: [{ name: 'price', truth: -0.8 }] }]);

  // Other columns in another order, without the target.
  const own = path.join(folder, 'own.csv');
  await writeFile(own, 'weight;size, cm;colour\n10;1.5;red\n');
  const reordered = await run.predict('own.csv', own);
  const value = (one: typeof prediction) =>
    one.samples[0]?.outputs[0]?.kind === 'values' ? one.samples[0].outputs[0].values[0]?.value : NaN;
  expect(value(reordered)).toBeCloseTo(value(prediction) ?? NaN, 6);
  await writeFile(own, 'weight,colour\n10,red\n');
  await expect(run.predict('own.csv', own)).rejects.toMatchObject({
    problem: { message: expect.stringContaining('no column "size, cm"') as string },
  });
  await writeFile(own, 'weight;size, cm;colour\n10;1.5;violet\n');
  await expect(run.predict('own.csv', own)).rejects.toMatchObject({
    problem: { code: 'own-file/cell', expected: 'one of blue, green, red', received: 'violet' },
  });
});

test('a text is measured, and what comes next is said', async () => {
  const file = path.join(folder, 'own.txt');
  await writeFile(file, 'This License applies to any manual.');
  const answer = await examiner.answer({
    kind: 'examine/file',
    target: targetOf(writer()),
    file: { absolute: file, name: 'own.txt' },
  });
  const prediction = answer.kind === 'file' ? answer.prediction : undefined;
  const [part] = prediction?.samples[0]?.outputs ?? [];
  if (part?.kind !== 'tokens') throw new Error('It is no text');
  expect(part.next).toHaveLength(5);
  expect(part.tokens).toBe(35);
  // An untrained network takes 96 tokens for about equally likely.
  expect(part.perplexity).toBeGreaterThan(60);
  const written = await write(GenerationOptions.parse({ prompt: 'This License applies to any manual.', length: 120 }));
  // On a busy machine its time may be up before all of it is written.
  const continued = prediction?.continuation ?? [];
  expect(continued.length).toBeGreaterThan(0);
  expect(continued).toEqual(written.pieces.slice(0, continued.length));
  await writeFile(file, Uint8Array.of(0xff, 0xfe, 0x41));
  const order = {
    kind: 'examine/file',
    target: targetOf(writer()),
    file: { absolute: file, name: 'own.txt' },
  } as const;
  await expect(examiner.answer(order)).rejects.toMatchObject({ problem: { code: 'own-file/no-text' } });
});
