import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../../src/main/executors/tensorflowExecutor.ts';
import { networkError, oracleNetworkNames } from '../support/oracleNetworks.ts';

/** One of each kind: the others differ from these in depth and width alone, and `npm run verify:pytorch` takes them all. */
const oneOfEachKind: readonly string[] = [
  'convnext-tiny',
  'densenet-121',
  'densenet-bc-100',
  'efficientnet-b0',
  'mini-gpt',
  'mobilenet-v2',
  'mobilenet-v3-large',
  'plain-20',
  'resnet-164',
  'resnet-20',
  'resnet-50',
  'resnet-56-rezero',
  'resnet-v2-50',
  'resnext-50-32x4d',
  'rl-tower-small',
  'se-resnet-50',
  'u-net-padded',
  'vgg-11-bn',
  'vit-base-16',
];
const names = process.env['SKIPWIRE_VERIFY'] === 'all' ? oracleNetworkNames() : oneOfEachKind;

let executor: Executor;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
});
afterAll(() => executor.dispose());

test.each(names)(
  '%s predicts what PyTorch predicts with the same weights',
  async (name) => {
    // What PyTorch's own single precision strays from its double is of this order too.
    expect(await networkError(executor, name)).toBeLessThan(1e-4);
  },
  120_000,
);
