import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blockTemplate, lowered, networkOf, networkTemplate, trainedLooking } from '../../../tests/support/networks.ts';
import { writeRun } from '../../../tests/support/runs.ts';
import { runFiles } from '../runs/runFiles.ts';
import { createEngineClient } from '../training/engineClient.ts';
import { exportOnnxFile } from './exportOnnxFile.ts';

// The native engine and onnxruntime, each in its own process, as a user's export has them.
const engine = createEngineClient();
let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'skipwire-engine-'))));
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

const residual = blockTemplate('residual-basic.json');
const conformer = blockTemplate('conformer.json');
const output = { op: 'classificationOutput' };

test.each([
  [
    'convolution, flatten and dense on an image that is not square',
    networkOf({
      image: { op: 'input', parameters: { height: 5, width: 7, channels: 3 } },
      conv: { op: 'conv2d', parameters: { filters: 6, kernel: [2, 4], stride: 2 } },
      max: { op: 'maxPooling2d', parameters: { kernel: 2, stride: 1, padding: 'same' } },
      average: { op: 'averagePooling2d', parameters: { kernel: 3, stride: 2, padding: 'same' } },
      flatten: { op: 'flatten' },
      dense: { op: 'dense', parameters: { units: 9 } },
      output,
    }),
  ],
  ...['projection', 'zero-pad'].map(
    (shortcut) =>
      [
        `the residual block with the shortcut ${shortcut}`,
        networkOf(
          {
            image: { op: 'input', parameters: { height: 9, width: 8, channels: 4 } },
            block: { block: residual.id, parameters: { shortcut, filters: 8, stride: 2 } },
            pool: { op: 'globalAveragePooling' },
            dense: { op: 'dense', parameters: { units: 5 } },
            output,
          },
          residual.blocks,
        ),
      ] as const,
  ),
  ['ResNet-20', networkTemplate('resnet-20.json')],
  ['the tower with a policy and a value', networkTemplate('rl-tower-small.json')],
  [
    'two inputs, one of them tokens, and outputs of every kind',
    networkOf({
      image: { op: 'input', parameters: { height: 4, width: 6, channels: 3 } },
      conv: { op: 'conv2d', parameters: { filters: 2 } },
      mask: { op: 'segmentationOutput' },
      pool: { op: 'globalAveragePooling', inputs: { input: 'conv' } },
      words: { op: 'tokenInput', parameters: { length: 5, vocabulary: 7 }, inputs: {} },
      embedding: { op: 'embedding', parameters: { features: 6 } },
      next: { op: 'nextTokenOutput', inputs: { input: 'embedding' } },
      answers: { op: 'binaryOutput', inputs: { input: 'pool' } },
      value: { op: 'regressionOutput', inputs: { input: 'conv' } },
      inside: { op: 'featureOutput', inputs: { input: 'embedding' } },
    }),
  ],
  ['the mini GPT, whose head shares the table of its embedding', networkTemplate('mini-gpt.json')],
  ['the vision Transformer for small images', networkTemplate('vit-tiny-shapes.json')],
  [
    'attention that skips padding',
    networkOf({
      tokens: { op: 'tokenInput', parameters: { length: 7, vocabulary: 3 } },
      embed: { op: 'embedding', parameters: { features: 8 } },
      attention: { op: 'multiHeadAttention', parameters: { heads: 2 }, inputs: { input: 'embed', tokens: 'tokens' } },
      mean: { op: 'reduce' },
      dense: { op: 'dense', parameters: { units: 4 } },
      output,
    }),
  ],
  [
    'a Conformer that hears relative positions',
    networkOf(
      {
        bands: { op: 'sequenceInput', parameters: { length: 9, features: 8 } },
        block: { block: conformer.id, repeat: 2, parameters: { features: 8, heads: 2, hidden: 16, kernel: 4 } },
        mean: { op: 'reduce', parameters: { by: 'maximum' } },
        dense: { op: 'dense', parameters: { units: 4 } },
        output,
      },
      conformer.blocks,
    ),
  ],
] as const)('%s leaves as ONNX and is verified', { timeout: 60_000 }, async (name, document) => {
  const weights = trainedLooking(lowered(document).program, 3);
  const runFolder = await writeRun(path.join(folder, `${name}-run`), document, { [runFiles.best]: weights });
  const file = path.join(folder, `${name}.onnx`);
  const answer = await exportOnnxFile({ document, runFolder, file, overwrite: false }, { engine });
  expect(answer.verification).toMatchObject({ status: 'verified' });
  if (answer.verification.status !== 'verified') throw new Error('unreachable');
  expect(answer.verification.maximumDifference).toBeLessThan(1e-4);
});
