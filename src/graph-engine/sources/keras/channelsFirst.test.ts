import { expect, test } from 'vitest';
import { inferDocument } from '../../infer/inferDocument.ts';
import { importKeras } from './importKeras.ts';

type Layer = readonly [className: string, config?: Readonly<Record<string, unknown>>];

/** A configuration of layers one after the other, as Keras 3 writes it. */
function sequential(shape: readonly number[], layers: readonly Layer[]): unknown {
  const input = { class_name: 'InputLayer', config: { batch_shape: [null, ...shape], name: 'input' } };
  const rest = layers.map(([className, config = {}], i) => ({
    class_name: className,
    config: { name: `layer_${i}`, ...config },
  }));
  return { class_name: 'Sequential', config: { name: 'model', layers: [input, ...rest] } };
}

/** The same layers with channels in either place. */
const layersOf = (format: 'channels_first' | 'channels_last'): readonly Layer[] => {
  const axis = format === 'channels_first' ? 1 : -1;
  const data = { data_format: format };
  return [
    [
      'ZeroPadding2D',
      {
        padding: [
          [1, 0],
          [2, 1],
        ],
        ...data,
      },
    ],
    ['Conv2D', { filters: 4, kernel_size: [3, 3], strides: [2, 2], padding: 'same', activation: 'relu', ...data }],
    ['BatchNormalization', { axis }],
    ['DepthwiseConv2D', { kernel_size: [3, 3], padding: 'same', ...data }],
    ['Activation', { activation: 'gelu' }],
    ['GroupNormalization', { groups: 2, axis }],
    ['MaxPooling2D', { pool_size: [2, 2], ...data }],
    ['SpatialDropout2D', { rate: 0.2, ...data }],
    ['UpSampling2D', { size: [2, 2], ...data }],
    ['Flatten', data],
    ['Dense', { units: 3, activation: 'softmax' }],
  ];
};

const imported = (config: unknown) => {
  const result = importKeras(config, { name: 'model' });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

test('a model with its channels first is the network that it is with its channels last', () => {
  const first = imported(sequential([3, 11, 9], layersOf('channels_first')));
  const last = imported(sequential([11, 9, 3], layersOf('channels_last')));
  expect(first.document).toEqual(last.document);
  expect(first.report.kept).toEqual([]);
  const nodes = [...inferDocument(first.document).root.nodes.values()];
  const input = nodes.find(({ name }) => name === 'input');
  expect(input?.outputs['output']?.axes.map(({ size }) => size)).toEqual([11, 9, 3]);
});

test('pools over all places and sequences have their channels in either place too', () => {
  const image = (data_format: string, shape: readonly number[]) =>
    imported(
      sequential(shape, [
        ['Conv2D', { filters: 2, kernel_size: 3, data_format }],
        ['GlobalAveragePooling2D', { data_format }],
        ['Dense', { units: 1 }],
      ]),
    );
  expect(image('channels_first', [3, 8, 8]).document).toEqual(image('channels_last', [8, 8, 3]).document);
  const sound = (data_format: string, shape: readonly number[]) =>
    imported(
      sequential(shape, [
        ['Conv1D', { filters: 2, kernel_size: 3, data_format }],
        ['MaxPooling1D', { pool_size: 2, data_format }],
        ['GlobalMaxPooling1D', { data_format }],
        ['Dense', { units: 1 }],
      ]),
    );
  expect(sound('channels_first', [3, 12]).document).toEqual(sound('channels_last', [12, 3]).document);
});

test('a resizing at the entrance becomes the size of the input, one by a whole factor a node', () => {
  const { document, report } = imported(
    sequential(
      [50, 40, 3],
      [
        ['Resizing', { height: 16, width: 16 }],
        ['Conv2D', { filters: 2, kernel_size: 3, padding: 'same' }],
        ['Resizing', { height: 32, width: 32, interpolation: 'nearest' }],
        ['GlobalAveragePooling2D'],
        ['Dense', { units: 1 }],
      ],
    ),
  );
  const nodes = Object.values(document.graph.nodes);
  expect(nodes.flatMap((node) => ('op' in node ? [node.op] : []))).toEqual(
    expect.arrayContaining(['input', 'conv2d', 'upsampling2d']),
  );
  expect(nodes.filter((node) => 'op' in node && node.op === 'input')).toMatchObject([
    { parameters: { height: 16, width: 16 } },
  ]);
  expect(report.notes).toContainEqual(expect.stringMatching(/images are brought to the size of the input/));
});

test.each([
  ['LSTM', { units: 4 }, /"layer_0" \(LSTM: a recurrent layer/],
  ['Resizing', { height: 7, width: 5, crop_to_aspect_ratio: true }, /"layer_0" \(Resizing: crop_to_aspect_ratio/],
  ['Conv3D', { filters: 4 }, /"layer_0" \(Conv3D: three places/],
])('%s says what of it is not known here', (className, config, message) => {
  const result = importKeras(
    sequential(className === 'LSTM' ? [7, 3] : [8, 8, 3], [
      [className, config],
      ['Dense', { units: 1 }],
    ]),
    {
      name: 'model',
    },
  );
  expect(result.ok ? undefined : result.error.message).toMatch(message);
});
