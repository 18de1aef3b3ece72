import { expect, test } from 'vitest';
import { networkTemplate } from '../../../../../tests/support/networks.ts';
import { nodesOf } from '../../../document/graphs.ts';
import { SkipwireDocument } from '../../../document/schema.ts';
import { inferDocument } from '../../../infer/inferDocument.ts';
import type { DataSetDescription } from '../../../training/dataDescription.ts';
import { exportPytorch } from '../exportPytorch.ts';
import { pytorchTraining } from './pytorchTraining.ts';

const digits: DataSetDescription = {
  id: 'digits',
  title: 'Handwritten digits',
  description: 'Digits.',
  inputs: [{ kind: 'image', name: 'image', height: 8, width: 8, channels: 1 }],
  targets: [{ kind: 'class', name: 'digit', classes: [...'0123456789'] }],
  samples: 1797,
  licence: '',
};

function scriptOf(training: Readonly<Record<string, unknown>>, name = 'resnet-20.json') {
  const template = networkTemplate(name);
  const document = SkipwireDocument.parse({ ...template, training: { ...template.training, ...training } });
  const inferred = inferDocument(document);
  const data = { description: digits, path: 'resnet_data.safetensors', reader: null };
  return pytorchTraining({ document, inferred, module: 'resnet', data }, exportPytorch(document, inferred));
}

test('a script has the settings of the run, and nothing that the run does not need', () => {
  const { source, notices } = scriptOf({
    batchSize: 64,
    accumulate: 4,
    optimizer: { kind: 'adamw', weightDecay: 0.05 },
    weightDecaySpares: 'norms',
    clipping: { kind: 'norm', maximum: 2 },
    labelSmoothing: 0.1,
    augmentation: {},
  });
  expect(notices).toEqual([]);
  expect(source).toContain('STEP_SIZE = BATCH_SIZE * 4');
  expect(source).toContain('"weight_decay": 0.05');
  expect(source).toContain('nn.GroupNorm');
  expect(source).toContain('clip_grad_norm_(model.parameters(), 2)');
  expect(source).toContain('label_smoothing=0.1');
  // The digits become what the network takes.
  expect(source).toContain('image_tensor(self.columns["image"][index], (32, 32), 3)');
  expect(source).not.toMatch(/torchvision|autocast|AveragedModel|undefined/);
  expect(source.split('\n').filter((line) => line.length > 120)).toEqual([]);
});

test('in float16 the loss is scaled, and gradients are clipped as what they are', () => {
  const { source } = scriptOf({ precision: 'float16', clipping: { kind: 'norm', maximum: 2 }, accumulate: 2 });
  expect(source).toContain('torch.autocast(next(iter(inputs.values())).device.type, torch.float16)');
  const order = [
    'scaler.scale(loss * share_of_batch).backward()',
    'scaler.unscale_(',
    'clip_grad_norm_',
    'scaler.step(',
  ].map((text) => source.indexOf(text));
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  expect(order).not.toContain(-1);
  // It belongs to where a run stands.
  expect(source).toContain('kept["scaler"] = scaler.state_dict()');
  expect(source).toContain('scaler.load_state_dict(kept["scaler"])');
});

test('a script says what it does otherwise', () => {
  const { source, notices } = scriptOf({
    augmentation: { flip: 'horizontal', crop: { padding: 2, fill: 'reflect' } },
    mixing: { kind: 'mixup', alpha: 0.4 },
    recompute: true,
  });
  expect(notices).toHaveLength(3);
  expect(source).toContain('v2.RandomCrop((32, 32), padding=2, padding_mode="reflect")');
  expect(source).toContain('torch.distributions.Beta(0.4, 0.4)');
});

test('what is frozen in the drawing stays as it is', () => {
  const template = structuredClone(networkTemplate('resnet-20.json'));
  for (const [id, node] of nodesOf(template.graph)) if (id === 'conv') Object.assign(node, { frozen: true });
  const document = SkipwireDocument.parse(template);
  const inferred = inferDocument(document);
  const data = { description: digits, path: 'resnet_data.safetensors', reader: null };
  const order = { document, inferred, module: 'resnet', data };
  expect(pytorchTraining(order, exportPytorch(document, inferred)).source).toContain('FROZEN = {"conv.weight"}');
});
