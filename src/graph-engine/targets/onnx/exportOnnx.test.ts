import { fromBinary } from '@bufbuild/protobuf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import {
  blockTemplate,
  lowered,
  networkOf,
  networkTemplate,
  predictByInterpreter,
  trainedLooking,
} from '../../../../tests/support/networks.ts';
import { exported } from '../../../../tests/support/onnxModels.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import { normal } from '../../random/distributions.ts';
import { createWordStream, domains } from '../../random/philox.ts';
import { ModelProtoSchema, type ValueInfoProto } from '../protobuf/generated/onnx_pb.js';
import { toChannelsFirst } from './channelsFirst.ts';
import { DEFAULT_OPSET, NEWEST_OPSET } from './opsets.ts';
import { permuteAxes, permutedDims } from './permuteAxes.ts';

const input = (height: number, width: number, channels: number) => ({
  op: 'input',
  parameters: { height, width, channels },
});
const output = { op: 'classificationOutput' };
const pooledEnd = { pool: { op: 'globalAveragePooling' }, dense: { op: 'dense', parameters: { units: 3 } }, output };
const residual = blockTemplate('residual-basic.json');

describe('onnxruntime answers as the engine does, at batch 1 and 3', () => {
  test.each<[string, SkipwireDocument]>([
    [
      'flatten of several channels of an image that is not square, then dense',
      networkOf({
        image: input(3, 5, 2),
        conv: { op: 'conv2d', parameters: { filters: 4 } },
        flatten: { op: 'flatten' },
        dense: { op: 'dense', parameters: { units: 7 } },
        output,
      }),
    ],
    ...windows(),
    [
      'batch normalization with running statistics, of images and of features',
      networkOf({
        image: input(4, 4, 3),
        conv: { op: 'conv2d', parameters: { filters: 6, bias: false } },
        bn: { op: 'batchNormalization', parameters: { epsilon: 0.01 } },
        relu: { op: 'relu' },
        pool: { op: 'globalAveragePooling' },
        dense1: { op: 'dense', parameters: { units: 5, bias: false } },
        bn2: { op: 'batchNormalization' },
        dense2: { op: 'dense', parameters: { units: 3 } },
        output,
      }),
    ],
    ...(['identity', 'projection', 'zero-pad'] as const).map((shortcut): [string, SkipwireDocument] => [
      `the residual block with the shortcut ${shortcut}`,
      networkOf(
        {
          image: input(7, 6, 4),
          block: {
            block: residual.id,
            parameters: { shortcut, filters: shortcut === 'identity' ? 4 : 8, stride: shortcut === 'identity' ? 1 : 2 },
          },
          ...pooledEnd,
        },
        residual.blocks,
      ),
    ]),
    [
      'a block repeated, one bypassed, dropout and softmax inside',
      networkOf(
        {
          image: input(6, 6, 4),
          blocks: { block: residual.id, parameters: { filters: 4 }, repeat: 3 },
          skipped: { block: residual.id, parameters: { filters: 4 }, enabled: false },
          drop: { op: 'dropout' },
          inner: { op: 'softmax' },
          ...pooledEnd,
        },
        residual.blocks,
      ),
    ],
    [
      'a branch, a block and one of two inputs muted',
      networkOf(
        {
          silent: { ...input(6, 6, 4), muted: true },
          image: { ...input(6, 6, 4), inputs: {} },
          both: { op: 'add', inputs: { a: 'silent', b: 'image' } },
          conv: { op: 'conv2d', parameters: { filters: 4 }, muted: true },
          sum: { op: 'add', inputs: { a: 'conv', b: 'both' } },
          block: { block: residual.id, parameters: { filters: 4 }, muted: true, inputs: { input: 'image' } },
          join: { op: 'concatenate', inputs: { a: 'sum', b: 'block' } },
          ...pooledEnd,
        },
        residual.blocks,
      ),
    ],
    [
      'muted tokens, and a muted embedding whose table is used',
      networkOf({
        image: input(4, 4, 3),
        pool: { op: 'globalAveragePooling' },
        wide: { op: 'dense', parameters: { units: 6 } },
        tokens: { op: 'tokenInput', parameters: { length: 5, vocabulary: 9 }, muted: true, inputs: {} },
        embed: { op: 'embedding', parameters: { features: 6 } },
        mean: { op: 'reduce' },
        add: { op: 'add', inputs: { a: 'mean', b: 'wide' } },
        dense: { op: 'dense', parameters: { units: 3 } },
        output,
      }),
    ],
    [
      'two inputs and two outputs',
      networkOf({
        left: input(4, 5, 2),
        right: { ...input(4, 5, 2), inputs: {} },
        add: { op: 'add', inputs: { a: 'left', b: 'right' } },
        ...pooledEnd,
        second: { op: 'dense', parameters: { units: 4 }, inputs: { input: 'pool' } },
        output2: output,
      }),
    ],
  ])('%s', async (_, document) => {
    for (const batch of [1, 3]) await expectSameAnswers(document, batch);
  });

  test('ResNet-20', { timeout: 120_000 }, () => expectSameAnswers(networkTemplate('resnet-20.json'), 2));

  test.each([13, 17, DEFAULT_OPSET, NEWEST_OPSET])('a residual network at opset %i', async (opset) => {
    const block = { block: residual.id, parameters: { filters: 8, stride: 2, shortcut: 'projection' } };
    await expectSameAnswers(networkOf({ image: input(9, 9, 3), block, ...pooledEnd }, residual.blocks), 2, opset);
  });
});

describe('the file', () => {
  const small = networkOf({ image: input(4, 6, 3), conv: { op: 'conv2d', parameters: { filters: 2 } }, ...pooledEnd });

  test('says what it is, in names of the document', () => {
    const { graph, ...model } = decoded(
      networkOf(
        {
          image: input(4, 4, 3),
          stage2: { block: residual.id, parameters: { filters: 3 }, repeat: 2, name: 'stage 2' },
          'not-used': { op: 'relu' },
          pool: { op: 'globalAveragePooling', inputs: { input: 'stage2' } },
          dense: { op: 'dense', parameters: { units: 3 } },
          output,
        },
        residual.blocks,
      ),
    );
    expect(model).toMatchObject({
      irVersion: 10n,
      opsetImport: [{ domain: '', version: 21n }],
      producerName: 'Skipwire',
      producerVersion: '0.0.0',
    });
    expect(graph?.name).toBe('Test network');
    expect(graph?.node.map(({ name, opType, output: outputs }) => [name, opType, outputs.join()])).toEqual([
      ...[0, 1].flatMap((i) => [
        [`stage_2.${i}.conv1`, 'Conv', `stage_2.${i}.conv1`],
        [`stage_2.${i}.bn1`, 'BatchNormalization', `stage_2.${i}.bn1`],
        [`stage_2.${i}.relu1`, 'Relu', `stage_2.${i}.relu1`],
        [`stage_2.${i}.conv2`, 'Conv', `stage_2.${i}.conv2`],
        [`stage_2.${i}.bn2`, 'BatchNormalization', `stage_2.${i}.bn2`],
        [`stage_2.${i}.add`, 'Add', `stage_2.${i}.add`],
        [`stage_2.${i}.relu2`, 'Relu', `stage_2.${i}.relu2`],
      ]),
      ['pool.pool', 'GlobalAveragePool', 'pool.pool'],
      ['pool', 'Flatten', 'pool'],
      ['dense', 'Gemm', 'logits'],
      ['output', 'Softmax', 'probabilities'],
    ]);
    expect(graph?.node[0]).toMatchObject({ docString: 'Conv2D "stage 2[0].conv1"' });
    expect(graph?.initializer.map(({ name, dims }) => [name, ...dims.map(Number)])).toContainEqual([
      'stage_2.1.conv2.kernel',
      ...[3, 3, 3, 3],
    ]);
    expect(graph?.input.map(shapeOf)).toEqual(['image: batch 3 4 4']);
    expect(graph?.output.map(shapeOf)).toEqual(['probabilities: batch 3', 'logits: batch 3']);
    expect(graph?.valueInfo.map(shapeOf)).toContainEqual('stage_2.1.add: batch 3 4 4');
  });

  test('a table that a head shares is one tensor of the file, used by both', () => {
    const { graph } = decoded(
      networkOf({
        tokens: { op: 'tokenInput', parameters: { length: 4, vocabulary: 11 } },
        embed: { op: 'embedding', parameters: { features: 6 } },
        logits: { op: 'tokenLogits', inputs: { input: 'embed', table: 'embed.table' } },
        output: { op: 'nextTokenOutput' },
      }),
    );
    expect(graph?.initializer.map(({ name, dims }) => [name, ...dims.map(Number)])).toEqual([['embed.table', 11, 6]]);
    const users = graph?.node.filter((node) => node.input.includes('embed.table')).map(({ opType }) => opType);
    expect(users).toEqual(['Gather', 'Transpose']);
    expect(graph?.input.map(({ name, type }) => [name, elementOf(type)])).toEqual([['tokens', INT32]]);
  });

  test('has the same bytes each time, as many as it says', () => {
    const weights = trainedLooking(lowered(small).program, 1);
    const [once, twice] = [exported(small, weights), exported(small, weights)];
    const bytes = Buffer.concat([...once.model()]);
    expect(bytes.equals(Buffer.concat([...once.model()]))).toBe(true);
    expect(bytes.equals(Buffer.concat([...twice.model()]))).toBe(true);
    expect(once.modelBytes).toBe(bytes.length);
    expect(once.external).toBeNull();
  });

  test('keeps large tensors outside from the threshold on, on pages of their own', async () => {
    const wide = networkOf({
      image: input(8, 8, 3),
      conv: { op: 'conv2d', parameters: { filters: 40 } },
      conv2: { op: 'conv2d', parameters: { filters: 33 } },
      ...pooledEnd,
    });
    const weights = trainedLooking(lowered(wide).program, 1);
    const total = [...weights.values()].reduce((sum, values) => sum + values.byteLength, 0);
    expect(exported(wide, weights, { threshold: total + 1 }).external).toBeNull();

    const outside = exported(wide, weights, { threshold: total });
    const data = Buffer.concat([...(outside.external?.chunks() ?? [])]);
    expect(outside.external).toMatchObject({ location: 'model.onnx.data', bytes: data.length });
    const bytes = Buffer.concat([...outside.model()]);
    expect(bytes.length).toBe(outside.modelBytes);
    const placed = fromBinary(ModelProtoSchema, bytes).graph?.initializer.flatMap(({ name, externalData, rawData }) => {
      const { location, offset, length } = Object.fromEntries(externalData.map(({ key, value }) => [key, value]));
      expect(externalData.length === 0).toBe(rawData.length > 0);
      return location === undefined ? [] : [[name, location, Number(offset) % 4096, Number(length)]];
    });
    expect(placed).toEqual([
      ['conv.kernel', 'model.onnx.data', 0, 3 * 3 * 3 * 40 * 4],
      ['conv2.kernel', 'model.onnx.data', 0, 3 * 3 * 40 * 33 * 4],
    ]);

    // The runtime is given the data under the name that the file says.
    const session = await InferenceSession.create(bytes, {
      logSeverityLevel: 3,
      externalData: [{ path: 'model.onnx.data', data }],
    });
    const inside = await InferenceSession.create(Buffer.concat([...exported(wide, weights).model()]));
    const image = new Tensor(
      'float32',
      Float32Array.from({ length: 192 }, (_, i) => Math.sin(i)),
      [1, 3, 8, 8],
    );
    const [a, b] = [await session.run({ image }), await inside.run({ image })];
    expect(a['logits']?.data).toEqual(b['logits']?.data);
  });

  test('is refused for an opset that is not known', () => {
    expect(() => exported(small, trainedLooking(lowered(small).program, 1), { opset: 12 })).toThrow('opset 12');
  });

  test('is not written with weights of another size', () => {
    const weights = trainedLooking(lowered(small).program, 1);
    weights.set('conv.kernel', new Float32Array(5));
    expect(() => [...exported(small, weights).model()]).toThrow('conv.kernel has 5 values where its shape needs 54');
  });
});

function decoded(document: SkipwireDocument) {
  const model = exported(document, trainedLooking(lowered(document).program, 1));
  return fromBinary(ModelProtoSchema, Buffer.concat([...model.model()]));
}

/** TensorProto.DataType of onnx.proto. */
const INT32 = 6;

function elementOf(type: ValueInfoProto['type']): number | undefined {
  return type?.value.case === 'tensorType' ? type.value.value.elemType : undefined;
}

function shapeOf({ name, type }: ValueInfoProto): string {
  if (type?.value.case !== 'tensorType') throw new Error(`${name} is no tensor`);
  return `${name}: ${type.value.value.shape?.dim.map(({ value }) => value.value).join(' ')}`;
}

/** Convolution and pooling over odd, unequal sizes, where one line of padding too many or on the wrong side shows. */
function windows(): [string, SkipwireDocument][] {
  const paddings = ['same', 'valid', [1, 0]];
  const kernels = [2, 3, [4, 3]];
  return kernels.flatMap((kernel) =>
    paddings.flatMap((padding) =>
      [1, 2].map((stride): [string, SkipwireDocument] => [
        `windows of ${JSON.stringify(kernel)}, stride ${stride}, padding ${JSON.stringify(padding)}`,
        networkOf({
          image: input(17, 19, 2),
          conv: { op: 'conv2d', parameters: { filters: 4, kernel, stride, padding } },
          grouped: { op: 'conv2d', parameters: { filters: 6, groups: 2, kernel: [1, 2], dilation: [1, 2] } },
          max: { op: 'maxPooling2d', parameters: { kernel, stride, padding } },
          average: {
            op: 'averagePooling2d',
            parameters: { kernel: 2, stride, padding: padding === 'valid' ? 'valid' : 'same' },
          },
          flatten: { op: 'flatten' },
          dense: { op: 'dense', parameters: { units: 3 } },
          output,
        }),
      ]),
    ),
  );
}

async function expectSameAnswers(document: SkipwireDocument, batch: number, opset = DEFAULT_OPSET) {
  const program = lowered(document);
  const weights = trainedLooking(program.program, 5);
  const model = exported(document, weights, { opset });
  const images = Object.fromEntries(
    program.inputs.map(({ path, type }, i) => {
      const dims = [batch, ...type.axes.map(({ size }) => size ?? 0)];
      const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
      normal(createWordStream([1, batch], i, domains.data), 1, data);
      return [path, { dims, data }];
    }),
  );
  const expected = predictByInterpreter(program, weights, images);

  const session = await InferenceSession.create(Buffer.concat([...model.model()]), { logSeverityLevel: 3 });
  const feeds = model.inputs.map(({ name, path, type }) => {
    const { dims = [], data = new Float32Array() } = images[path] ?? {};
    const order = toChannelsFirst(type);
    return [name, new Tensor('float32', permuteAxes(data, dims, order), permutedDims(dims, order))] as const;
  });
  const received = await session.run(Object.fromEntries(feeds));
  for (const { path, ports } of model.outputs) {
    for (const [port, name] of Object.entries(ports)) {
      const wanted = expected[`${path}/${port}`];
      const got = received[name];
      if (wanted === undefined || got === undefined) throw new Error(`There is no output ${name}`);
      expect(got.dims).toEqual(wanted.dims);
      expect(largestDifference(got.data as Float32Array, wanted.data), name).toBeLessThan(1e-4);
    }
  }
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < b.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? NaN) - (b[i] ?? NaN)));
  return largest;
}
