import { isImage, isSequence, sizeOf, type TensorType } from '../../../core/shape.ts';
import type { TrainingSettings } from '../../../document/trainingSettings.ts';
import type { DataInput } from '../../../training/dataDescription.ts';
import { pythonLiteral, pythonString } from '../../python/pythonCode.ts';
import { imageSizeFor, type FedInput, type TaughtOutput } from '../../python/training/networkEnds.ts';

type ImageData = DataInput & { kind: 'image' };

export interface SamplesOrder {
  readonly inputs: readonly FedInput[];
  readonly outputs: readonly TaughtOutput[];
  /** Paths of all inputs, in the order in which the network takes them. */
  readonly taken: readonly string[];
  readonly training: TrainingSettings;
}

/** Whether samples are mixed in pairs. */
export function mixes({ mixing }: Pick<TrainingSettings, 'mixing'>): boolean {
  return mixing !== undefined && mixing.kind !== 'none';
}

/** Source of the batches as the network takes them, varied and normalized as the settings say. */
export function samplesCode(order: SamplesOrder): string {
  const { inputs, outputs, training } = order;
  const parts: string[] = [];
  const image = inputs.find(({ data }) => data.kind === 'image');
  const varies = isVaried(order);
  if (varies && image !== undefined) parts.push(variation(training.augmentation ?? {}, image));
  if (inputs.some(({ data }) => data.kind === 'image') || outputs.some(({ data }) => data.kind === 'image')) {
    parts.push(imageBatch);
  }
  if (outputs.some(({ data }) => data.kind === 'mask')) parts.push(nearest);
  const standardized = training.normalization === 'standardize';
  if (standardized) parts.push(measuring(order));
  const lines = batchLines(order, varies, standardized);
  parts.push(`class Batches(keras.utils.PyDataset):
    """Batches as the network takes them and learns from them, in Skipwire's own order."""

    def __init__(self, columns, indices, size, learned=False, normalization=None, **kwargs):
        super().__init__(**kwargs)
        self.columns, self.indices, self.size, self.learned = columns, indices, size, learned
        self.order, self.normalization = indices, normalization or {}

    def shuffle(self, epoch):
        self.order = self.indices[permutation(len(self.indices), epoch)]

    def __len__(self):
        return math.ceil(len(self.indices) / self.size)

    def __getitem__(self, batch):
        chosen = self.order[batch * self.size : (batch + 1) * self.size]
        inputs, targets = {}, {}
${lines.map((line) => `        ${line}`).join('\n')}${standardized ? inputsMethod(order) : ''}`);
  if (inputs.some(({ data }) => data.kind === 'text')) parts.unshift(windows);
  return parts.join('\n\n\n');
}

function isVaried({ inputs, training: { augmentation = {} } }: SamplesOrder): boolean {
  return inputs.some(({ data }) => data.kind === 'image') && Object.keys(augmentation).length > 0;
}

const imageBatch = `def image_batch(column, chosen, size, channels):
    """Images from 0 to 1, in the size and with the channels that the network takes."""
    images = numpy.stack([numpy.asarray(column[index]) for index in chosen])
    images = images.astype(numpy.float32) / 255 if images.dtype == numpy.uint8 else images.astype(numpy.float32)
    if images.shape[3] == 1:
        images = numpy.repeat(images, channels, axis=3)
    elif channels == 1:
        # ITU-R BT.601, as everywhere that colour becomes grey.
        images = images @ numpy.array([[0.299], [0.587], [0.114]], numpy.float32)
    if images.shape[1:3] != size:
        images = keras.ops.convert_to_numpy(keras.ops.image.resize(images, size, interpolation="bilinear"))
    return images`;

const windows = `def windows(tokens, chosen, length, shift):
    """Windows of a text, moved on by \`shift\` tokens."""
    return numpy.stack([tokens[index * length + shift : (index + 1) * length + shift] for index in chosen]).astype(numpy.int32)`;

const nearest = `def nearest(source, target):
    """For each of \`target\` places the nearest of \`source\`."""
    return numpy.minimum(source - 1, ((numpy.arange(target) + 0.5) * source / target).astype(int))`;

function measuring({ inputs }: SamplesOrder): string {
  const measured = inputs.filter(({ type }) => type.dtype === 'float32');
  const rules = measured.map(({ path, type }) => `${pythonString(path)}: ${isSequence(type) ? 'None' : '-1'}`);
  return `def measure_inputs(columns, train):
    """Mean and deviation of each channel or feature over the samples that are learned from, by input."""
    chosen = train[numpy.linspace(0, len(train), min(len(train), 20_000), endpoint=False).astype(int)]
    batches = Batches(columns, chosen, 256)
    normalization = {}
    for name, axis in {${rules.join(', ')}}.items():
        sums, squares, count = 0.0, 0.0, 0
        for batch in range(len(batches)):
            values = batches.inputs_of(batch)[name].astype(numpy.float64)
            values = values.reshape(-1, 1 if axis is None else values.shape[axis])
            sums, squares, count = sums + values.sum(0), squares + (values**2).sum(0), count + len(values)
        mean = sums / count
        deviation = numpy.sqrt(numpy.maximum(squares / count - mean**2, 0))
        deviation = numpy.where(deviation < 1e-6, 1, deviation).astype(numpy.float32)
        normalization[name] = mean.astype(numpy.float32), deviation
    return normalization`;
}

function variation(augmentation: NonNullable<TrainingSettings['augmentation']>, image: FedInput): string {
  const { flip, crop, resizedCrop, rotate, colour, erase } = augmentation;
  if (image.data.kind !== 'image') throw new Error('Only images are varied');
  const { height, width, channels } = imageSizeFor(image.type, image.data);
  const fill = { black: 'constant', edge: 'nearest', reflect: 'reflect' } as const;
  const both = { horizontal: 'horizontal', vertical: 'vertical', both: 'horizontal_and_vertical' } as const;
  const layers = [
    ...(rotate === undefined
      ? []
      : [`layers.RandomRotation(${pythonLiteral(rotate.degrees / 360)}, fill_mode="constant")`]),
    ...(resizedCrop === undefined
      ? []
      : [`layers.RandomZoom((${pythonLiteral(Math.sqrt(resizedCrop.smallest) - 1)}, 0.0))`]),
    ...(crop === undefined
      ? []
      : [
          `layers.RandomTranslation(${pythonLiteral(crop.padding / height)}, ${pythonLiteral(crop.padding / width)}, fill_mode="${fill[crop.fill]}")`,
        ]),
    ...(flip === undefined ? [] : [`layers.RandomFlip("${both[flip]}")`]),
    ...(colour === undefined
      ? []
      : channels === 3
        ? [
            `layers.RandomColorJitter((0, 1), ${colour.brightness}, ${colour.contrast}, ${colour.saturation}, ${colour.hue})`,
          ]
        : [
            `layers.RandomBrightness(${colour.brightness}, (0, 1))`,
            `layers.RandomContrast(${colour.contrast}, (0, 1))`,
          ]),
    ...(erase === undefined
      ? []
      : [
          `layers.RandomErasing(${erase.probability}, (${Math.min(0.02, erase.largest)}, ${erase.largest}), 0.0, (0, 1))`,
        ]),
  ];
  return `# How images are varied, and masks along with them.
VARY = (
${layers.map((layer) => `    ${layer},`).join('\n')}
)


def vary(values):
    """One image after the other through all of them: \`values\` has images, and masks where there are any."""
    for layer in VARY:
        values = layer(values, training=True)
    return {name: keras.ops.convert_to_numpy(value) for name, value in values.items()}`;
}

/** Images for an end of the network. */
function imageCall(data: ImageData, type: TensorType): string {
  const { height, width, channels } = imageSizeFor(type, data);
  return `image_batch(self.columns[${pythonString(data.name)}], chosen, (${height}, ${width}), ${channels})`;
}

/** The lines of `__getitem__` behind the choice of samples. */
function batchLines(order: SamplesOrder, varies: boolean, standardized: boolean): readonly string[] {
  const { inputs, outputs, taken, training } = order;
  const lines: string[] = [];
  for (const { path, type, data } of inputs) {
    const place = `inputs[${pythonString(path)}]`;
    switch (data.kind) {
      case 'image':
        lines.push(`${place} = ${imageCall(data, type)}`);
        break;
      case 'features':
        lines.push(`${place} = numpy.asarray(self.columns[${pythonString(data.name)}][chosen], numpy.float32)`);
        break;
      case 'text':
        lines.push(
          `${place} = windows(self.columns[${pythonString(data.name)}], chosen, ${sizeOf(type, 'sequence') ?? 1}, 0)`,
        );
        break;
    }
  }
  for (const output of outputs) lines.push(...targetLines(output, order));
  if (varies) lines.push('if self.learned:', ...variedLines(order).map((line) => `    ${line}`));
  for (const { path, type, data } of inputs) {
    if (data.kind !== 'image' || isImage(type)) continue;
    const place = `inputs[${pythonString(path)}]`;
    lines.push(
      isSequence(type)
        ? `${place} = ${place}[..., 0]  # The rows of the image are the positions of the sequence.`
        : `${place} = ${place}.reshape(len(chosen), -1)`,
    );
  }
  if (standardized) {
    lines.push(
      'for name, (mean, deviation) in self.normalization.items():',
      '    inputs[name] = (inputs[name] - mean) / deviation',
    );
  }
  if (mixes(training)) {
    for (const { path, target } of outputs) {
      if (target.kind !== 'mask') continue;
      const place = `targets[${pythonString(path)}]`;
      lines.push(`${place} = numpy.eye(${target.choices ?? 0}, dtype=numpy.float32)[${place}]`);
    }
    lines.push('if self.learned:', '    inputs, targets = mix(inputs, targets)');
  }
  const given = taken.map((path) => `inputs[${pythonString(path)}]`);
  const [only, ...others] = outputs;
  const taught = others.length === 0 ? `targets[${pythonString(only?.path ?? '')}]` : 'targets';
  const returned = `return ${given.length === 1 ? (given[0] ?? '') : `(${given.join(', ')})`}, ${taught}`;
  return [...lines, returned];
}

/** The method that measuring asks for inputs by name, before they are normalized. */
function inputsMethod({ inputs }: SamplesOrder): string {
  const entries = inputs
    .filter(({ type }) => type.dtype === 'float32')
    .map(({ path, type, data }) => {
      if (data.kind !== 'image') {
        return `${pythonString(path)}: numpy.asarray(self.columns[${pythonString(data.name)}][chosen])`;
      }
      const flat = isImage(type) ? '' : isSequence(type) ? '[..., 0]' : '.reshape(len(chosen), -1)';
      return `${pythonString(path)}: ${imageCall(data, type)}${flat}`;
    });
  return `

    def inputs_of(self, batch):
        """Inputs before they are normalized, by name."""
        chosen = self.indices[batch * self.size : (batch + 1) * self.size]
        return {
${entries.map((entry) => `            ${entry},`).join('\n')}
        }`;
}

function targetLines({ path, target, data }: TaughtOutput, { inputs, training }: SamplesOrder): readonly string[] {
  const place = `targets[${pythonString(path)}]`;
  const column = `self.columns[${pythonString(data.name)}]`;
  switch (data.kind) {
    case 'class': {
      const size = target.type.axes[0]?.size ?? 1;
      if (target.kind === 'class') {
        const classes = `numpy.asarray(${column})[chosen].astype(numpy.int32)`;
        return [
          `${place} = ${mixes(training) ? `numpy.eye(${target.choices ?? 0}, dtype=numpy.float32)[${classes}]` : classes}`,
        ];
      }
      return size === 1
        ? [`${place} = numpy.asarray(${column})[chosen].astype(numpy.float32)[:, None]`]
        : [`${place} = numpy.eye(${size}, dtype=numpy.float32)[numpy.asarray(${column})[chosen].astype(int)]`];
    }
    case 'mask': {
      const image = inputs.find((input) => input.data.kind === 'image');
      return [
        `masks = numpy.stack([numpy.asarray(${column}[index]) for index in chosen])`,
        ...maskFit(target.type, data, image),
        target.kind === 'mask'
          ? `${place} = masks.astype(numpy.int32)`
          : `${place} = masks.astype(numpy.float32)[..., None]`,
      ];
    }
    case 'next-token':
      return [`${place} = windows(${column}, chosen, ${sizeOf(target.type, 'sequence') ?? 1}, 1)`];
    case 'values':
    case 'probabilities':
      return [`${place} = numpy.asarray(${column}[chosen], numpy.float32).reshape(len(chosen), -1)`];
    case 'image':
      return [`${place} = ${imageCall(data, target.type)}`];
  }
}

function variedLines({ inputs, outputs }: SamplesOrder): readonly string[] {
  const image = inputs.find(({ data }) => data.kind === 'image');
  if (image === undefined) return [];
  const mask = outputs.find(({ data }) => data.kind === 'mask');
  const place = `inputs[${pythonString(image.path)}]`;
  if (mask === undefined) return [`${place} = vary({"images": ${place}})["images"]`];
  const target = `targets[${pythonString(mask.path)}]`;
  return [
    `masks = ${target}${mask.target.kind === 'mask' ? '[..., None]' : ''}`,
    `varied = vary({"images": ${place}, "segmentation_masks": masks})`,
    `${place}, masks = varied["images"], varied["segmentation_masks"].round()`,
    `${target} = ${mask.target.kind === 'mask' ? 'masks[..., 0].astype(numpy.int32)' : 'masks'}`,
  ];
}

function maskFit(
  type: TensorType,
  mask: { readonly height: number; readonly width: number },
  image: FedInput | undefined,
): readonly string[] {
  const output = { height: sizeOf(type, 'height') ?? mask.height, width: sizeOf(type, 'width') ?? mask.width };
  const seen = image?.data.kind === 'image' ? imageSizeFor(image.type, image.data) : mask;
  const stride = seen.height / output.height;
  if (Number.isInteger(stride) && stride === seen.width / output.width) {
    if (output.height === mask.height && output.width === mask.width) return [];
    return [
      `masks = masks[:, nearest(${mask.height}, ${output.height})][:, :, nearest(${mask.width}, ${output.width})]`,
    ];
  }
  const range = (from: number, to: number): string => {
    const start = Math.max(0, Math.floor((from - to) / 2));
    return `[${start} : ${start + to}]`;
  };
  return [
    `rows = nearest(${mask.height}, ${seen.height})${range(seen.height, output.height)}`,
    `places = nearest(${mask.width}, ${seen.width})${range(seen.width, output.width)}`,
    'masks = masks[:, rows][:, :, places]  # The network sees the middle only.',
  ];
}
