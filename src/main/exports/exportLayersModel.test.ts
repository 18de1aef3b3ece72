import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interpretedEngine } from '../../../tests/support/interpretedEngine.ts';
import { blockTemplate, lowered, networkOf, networkTemplate, trainedLooking } from '../../../tests/support/networks.ts';
import { writeRun } from '../../../tests/support/runs.ts';
import { expectAnswers, samplesFor } from '../../../tests/support/servedNetworks.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { encodeLayersModel } from '../../graph-engine/targets/tfjs/layers/layersModel.ts';
import { loadTfjsNode, type TfjsNode } from '../engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from '../engines/locateTensorflowEngine.ts';
import { runFiles } from '../runs/runFiles.ts';
import { exportGraphModel } from './exportGraphModel.ts';
import { exportLayersModel } from './exportLayersModel.ts';
import { exportSavedModel } from './exportSavedModel.ts';

const residual = blockTemplate('residual-basic.json');

const networks = {
  'pictures of odd sizes, padding, gates and two outputs': networkOf({
    image: { op: 'input', name: 'My image', parameters: { height: 7, width: 10, channels: 3 } },
    conv: { op: 'conv2d', parameters: { filters: 6, kernel: [2, 3], stride: 2 } },
    bn: { op: 'batchNormalization' },
    act: { op: 'relu6' },
    pool: { op: 'maxPooling2d', parameters: { kernel: 3, stride: 2, padding: [1, 1] } },
    depthwise: { op: 'depthwiseConv2d', parameters: { multiplier: 2 } },
    byItself: { op: 'conv2d', parameters: { filters: 24, groups: 12 } },
    separable: { op: 'separableConv2d', parameters: { filters: 8 } },
    leaky: { op: 'leakyRelu' },
    average: { op: 'averagePooling2d', parameters: { kernel: 3, stride: 1, padding: 'same' } },
    squeeze: { op: 'globalAveragePooling' },
    excite: { op: 'dense', parameters: { units: 8 } },
    gate: { op: 'sigmoid' },
    gated: { op: 'multiply', inputs: { a: 'average', b: 'gate' } },
    half: { op: 'multiplyBy', parameters: { factor: 0.5 } },
    both: { op: 'concatenate', inputs: { a: 'half', b: 'average' } },
    prelu: { op: 'prelu' },
    up: { op: 'upsampling2d', parameters: { interpolation: 'nearest' } },
    pad: { op: 'pad2d', parameters: { top: 1, bottom: 0, left: 2, right: 1 } },
    crop: { op: 'crop2d', parameters: { top: 1, bottom: 1, left: 0, right: 1 } },
    mask: { op: 'segmentationOutput' },
    flatten: { op: 'flatten', inputs: { input: 'prelu' } },
    drop: { op: 'dropout' },
    logits: { op: 'dense', parameters: { units: 5 } },
    digit: { op: 'classificationOutput' },
  }),
  'a residual block with a projection, repeated': networkOf(
    {
      image: { op: 'input', parameters: { height: 9, width: 8, channels: 4 } },
      block: { block: residual.id, parameters: { shortcut: 'projection', filters: 8, stride: 2 }, repeat: 2 },
      pool: { op: 'globalMaxPooling' },
      logits: { op: 'dense', parameters: { units: 5 } },
      output: { op: 'binaryOutput' },
    },
    residual.blocks,
  ),
  'tokens along a sequence': networkOf({
    tokens: { op: 'tokenInput', parameters: { length: 6, vocabulary: 11 } },
    embed: { op: 'embedding', parameters: { features: 8 } },
    conv: { op: 'conv1d', parameters: { filters: 8, kernel: 3 } },
    gelu: { op: 'gelu' },
    ln: { op: 'layerNormalization' },
    sum: { op: 'add', inputs: { a: 'ln', b: 'embed' } },
    drop: { op: 'spatialDropout' },
    mean: { op: 'globalAveragePooling' },
    value: { op: 'dense', parameters: { units: 2 } },
    output: { op: 'regressionOutput' },
  }),
};

let root: string;
let tf: TfjsNode;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'skipwire-layers-'));
  const located = await locateTensorflowEngine();
  if (!located.ok) throw new Error(located.problem.message);
  tf = loadTfjsNode(located.value.addonPath);
  // The kernels in plain JavaScript, which a browser has too.
  await tf.setBackend('cpu');
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each(Object.entries(networks))('%s: loadLayersModel answers as the engine', async (name, document) => {
  const program = lowered(document);
  const weights = trainedLooking(program.program, 3);
  const runFolder = await writeRun(path.join(root, `${name}-run`), document, { [runFiles.best]: weights });
  const order = { document, runFolder, folder: path.join(root, name), overwrite: false };
  const done = await exportLayersModel(order, { engine: null });
  const model = await tf.loadLayersModel(`file://${done.path}/model.json`);
  expect(model.inputNames).toEqual(done.inputs.map((input) => input.name));
  expect(model.outputNames).toEqual(done.outputs.map((output) => output.name));
  expect(model.countParams()).toBe([...weights.values()].reduce((sum, { length }) => sum + length, 0));
  const ends = program.outputs.flatMap(({ path: output, ports }) =>
    Object.keys(ports).map((port) => ({ path: output, port })),
  );
  for (const batch of [1, 3]) {
    const samples = samplesFor(program, batch);
    const feeds = program.inputs.map(({ path: input }) => {
      const { dims = [], data = new Float32Array() } = samples[input] ?? {};
      return tf.tensor(data, [...dims], data instanceof Int32Array ? 'int32' : 'float32');
    });
    const answers = model.predict(feeds);
    const received = (Array.isArray(answers) ? answers : [answers]).map((tensor, i) => {
      const { path: output = '', port = '' } = ends[i] ?? {};
      return { path: output, port, dims: tensor.shape, data: tensor.dataSync() };
    });
    expect(received.length).toBe(ends.length);
    expectAnswers(program, weights, samples, received);
  }
  model.dispose();
});

test('what is fed is normalized inside where that is wanted', async () => {
  const document = networkOf({
    image: { op: 'input', parameters: { height: 2, width: 2, channels: 2 } },
    pool: { op: 'globalAveragePooling' },
    output: { op: 'regressionOutput' },
  });
  const normalization = new Map([['image', { mean: [1, 2], deviation: [2, 4] }]]);
  const model = encodeLayersModel(document, inferDocument(document), { answers: 'all', batch: 2, normalization });
  expect(model.tensors.map(({ name }) => name)).toEqual([
    'image.normalized/moving_mean',
    'image.normalized/moving_variance',
  ]);
  expect(model.inputs).toMatchObject([{ dims: [2, 2, 2, 2] }]);
});

describe('a network with something that is no layer', () => {
  test('is refused, with the node, why, and what to do instead', async () => {
    const document = networkOf({
      image: { op: 'input', parameters: { height: 8, width: 8, channels: 4 } },
      conv: { op: 'conv2d', parameters: { filters: 4, groups: 2 } },
      gn: { op: 'groupNormalization', parameters: { groups: 2 } },
      output: { op: 'segmentationOutput' },
    });
    const folder = path.join(root, 'refused');
    const refused = exportLayersModel({ document, runFolder: null, folder, overwrite: false }, { engine: null });
    await expect(refused).rejects.toMatchObject({
      problem: {
        code: 'tfjs/no-layer',
        message: expect.stringMatching(/^"conv" \(Conv2D\) .*no groups.*Group normalization/) as string,
        remedy: expect.stringContaining('graph model') as string,
      },
    });
    expect(await readdir(root)).not.toContain('refused');
  });

  test.each([
    ['resnet-50', undefined],
    ['vgg-11-bn', undefined],
    ['mobilenet-v2', undefined],
    ['densenet-bc-100', undefined],
    ['mini-gpt', 'positions'],
    ['resnext-50-32x4d', 'stage1[0].conv2'],
  ])('%s: the first one is %s', (name, first) => {
    const document = networkTemplate(`${name}.json`);
    const { unsupported } = encodeLayersModel(document, inferDocument(document), { answers: 'all', batch: null });
    expect(unsupported[0]?.path).toBe(first);
  });
});

describe('every folder is run by what reads it before it is called good', () => {
  const document = networkOf({
    image: { op: 'input', parameters: { height: 5, width: 4, channels: 2 } },
    conv: { op: 'conv2d', parameters: { filters: 3 } },
    flatten: { op: 'flatten' },
    dense: { op: 'dense', parameters: { units: 4 } },
    output: { op: 'classificationOutput' },
  });

  test.each([
    ['SavedModel', exportSavedModel, /^TensorFlow/],
    ['graph model', exportGraphModel, /^TensorFlow\.js .*plain/],
    ['layers model', exportLayersModel, /^TensorFlow\.js .*plain/],
  ])('%s', { timeout: 180_000 }, async (name, write, runtime) => {
    const order = { document, runFolder: null, folder: path.join(root, name), overwrite: false };
    const { verification } = await write(order, { engine: interpretedEngine });
    expect(verification).toMatchObject({ status: 'verified', samples: 12, runtime: expect.stringMatching(runtime) });
  });

  test('and one with other weights than the engine has is told', { timeout: 180_000 }, async () => {
    const engine: typeof interpretedEngine = {
      predict: (request) => interpretedEngine.predict({ ...request, weights: { seed: 12345 } }),
    };
    const order = { document, runFolder: null, folder: path.join(root, 'other'), overwrite: false };
    expect((await exportLayersModel(order, { engine })).verification).toMatchObject({ status: 'differs' });
  });
});
