import { isImage, isSequence, sizeOf } from '../../../core/shape.ts';
import type { TrainingSettings } from '../../../document/trainingSettings.ts';
import type { DataInput } from '../../../training/dataDescription.ts';
import { pythonLiteral, pythonString } from '../../python/pythonCode.ts';
import { imageSizeFor, type FedInput, type TaughtOutput } from '../../python/training/networkEnds.ts';

type ImageData = DataInput & { kind: 'image' };

/** Source of the data set as the network takes it. */
export interface SamplesCode {
  readonly source: string;
  readonly usesTransforms: boolean;
}

/** Writes how samples become tensors: sizes and channels as the network takes them, varied and normalized as the settings say. */
export function samplesCode(
  inputs: readonly FedInput[],
  outputs: readonly TaughtOutput[],
  training: Pick<TrainingSettings, 'augmentation' | 'normalization'>,
): SamplesCode {
  const standardized = training.normalization === 'standardize';
  const { augmentation = {} } = training;
  const image = inputs.find(({ data }) => data.kind === 'image');
  const varies = image !== undefined && Object.keys(augmentation).length > 0;
  const size = image?.data.kind === 'image' ? imageSizeFor(image.type, image.data) : undefined;
  const masks = outputs.some(({ data }) => data.kind === 'mask');
  const hasImages =
    inputs.some(({ data }) => data.kind === 'image') || outputs.some(({ data }) => data.kind === 'image');
  const parts: string[] = [];
  if (varies && size !== undefined) parts.push(variation(augmentation, size));
  if (hasImages) parts.push(imageTensor);
  if (standardized) parts.push(measuring(inputs));
  if (masks) parts.push(nearest);
  parts.push(
    `class Samples(torch.utils.data.Dataset):
    """Samples as the network takes them and learns from them; those to learn from are varied each time."""

    def __init__(self, columns, indices, varied=False, normalization=None):
        self.columns, self.indices, self.varied = columns, indices, varied
        self.normalization = normalization or {}

    def __len__(self):
        return len(self.indices)

    def __getitem__(self, place):
        index = self.indices[place]
${sampleLines(inputs, outputs, varies, standardized, augmentation.erase !== undefined)
  .map((line) => `        ${line}`)
  .join('\n')}`,
  );
  return { source: parts.join('\n\n\n'), usesTransforms: varies };
}

const imageTensor = `def image_tensor(pixels, size, channels):
    """An image with its channels first, from 0 to 1, in the size and with the channels that the network takes."""
    pixels = numpy.asarray(pixels)
    image = torch.from_numpy(numpy.ascontiguousarray(pixels.transpose(2, 0, 1)))
    image = image.float() / 255 if pixels.dtype == numpy.uint8 else image.float()
    if len(image) == 1:
        image = image.expand(channels, -1, -1)
    elif channels == 1:
        # ITU-R BT.601, as everywhere that colour becomes grey.
        image = torch.tensordot(torch.tensor([[0.299, 0.587, 0.114]]), image, dims=1)
    if image.shape[1:] != size:
        image = F.interpolate(image[None], size, mode="bilinear", align_corners=False)[0]
    return image`;

const nearest = `def nearest(source, target):
    """For each of \`target\` places the nearest of \`source\`."""
    return numpy.minimum(source - 1, ((numpy.arange(target) + 0.5) * source / target).astype(int))`;

function measuring(inputs: readonly FedInput[]): string {
  const measured = inputs.filter(({ type }) => type.dtype === 'float32').map(({ path }) => pythonString(path));
  return `def measure_inputs(samples, inputs=(${measured.join(', ')},)):
    """Mean and deviation of each channel or feature over the samples that are learned from, by input."""
    chosen = numpy.linspace(0, len(samples), min(len(samples), 20_000), endpoint=False).astype(int)
    normalization = {}
    for name in inputs:
        sums, squares, count = 0.0, 0.0, 0
        for place in chosen:
            values = samples[place][0][name].double()
            shape = {1: (-1, 1), 2: (1, -1)}.get(values.dim(), (len(values), -1))
            values = values.reshape(shape)
            sums, squares, count = sums + values.sum(1), squares + values.square().sum(1), count + values.shape[1]
        mean = sums / count
        deviation = (squares / count - mean.square()).clamp(min=0).sqrt()
        deviation[deviation < 1e-6] = 1
        normalization[name] = mean.float(), deviation.float()
    return normalization


def normalized(values, mean, deviation):
    """Numbers with mean 0 and deviation 1, by channel or by feature."""
    shape = (-1, 1, 1) if values.dim() == 3 else (-1,)
    return (values - mean.reshape(shape)) / deviation.reshape(shape)`;
}

function variation(
  { flip, crop, resizedCrop, rotate, colour, erase }: NonNullable<TrainingSettings['augmentation']>,
  { height, width }: { readonly height: number; readonly width: number },
): string {
  const size = pythonLiteral([height, width]);
  const fill = { black: 'constant', edge: 'edge', reflect: 'reflect' } as const;
  const steps = [
    ...(rotate === undefined
      ? []
      : [`v2.RandomRotation(${rotate.degrees}, interpolation=v2.InterpolationMode.BILINEAR),`]),
    ...(resizedCrop === undefined
      ? []
      : [
          `v2.RandomResizedCrop(${size}, scale=(${resizedCrop.smallest}, 1), ratio=(${pythonLiteral(1 / resizedCrop.stretch)}, ${pythonLiteral(resizedCrop.stretch)})),`,
        ]),
    ...(crop === undefined
      ? []
      : [`v2.RandomCrop(${size}, padding=${crop.padding}, padding_mode="${fill[crop.fill]}"),`]),
    ...(flip === 'horizontal' || flip === 'both' ? ['v2.RandomHorizontalFlip(),'] : []),
    ...(flip === 'vertical' || flip === 'both' ? ['v2.RandomVerticalFlip(),'] : []),
    ...(colour === undefined
      ? []
      : [`v2.ColorJitter(${colour.brightness}, ${colour.contrast}, ${colour.saturation}, ${colour.hue}),`]),
  ];
  const erased =
    erase === undefined
      ? ''
      : `\n# Of images that are normalized: what is erased is then the mean.\nERASE = v2.RandomErasing(p=${erase.probability}, scale=(${Math.min(0.02, erase.largest)}, ${erase.largest}))`;
  return `# How images are varied, and masks along with them.
VARY = v2.Compose(
    [
${(steps.length === 0 ? ['v2.Identity(),'] : steps).map((line) => `        ${line}`).join('\n')}
    ]
)${erased}`;
}

/** The lines of `__getitem__` that make inputs and targets. */
function sampleLines(
  inputs: readonly FedInput[],
  outputs: readonly TaughtOutput[],
  varies: boolean,
  standardized: boolean,
  erases: boolean,
): readonly string[] {
  const lines: string[] = ['inputs, targets = {}, {}'];
  const imageOf = (data: ImageData, type: FedInput['type']): string => {
    const { height, width, channels } = imageSizeFor(type, data);
    return `image_tensor(self.columns[${pythonString(data.name)}][index], (${height}, ${width}), ${channels})`;
  };
  for (const { path, type, data } of inputs) {
    const place = `inputs[${pythonString(path)}]`;
    switch (data.kind) {
      case 'image':
        lines.push(`${place} = ${imageOf(data, type)}`);
        break;
      case 'features':
        lines.push(
          `${place} = torch.from_numpy(numpy.array(self.columns[${pythonString(data.name)}][index], numpy.float32))`,
        );
        break;
      case 'text': {
        const length = sizeOf(type, 'sequence') ?? 1;
        lines.push(
          `tokens = self.columns[${pythonString(data.name)}][index * ${length} : index * ${length} + ${length}]`,
        );
        lines.push(`${place} = torch.from_numpy(tokens.astype(numpy.int64))`);
        break;
      }
    }
  }
  for (const { path, target, data } of outputs) {
    const place = `targets[${pythonString(path)}]`;
    const column = `self.columns[${pythonString(data.name)}]`;
    switch (data.kind) {
      case 'class':
        if (target.kind === 'class') lines.push(`${place} = torch.tensor(int(${column}[index]))`);
        else if ((target.type.axes[0]?.size ?? 1) === 1)
          lines.push(`${place} = torch.tensor([float(${column}[index])])`);
        else {
          lines.push(
            `${place} = F.one_hot(torch.tensor(int(${column}[index])), ${target.type.axes[0]?.size ?? 1}).float()`,
          );
        }
        break;
      case 'mask': {
        const image = inputs.find((input) => input.data.kind === 'image');
        lines.push(`mask = numpy.asarray(${column}[index])`, ...maskFit(target.type, data, image));
        lines.push(
          target.kind === 'mask'
            ? `${place} = torch.from_numpy(mask.astype(numpy.int64))`
            : `${place} = torch.from_numpy(mask.astype(numpy.float32))[None]`,
        );
        break;
      }
      case 'next-token': {
        const length = sizeOf(target.type, 'sequence') ?? 1;
        lines.push(`tokens = ${column}[index * ${length} + 1 : index * ${length} + ${length} + 1]`);
        lines.push(`${place} = torch.from_numpy(tokens.astype(numpy.int64))`);
        break;
      }
      case 'values':
      case 'probabilities':
        lines.push(`${place} = torch.from_numpy(numpy.array(${column}[index], numpy.float32)).reshape(-1)`);
        break;
      case 'image':
        lines.push(`${place} = ${imageOf(data, target.type)}`);
        break;
    }
  }
  if (varies) lines.push('if self.varied:', ...variedLines(inputs, outputs).map((line) => `    ${line}`));
  for (const { path, type, data } of inputs) {
    if (data.kind !== 'image' || isImage(type)) continue;
    const place = `inputs[${pythonString(path)}]`;
    lines.push(
      isSequence(type)
        ? `${place} = ${place}[0]  # The rows of the image are the positions of the sequence.`
        : `${place} = ${place}.permute(1, 2, 0).flatten()`,
    );
  }
  if (standardized) {
    lines.push(
      'for name, (mean, deviation) in self.normalization.items():',
      '    inputs[name] = normalized(inputs[name], mean, deviation)',
    );
  }
  const image = inputs.find(({ data }) => data.kind === 'image');
  if (varies && erases && image !== undefined && isImage(image.type)) {
    const place = `inputs[${pythonString(image.path)}]`;
    lines.push('if self.varied:', `    ${place} = ERASE(${place})`);
  }
  lines.push('return inputs, targets');
  return lines;
}

/** The first image and all that lies over it are varied alike. */
function variedLines(inputs: readonly FedInput[], outputs: readonly TaughtOutput[]): readonly string[] {
  const image = inputs.find(({ data }) => data.kind === 'image');
  if (image === undefined) return [];
  const along = outputs.filter(({ data }) => data.kind === 'mask' || data.kind === 'image');
  const places = [`inputs[${pythonString(image.path)}]`, ...along.map(({ path }) => `targets[${pythonString(path)}]`)];
  const wrapped = [
    `tv_tensors.Image(${places[0] ?? ''})`,
    ...along.map(
      ({ data }, index) => `tv_tensors.${data.kind === 'mask' ? 'Mask' : 'Image'}(${places[index + 1] ?? ''})`,
    ),
  ];
  if (places.length === 1) return [`${places[0] ?? ''} = VARY(${wrapped[0] ?? ''}).as_subclass(torch.Tensor)`];
  return [
    `varied = VARY(${wrapped.join(', ')})`,
    `${places.join(', ')} = (value.as_subclass(torch.Tensor) for value in varied)`,
  ];
}

function maskFit(
  type: TaughtOutput['target']['type'],
  mask: { readonly height: number; readonly width: number },
  image: FedInput | undefined,
): readonly string[] {
  const output = { height: sizeOf(type, 'height') ?? mask.height, width: sizeOf(type, 'width') ?? mask.width };
  const seen = image?.data.kind === 'image' ? imageSizeFor(image.type, image.data) : mask;
  const stride = seen.height / output.height;
  if (Number.isInteger(stride) && stride === seen.width / output.width) {
    if (output.height === mask.height && output.width === mask.width) return [];
    return [`mask = mask[nearest(${mask.height}, ${output.height})][:, nearest(${mask.width}, ${output.width})]`];
  }
  // Convolutions without padding have lost a border: the output sees the middle.
  const range = (from: number, to: number): string => {
    const start = Math.max(0, Math.floor((from - to) / 2));
    return `[${start} : ${start + to}]`;
  };
  return [
    `rows, columns = nearest(${mask.height}, ${seen.height})${range(seen.height, output.height)}, nearest(${mask.width}, ${seen.width})${range(seen.width, output.width)}`,
    'mask = mask[rows][:, columns]  # The network sees the middle only.',
  ];
}
