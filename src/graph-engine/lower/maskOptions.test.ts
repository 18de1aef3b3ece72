import { expect, test } from 'vitest';
import { setTraining } from '../document/commands/editDocument.ts';
import { SkipwireDocument } from '../document/schema.ts';
import { createInterpreter } from '../program/interpreter/createInterpreter.ts';
import { openEditor } from '../testing/openEditor.ts';
import { lowerDocument } from './lowerDocument.ts';
import { mixingFeedNames } from './mixSamples.ts';
import golden from './maskOptions.golden.json' with { type: 'json' };

/*
 * A network for masks takes the steps that it takes in PyTorch (tests/oracles/maskOptions.py), both in double precision: masks are
 * cut with their images, and classes count by their weights.
 */
const TOLERANCE = 1e-12;
const [BATCH, SIZE, CHANNELS, CLASSES] = [4, 6, 2, 3];

type Case = (typeof golden.cases)[number];

function open({ kind, cut, weighted }: Case) {
  const editor = openEditor();
  editor.add('input', { height: SIZE, width: SIZE, channels: CHANNELS }, 'input');
  editor.add('conv2d', { filters: CLASSES, kernel: 3, bias: true }, 'conv');
  editor.add('segmentationOutput', { loss: kind }, 'output');
  editor.wire('input', 'conv').wire('conv', 'output');
  const changes = SkipwireDocument.shape.training.parse({
    optimizer: { kind: 'sgd', weightDecay: 0 },
    ...(cut && { mixing: { kind: 'cutmix', alpha: 1 } }),
    ...(weighted && { classWeights: { kind: 'given', weights: golden.weights.join(', ') } }),
  });
  editor.dispatch(setTraining, { changes });
  const lowered = lowerDocument(editor.document);
  if (!lowered.ok) throw new Error(lowered.error[0]?.message);
  const interpreter = createInterpreter(lowered.value.program, { precision: 'float64' });
  interpreter.write('conv.kernel', golden.kernel);
  interpreter.write('conv.bias', golden.bias);
  return interpreter;
}

test.each(golden.cases)('$kind, masks cut: $cut, classes weighted: $weighted: the steps of PyTorch', (example) => {
  const interpreter = open(example);
  for (const [step, expected] of example.steps.entries()) {
    const results = interpreter.run('train', {
      'inputs/input': { dims: [BATCH, SIZE, SIZE, CHANNELS], data: Float64Array.from(golden.images[step] ?? []) },
      'targets/output': { dims: [BATCH, SIZE, SIZE], data: Int32Array.from(golden.masks[step] ?? []) },
      seed: { dims: [2], data: Int32Array.of(1, step) },
      learningRate: { dims: [], data: Float64Array.of(golden.rate) },
      ...(example.cut && {
        [mixingFeedNames.partner]: { dims: [BATCH], data: Int32Array.from(golden.partner) },
        [mixingFeedNames.box]: { dims: [4], data: Float64Array.from(golden.box) },
      }),
    });
    expect(Math.abs((results['loss']?.data[0] ?? NaN) - expected.loss)).toBeLessThan(TOLERANCE);
    const kernel = interpreter.read('conv.kernel');
    expected.kernel.forEach((value, i) => expect(Math.abs((kernel[i] ?? NaN) - value)).toBeLessThan(TOLERANCE));
  }
});
