import { expect, test } from 'vitest';
import { describeNetwork } from '../../../../tests/support/describeNetwork.ts';
import { importOwnExport, importOwnExportWithoutWeights } from '../../../../tests/support/importOwnExport.ts';
import { lowered, networkNames, networkTemplate, trainedLooking } from '../../../../tests/support/networks.ts';

// `npm run verify -- --import` compares the weights and the answers of all of them.
test.each(networkNames())('%s comes back from its own export as the same graph', { timeout: 60_000 }, (name) => {
  const document = networkTemplate(name);
  const back = importOwnExportWithoutWeights(document);
  expect(back.report.kept).toEqual([]);
  expect(describeNetwork(back.document)).toEqual(describeNetwork(document));
});

test.each([
  'first-residual.json',
  'resnet-20.json',
  'resnet-56-rezero.json',
  'densenet-bc-100.json',
  'u-net-padded.json',
  'mini-gpt.json',
  'vit-tiny-shapes.json',
  'rl-tower-small.json',
  'mobilenet-v2.json',
])('%s comes back with every weight', (name) => {
  const document = networkTemplate(name);
  const weights = trainedLooking(lowered(document).program, 3);
  const back = importOwnExport(document, weights);
  const values = new Map([...back.weights].map(([weight, tensor]) => [weight, tensor.values()]));
  expect(describeNetwork(back.document, values)).toEqual(describeNetwork(document, weights));
});
