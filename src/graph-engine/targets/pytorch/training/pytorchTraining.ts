import { pythonDocumentation, pythonString } from '../../python/pythonCode.ts';
import { frozenParameters } from '../../python/training/frozenParameters.ts';
import { fedEnds } from '../../python/training/networkEnds.ts';
import { orderCode } from '../../python/training/orderCode.ts';
import { rateCode } from '../../python/training/rateCode.ts';
import { decodesImages, pathCode, readingCode } from '../../python/training/readingCode.ts';
import type { TrainingScript, TrainingScriptOrder } from '../../python/training/scriptOrder.ts';
import { wrapText } from '../../python/wrapText.ts';
import { formatPython } from '../../python/format/formatPython.ts';
import type { PytorchExport } from '../exportPytorch.ts';
import { lossCode } from './lossCode.ts';
import { loopCode } from './loopCode.ts';
import { optimizerCode } from './optimizerCode.ts';
import { samplesCode } from './samplesCode.ts';

/**
 * Writes the run of a document as a Python script that trains the exported network: its data, settings, schedule and
 * checkpoints, on one machine or under torchrun. The data must fit the network.
 */
export function pytorchTraining(
  order: TrainingScriptOrder,
  network: Pick<PytorchExport, 'outputs' | 'state'>,
): TrainingScript {
  const { document, module, data } = order;
  const { training } = document;
  const { inputs, outputs } = fedEnds(order);
  const reading = readingCode(data);
  const samples = samplesCode(inputs, outputs, training);
  const frozen = frozenParameters(order, network.state);
  const body = [
    constants(order, frozen),
    reading.source,
    orderCode(training),
    samples.source,
    lossCode(outputs, training),
    optimizerCode(training),
    rateCode(training),
    loopCode({
      training,
      inputs,
      outputs,
      results: network.outputs,
      decodesImages: decodesImages(data.reader),
      frozen,
    }),
  ].join('\n\n\n');
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\.`).test(body);
  const standard = ['argparse', 'os', 'pathlib', ...reading.imports, ...['contextlib', 'math'].filter(uses)];
  const averages = training.averaging?.kind === 'ema';
  const head = [
    `"""Trains ${pythonDocumentation(document.name)} as its run in Skipwire did.`,
    '',
    `    python ${module}_train.py --weights ${module}.safetensors`,
    `    torchrun --nproc_per_node 4 ${module}_train.py`,
    '',
    ...wrapText(pythonDocumentation(`Data: ${data.description.title}. ${data.description.description}`), 0),
    '"""',
    '',
    ...[...new Set(standard)].sort().map((name) => `import ${name}`),
    '',
    'import numpy',
    ...reading.from.filter((line) => line.startsWith('import ')),
    'import torch',
    'import torch.nn.functional as F',
    ...reading.from.filter((line) => line.startsWith('from PIL')),
    ...reading.from.filter((line) => line.startsWith('from safetensors')),
    'from safetensors.torch import save_file',
    'from torch import distributed, nn',
    ...(averages ? ['from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn'] : []),
    ...(samples.usesTransforms ? ['from torchvision import tv_tensors', 'from torchvision.transforms import v2'] : []),
    '',
    `from ${module} import create_model`,
  ].join('\n');
  return { source: formatPython(`${head}\n\n${body}\n`), notices: noticesOf(order) };
}

function constants({ document, data }: TrainingScriptOrder, frozen: readonly string[]): string {
  const { epochs, batchSize, accumulate = 1, learningRate, seed } = document.training;
  return [
    `DATA = ${pathCode(data)}`,
    `EPOCHS = ${epochs}`,
    `BATCH_SIZE = ${batchSize}`,
    ...(accumulate === 1 ? [] : [`STEP_SIZE = BATCH_SIZE * ${accumulate}`]),
    `LEARNING_RATE = ${learningRate}`,
    `SEED = ${seed}`,
    ...(frozen.length === 0
      ? []
      : ['# What stays as it is.', 'FROZEN = {', ...frozen.map((name) => `    ${pythonString(name)},`), '}']),
  ].join('\n');
}

/** What the script does otherwise than the run did. */
function noticesOf({ document: { training }, data }: TrainingScriptOrder): readonly string[] {
  const notices: string[] = [];
  if (training.recompute === true) notices.push('Activations are kept, not computed twice: it needs more memory.');
  if (training.validationData !== undefined && training.validationData !== '')
    notices.push(`It measures on a share of "${data.description.title}" instead of "${training.validationData}".`);
  if (training.mixing !== undefined && training.mixing.kind !== 'none')
    notices.push('Samples are mixed by PyTorch’s own chance.');
  if (training.augmentation !== undefined && Object.keys(training.augmentation).length > 0)
    notices.push('Images are varied by torchvision’s own chance.');
  if (decodesImages(data.reader)) notices.push('Images are resized by Pillow, which rounds a little differently.');
  return notices;
}
