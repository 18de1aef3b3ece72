import type { TrainingSettings } from '../../../document/trainingSettings.ts';
import { pythonDocumentation, pythonString } from '../../python/pythonCode.ts';
import { fedEnds } from '../../python/training/networkEnds.ts';
import { frozenParameters } from '../../python/training/frozenParameters.ts';
import { orderCode } from '../../python/training/orderCode.ts';
import { rateCode } from '../../python/training/rateCode.ts';
import { decodesImages, pathCode, readingCode } from '../../python/training/readingCode.ts';
import type { TrainingScript, TrainingScriptOrder } from '../../python/training/scriptOrder.ts';
import { wrapText } from '../../python/wrapText.ts';
import { formatPython } from '../../python/format/formatPython.ts';
import type { KerasExport } from '../exportKeras.ts';
import { lossCode, lossName, metricOf } from './lossCode.ts';
import { optimizerCode } from './optimizerCode.ts';
import { mixes, samplesCode } from './samplesCode.ts';

type Ends = ReturnType<typeof fedEnds>;

/**
 * Writes the run of a document as a Python script that trains the exported network with Keras's `fit`: its data, settings,
 * schedule and checkpoints. The data must fit the network.
 */
export function kerasTraining(
  order: TrainingScriptOrder,
  network: Pick<KerasExport, 'inputs' | 'state'>,
): TrainingScript {
  const { document, module, data } = order;
  const { training } = document;
  const ends = fedEnds(order);
  const reading = readingCode(data);
  const frozen = frozenParameters(order, network.state);
  const body = [
    constants(order, frozen),
    reading.source,
    orderCode(training),
    ...(mixes(training) ? [mixing(training)] : []),
    samplesCode({ ...ends, taken: network.inputs, training }),
    lossCode(ends.outputs, training),
    optimizerCode(training),
    rateCode(training),
    rateCallback(training),
    main(order, ends, frozen),
  ].join('\n\n\n');
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\.`).test(body);
  const standard = ['argparse', 'math', 'pathlib', ...reading.imports];
  const fromKeras = ['layers', 'ops'].filter(uses);
  const head = [
    `"""Trains ${pythonDocumentation(document.name)} as its run in Skipwire did.`,
    '',
    `    python ${module}_train.py --weights ${module}.safetensors`,
    '',
    ...wrapText(pythonDocumentation(`Data: ${data.description.title}. ${data.description.description}`), 0),
    '"""',
    '',
    ...[...new Set(standard)].sort().map((name) => `import ${name}`),
    '',
    'import keras',
    'import numpy',
    ...reading.from.filter((line) => line.startsWith('import ')),
    ...(fromKeras.length > 0 ? [`from keras import ${fromKeras.join(', ')}`] : []),
    ...reading.from.filter((line) => line.startsWith('from PIL')),
    ...reading.from.filter((line) => line.startsWith('from safetensors')),
    '',
    `from ${module} import create_model`,
  ].join('\n');
  return { source: formatPython(`${head}\n\n${body}\n`), notices: noticesOf(order, ends) };
}

function constants({ document, data }: TrainingScriptOrder, frozen: readonly string[]): string {
  const { epochs, batchSize, learningRate, seed } = document.training;
  return [
    `DATA = ${pathCode(data)}`,
    `EPOCHS = ${epochs}`,
    `BATCH_SIZE = ${batchSize}`,
    `LEARNING_RATE = ${learningRate}`,
    `SEED = ${seed}`,
    ...(frozen.length === 0
      ? []
      : ['# What stays as it is.', 'FROZEN = {', ...frozen.map((name) => `    ${pythonString(name)},`), '}']),
  ].join('\n');
}

function mixing({ mixing: given }: TrainingSettings): string {
  if (given === undefined || given.kind === 'none') return '';
  const body =
    given.kind === 'mixup'
      ? '    inputs = {name: share * value + (1 - share) * value[partner] for name, value in inputs.items()}'
      : `    for value in inputs.values():
        if value.ndim != 4:
            continue
        # A box of the area 1 - share, its middle anywhere; what juts out is cut off.
        sizes = numpy.array(value.shape[1:3])
        middle, half = CHANCE.random(2) * sizes, sizes * math.sqrt(1 - share) / 2
        top, left = numpy.maximum(0, numpy.round(middle - half)).astype(int)
        bottom, right = numpy.minimum(sizes, numpy.round(middle + half)).astype(int)
        value[:, top:bottom, left:right] = value[partner, top:bottom, left:right]
        share = 1 - (bottom - top) * (right - left) / sizes.prod()`;
  return `CHANCE = numpy.random.default_rng(SEED)


def mix(inputs, targets):
    """Samples mixed in pairs, and their targets by the same shares (${given.kind === 'mixup' ? 'mixup, Zhang et al. 2018' : 'CutMix, Yun et al. 2019'})."""
    share = CHANCE.beta(${given.alpha}, ${given.alpha})
    partner = CHANCE.permutation(len(next(iter(inputs.values()))))
${body}
    return inputs, {name: share * value + (1 - share) * value[partner] for name, value in targets.items()}`;
}

function rateCallback({ schedule, accumulate = 1 }: TrainingSettings): string {
  const plateau = schedule.kind === 'plateau' ? schedule : undefined;
  const step = accumulate === 1 ? 'self.step' : `self.step // ${accumulate}`;
  const steps = accumulate === 1 ? 'self.steps_per_epoch' : `math.ceil(self.steps_per_epoch / ${accumulate})`;
  return `class Rate(keras.callbacks.Callback):
    """Shuffles each epoch and sets the rate before each step${plateau === undefined ? '' : ', and lowers it when the validation gets no better'}."""

    def __init__(self, batches, epoch${plateau === undefined ? '' : ', monitor, sign'}):
        super().__init__()
        self.batches, self.steps_per_epoch, self.step = batches, len(batches), epoch * len(batches)
${plateau === undefined ? '' : '        self.monitor, self.sign, self.best, self.waited, self.drops = monitor, sign, None, 0, 0\n'}
    def on_epoch_begin(self, epoch, logs=None):
        self.batches.shuffle(epoch)

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = learning_rate(${step}, ${steps}${plateau === undefined ? '' : ', self.drops'})
        self.step += 1${
          plateau === undefined
            ? ''
            : `

    def on_epoch_end(self, epoch, logs=None):
        figure = self.sign * logs[self.monitor]
        if self.best is None or figure < self.best - 1e-4 * abs(self.best):
            self.best, self.waited = figure, 0
            return
        self.waited += 1
        if self.waited > ${plateau.patience}:
            self.waited, self.drops = 0, self.drops + 1`
        }`;
}

function main(order: TrainingScriptOrder, { inputs, outputs }: Ends, frozen: readonly string[]): string {
  const { training } = order.document;
  const [first] = outputs;
  const [input] = inputs;
  if (first === undefined || input === undefined) throw new Error('A network without ends is not trained');
  const { averaging, earlyStopping, checkpointEvery = 0, stratified } = training;
  const label = outputs.find(({ data }) => data.kind === 'class');
  const classes = stratified === true ? `, columns[${pythonString(label?.data.name ?? '')}]` : '';
  const column = `len(columns[${pythonString(input.data.name)}])`;
  const samples = input.data.kind === 'text' ? `(${column} - 1) // ${input.type.axes[0]?.size ?? 1}` : column;
  const several = outputs.length > 1;
  const metric = metricOf(first, training);
  const byMeasure = training.judgedBy === 'measure' && first.op !== 'nextTokenOutput';
  const monitor = byMeasure ? `val_${several ? `${first.path}_` : ''}${metric.name}` : 'val_loss';
  const mode = byMeasure ? metric.better : 'min';
  const standardized = training.normalization === 'standardize';
  const losses = several
    ? `{${outputs.map((one) => `${pythonString(one.path)}: ${lossName(one)}`).join(', ')}}`
    : lossName(first);
  const metrics = several ? `{${pythonString(first.path)}: [${metric.source}]}` : `[${metric.source}]`;
  const shares = outputs.map(({ path, parameters }) => [path, Number(parameters['lossWeight'] ?? 1)] as const);
  const weights = shares.every(([, share]) => share === 1)
    ? []
    : [
        several
          ? `loss_weights={${shares.map(([path, share]) => `${pythonString(path)}: ${share}`).join(', ')}}`
          : `loss_weights=${shares[0]?.[1] ?? 1}`,
      ];
  const normalization = standardized ? ', normalization=normalization' : '';
  const patience = earlyStopping?.kind === 'patience' ? earlyStopping : undefined;
  const balanced = training.classWeights?.kind === 'balanced' && label !== undefined;
  const callbacks = [
    `Rate(batches, options.initial_epoch${training.schedule.kind === 'plateau' ? `, "${monitor}", ${mode === 'max' ? -1 : 1}` : ''}),`,
    ...(averaging?.kind === 'ema' ? ['keras.callbacks.SwapEMAWeights(swap_on_epoch=True),'] : []),
    `keras.callbacks.ModelCheckpoint(`,
    `    options.out / "best.weights.h5", monitor="${monitor}", mode="${mode}", save_best_only=True, save_weights_only=True`,
    '),',
    ...(checkpointEvery > 0
      ? [
          'keras.callbacks.ModelCheckpoint(',
          `    options.out / "epoch-{epoch:04d}.weights.h5", save_weights_only=True, save_freq=${checkpointEvery} * len(batches)`,
          '),',
        ]
      : []),
    ...(patience === undefined
      ? []
      : [
          `keras.callbacks.EarlyStopping(monitor="${monitor}", mode="${mode}", min_delta=${patience.minimumGain}, patience=${patience.epochs}),`,
        ]),
    'keras.callbacks.CSVLogger(options.out / "metrics.csv"),',
    'keras.callbacks.BackupAndRestore(options.out / "backup"),',
  ];
  return `def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\\n")[0])
    parser.add_argument("--data", default=DATA, help="where the samples are")
    parser.add_argument("--weights", help="a safetensors file to begin with instead of chance")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("run"), help="folder for checkpoints")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--initial-epoch", type=int, default=0, help="the epoch to begin with")
    parser.add_argument("--steps", type=int, help="batches of an epoch, to try things out")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    keras.utils.set_random_seed(SEED)
${training.precision === undefined || training.precision === 'float32' ? '' : `    # Products in half the width; weights stay float32${training.precision === 'float16' ? ', and the loss is scaled so that small gradients survive' : ''}.\n    keras.config.set_dtype_policy("mixed_${training.precision}")\n`}    columns, parts = load_data(options.data)
    train, validation = split(${samples}, parts${classes})
${
  balanced
    ? `    # Every class counts alike, however rare it is.
    global CLASS_WEIGHTS
    counts = numpy.bincount(numpy.asarray(columns[${pythonString(label.data.name)}])[train].astype(int), minlength=${label.target.choices ?? 0})
    CLASS_WEIGHTS = numpy.where(counts == 0, 1, len(train) / (len(counts) * numpy.maximum(counts, 1)))
`
    : ''
}${standardized ? '    normalization = measure_inputs(columns, train)\n' : ''}    batches = Batches(columns, train, BATCH_SIZE, learned=True${normalization})
    held = Batches(columns, validation, max(64, BATCH_SIZE)${normalization})

    model = create_model(options.weights)
${
  frozen.length > 0
    ? `    for name in FROZEN:
        place = model
        for part in name.split("."):
            place = place[int(part)] if part.isdigit() else getattr(place, part)
        place.trainable = False
`
    : ''
}    model.compile(
        optimizer=create_optimizer(model),
        loss=${losses},
        metrics=${metrics},
${weights.map((line) => `        ${line},\n`).join('')}    )
    # The backup goes on where a run was broken off, with the state of the optimizer.
    model.fit(
        batches,
        validation_data=held,
        epochs=options.epochs,
        initial_epoch=options.initial_epoch,
        steps_per_epoch=options.steps,
        validation_steps=options.steps,
        shuffle=False,
        verbose=2,
        callbacks=[
${callbacks.map((line) => `            ${line}`).join('\n')}
        ],
    )


if __name__ == "__main__":
    main()`;
}

/** What the script does otherwise than the run did. */
function noticesOf({ document: { training }, data }: TrainingScriptOrder, { outputs }: Ends): readonly string[] {
  const { optimizer } = training;
  const notices: string[] = [];
  const differs = outputs.some(({ parameters, trained }) => JSON.stringify(parameters) !== JSON.stringify(trained));
  if (differs || training.classWeights?.kind === 'balanced')
    notices.push('Keras measures the validation with smoothing and class weights too.');
  if (training.averaging?.kind === 'ema')
    notices.push('Keras averages what is learned; the statistics of batch norms are those of the last step.');
  if (['momentum', 'nesterov'].includes(optimizer.kind))
    notices.push('Keras multiplies the memory of momentum by each rate: a falling rate takes other steps.');
  if (training.recompute === true) notices.push('Activations are kept, not computed twice: it needs more memory.');
  if (training.validationData !== undefined && training.validationData !== '')
    notices.push(`It measures on a share of "${data.description.title}" instead of "${training.validationData}".`);
  if (mixes(training)) notices.push('Samples are mixed by NumPy’s own chance.');
  const { augmentation = {} } = training;
  if (Object.keys(augmentation).length > 0) notices.push('Images are varied by Keras’s own layers and chance.');
  if (augmentation.resizedCrop !== undefined) notices.push('Keras has no resized crop: images are enlarged at random.');
  if (decodesImages(data.reader)) notices.push('Images are resized by Pillow, which rounds a little differently.');
  return notices;
}
