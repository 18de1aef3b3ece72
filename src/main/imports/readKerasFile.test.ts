import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lowered, predictByInterpreter } from '../../../tests/support/networks.ts';
import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Graph } from '../../graph-engine/document/schema.ts';
import { readKerasFile } from './readKerasFile.ts';

const fixtures = path.join(import.meta.dirname, '../../../tests/fixtures/keras');
const told = (file: string): unknown => JSON.parse(readFileSync(path.join(fixtures, file), 'utf8'));
const answers = told('answers.json') as Readonly<
  Record<string, { readonly parameters: number; readonly outputs: Readonly<Record<string, readonly number[]>> }>
>;
const tfjs = told('tfjs/answers.json') as { readonly parameters: number; readonly output: readonly number[] };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skipwire-keras-'));
});
afterAll(() => rm(folder, { recursive: true }));

const drawn = (graph: Graph): string =>
  nodesOf(graph)
    .map(([, node]) => ('block' in node ? node.block : node.op))
    .join(' ');

/** The numbers that tests/oracles/kerasFiles.py and tfjsLayers.mjs feed. */
function fed(dims: readonly number[], { factor = 1, shift = 0 } = {}) {
  const count = dims.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: count }, (_, i) => ((((i * 7919) % 201) - 100) / 50) * factor + shift);
  return { dims, data };
}
const tokens = { dims: [2, 6], data: Int32Array.from({ length: 12 }, (_, i) => (i * 7919) % 11) };

interface Case {
  readonly files: readonly string[];
  readonly sample: ReturnType<typeof fed> | typeof tokens;
  readonly parameters: number;
  /** By fetch: what Keras has predicted. */
  readonly outputs: Readonly<Record<string, readonly number[] | undefined>>;
  readonly drawn: string;
  readonly notes: readonly RegExp[];
}

const cases: Readonly<Record<string, Case>> = {
  convolutions: {
    files: ['convolutions.keras', 'convolutions.h5'],
    sample: fed([2, 17, 14, 3]),
    // Two normalizations without a scale have one of ones here.
    parameters: (answers['convolutions']?.parameters ?? 0) + 2 * 6,
    outputs: { 'output/probabilities': answers['convolutions']?.outputs['output'] },
    drawn:
      'input pad2d pad2d conv2d relu maxPooling2d blocks-block globalAveragePooling dense silu dense sigmoid multiply ' +
      'depthwiseConv2d separableConv2d layerNormalization prelu convTranspose2d crop2d averagePooling2d upsampling2d crop2d ' +
      'conv2d groupNormalization leakyRelu flatten dense gelu flatten dense tanh dropout concatenate dense classificationOutput',
    notes: [],
  },
  nested: {
    files: ['nested.keras', 'nested.h5'],
    sample: fed([2, 8, 8, 3], { factor: 60, shift: 120 }),
    // The part that is used twice has its weights twice, without its statistics; Rescaling has a factor and a shift of each channel.
    parameters: (answers['nested']?.parameters ?? 0) + 4 * 9 * 4 + 4 + 16 + 6,
    outputs: { 'output/probabilities': answers['nested']?.outputs['output'] },
    drawn: 'input backbone-block dropout dense binaryOutput',
    notes: [/"random_flip.*varies samples/, /"rescaling.*freeze it/, /"backbone\/part" is used more than once/],
  },
  attention: {
    files: ['attention.keras'],
    sample: tokens,
    parameters: answers['attention']?.parameters ?? 0,
    outputs: {
      'scores-output/probabilities': answers['attention']?.outputs['scores'],
      'pooled-output/features': answers['attention']?.outputs['pooled'],
    },
    drawn: 'tokenInput embedding blocks-block globalAveragePooling relu dense dense nextTokenOutput featureOutput',
    notes: [],
  },
  sounds: {
    files: ['sounds.keras'],
    sample: fed([2, 20, 2]),
    parameters: answers['sounds']?.parameters ?? 0,
    outputs: { 'output/values': answers['sounds']?.outputs['output'] },
    drawn:
      'sequenceInput conv1d elu depthwiseConv1d conv1d spatialDropout maxPooling1d batchNormalization flatten dense regressionOutput',
    notes: [],
  },
  'tfjs/model': {
    files: ['tfjs/model.json'],
    sample: fed([2, 9, 8, 2]),
    parameters: tfjs.parameters,
    outputs: { 'output/probabilities': tfjs.output },
    drawn:
      'input pad2d conv2d relu depthwiseConv2d batchNormalization add maxPooling2d head-dense-block classificationOutput',
    notes: [],
  },
};

describe.each(Object.entries(cases))('%s', (_, { files, sample, parameters, outputs, drawn: expected, notes }) => {
  test.each(files)('%s becomes a network that predicts the same', async (file) => {
    const { document, weights, report } = await readKerasFile({ file: path.join(fixtures, file) });
    expect(drawn(document.graph)).toBe(expected);
    expect(report.parameters).toBe(parameters);
    expect(report.notes).toEqual(notes.map((note) => expect.stringMatching(note) as string));
    const program = lowered(document);
    const [input = ''] = program.inputs.map((one) => one.path);
    const values = new Map([...weights].map(([name, weight]) => [name, weight.values()]));
    const results = predictByInterpreter(program, values, { [input]: sample });
    for (const [fetch, wanted] of Object.entries(outputs)) {
      const received = [...Array.from(results[fetch]?.data ?? [])];
      expect(received.length, fetch).toBe(wanted?.length);
      for (const [i, value] of received.entries()) expect(value).toBeCloseTo(wanted?.[i] ?? NaN, 4);
    }
  });
});

test('a layer that is not known stands where its size is told, and the rest is drawn', async () => {
  const { document, report } = await readKerasFile({ file: path.join(fixtures, 'odd.json') });
  expect(drawn(document.graph)).toBe('sequenceInput onnxOperator-1-1 dense relu dense featureOutput');
  expect(report).toMatchObject({ producer: 'Keras', opset: null, kept: [{ operator: 'LSTM', count: 1 }] });
  expect(report.notes).toEqual(['The file holds no weights: they begin as they are drawn.']);
});

const layer = (className: string, config: object) => ({ class_name: className, config });
const chain = (...layers: readonly object[]) =>
  JSON.stringify({ ...layer('Sequential', { name: 'chain', layers }), keras_version: '2.15.0' });
const image = layer('InputLayer', { name: 'image', batch_input_shape: [null, 8, 8, 3] });

test.each([
  [
    'every layer that is not known, at once',
    chain(
      image,
      layer('Conv2D', { name: 'first', filters: 2, kernel_size: [3, 3], padding: 'causal' }),
      layer('ConvLSTM2D', { name: 'second' }),
    ),
    'keras/unknown-layers',
    /"first" \(Conv2D: padding="causal", where padding="valid" is expected\), "second" \(ConvLSTM2D: a recurrent layer/,
  ],
  [
    'the hard sigmoid of Keras 2, which is another',
    chain(image, layer('Activation', { name: 'gate', activation: 'hard_sigmoid' })),
    'keras/unknown-layers',
    /"gate" \(Activation: the hard sigmoid of Keras 2/,
  ],
  [
    'a class of Python',
    JSON.stringify(layer('MyModel', { units: 3 })),
    'keras/subclassed',
    /of the class "MyModel", whose layers only its Python code knows/,
  ],
  ['another file', '{"hello": 1}', 'keras/not-a-model', /describes no Keras model/],
  ['half a file', '{"hello"', 'keras/damaged', /"model\.json" is no JSON/],
  [
    'shards that are not there',
    JSON.stringify({
      modelTopology: JSON.parse(chain(image)) as unknown,
      weightsManifest: [{ paths: ['../shard.bin'], weights: [] }],
    }),
    'keras/missing-shard',
    /"\.\.\/shard\.bin", which is not beside it/,
  ],
  [
    'weights of a type that is the name of something in JavaScript',
    JSON.stringify({
      modelTopology: JSON.parse(chain(image)) as unknown,
      weightsManifest: [{ paths: [], weights: [{ name: 'kernel', shape: [1], dtype: 'constructor' }] }],
    }),
    'keras/damaged',
    /"kernel" is of a type that is not read here/,
  ],
])('says of %s what it is', async (_, text, code, message) => {
  const file = path.join(folder, 'model.json');
  await writeFile(file, text);
  await expect(readKerasFile({ file })).rejects.toMatchObject({
    problem: { code, message: expect.stringMatching(message) as string },
  });
});

test('a damaged archive is told as one, and so are damaged weights', async () => {
  const archive = path.join(folder, 'cut.keras');
  await writeFile(archive, readFileSync(path.join(fixtures, 'sounds.keras')).subarray(0, 20_000));
  await expect(readKerasFile({ file: archive })).rejects.toMatchObject({ problem: { code: 'keras/damaged' } });
  const weights = path.join(folder, 'cut.h5');
  await writeFile(weights, readFileSync(path.join(fixtures, 'nested.h5')).subarray(0, 9000));
  await expect(readKerasFile({ file: weights })).rejects.toMatchObject({
    problem: { code: 'keras/damaged', message: expect.stringMatching(/cannot be read/) as string },
  });
  await copyFile(path.join(fixtures, 'odd.json'), path.join(folder, 'not.h5'));
  await expect(readKerasFile({ file: path.join(folder, 'not.h5') })).rejects.toMatchObject({
    problem: { code: 'keras/damaged' },
  });
});
