import { expect, test } from 'vitest';
import { networkTemplate } from '../../../../../tests/support/networks.ts';
import { SkipwireDocument } from '../../../document/schema.ts';
import { inferDocument } from '../../../infer/inferDocument.ts';
import type { DataSetDescription } from '../../../training/dataDescription.ts';
import { exportKeras } from '../exportKeras.ts';
import { kerasTraining } from './kerasTraining.ts';

const photographs: DataSetDescription = {
  id: './photographs',
  title: 'photographs',
  description: 'Images in the folder "photographs".',
  inputs: [{ kind: 'image', name: 'image', height: 40, width: 48, channels: 3 }],
  targets: [{ kind: 'class', name: 'class', classes: [...'abcdefghij'] }],
  samples: 500,
  licence: '',
};

test('a script fits what was drawn to files of the workspace, and says what Keras does otherwise', () => {
  const template = networkTemplate('resnet-20.json');
  const document = SkipwireDocument.parse({
    ...template,
    training: {
      ...template.training,
      optimizer: { kind: 'adamw', weightDecay: 0.05 },
      clipping: { kind: 'value', maximum: 0.5 },
      augmentation: { flip: 'horizontal', crop: { padding: 4 } },
      earlyStopping: { kind: 'patience', epochs: 7 },
      judgedBy: 'measure',
      averaging: { kind: 'ema', decay: 0.99 },
      labelSmoothing: 0.1,
    },
  });
  const inferred = inferDocument(document);
  const reader = { kind: 'image-folder', fit: 'contain', colour: 'auto', leaveOut: false } as const;
  const data = { description: photographs, path: 'photographs', reader };
  const { source, notices } = kerasTraining(
    { document, inferred, module: 'resnet', data },
    exportKeras(document, inferred),
  );
  expect(source).toContain('DATA = "photographs"');
  expect(source).toContain('ImageOps.pad(image, size, method, color=0)');
  expect(source).toContain('image_batch(self.columns["image"], chosen, (32, 32), 3)');
  expect(source).toContain('layers.RandomTranslation(0.125, 0.125, fill_mode="constant")');
  expect(source).toContain('exclude_from_weight_decay');
  expect(source).toContain('monitor="val_accuracy", mode="max", min_delta=0, patience=7');
  expect(source).toContain('use_ema=True');
  expect(source).not.toContain('undefined');
  expect(notices).toEqual([
    'Keras measures the validation with smoothing and class weights too.',
    'Keras averages what is learned; the statistics of batch norms are those of the last step.',
    'Images are varied by Keras’s own layers and chance.',
    'Images are resized by Pillow, which rounds a little differently.',
  ]);
  expect(source.split('\n').filter((line) => line.length > 130)).toEqual([]);
});
