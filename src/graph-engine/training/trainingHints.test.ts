import { expect, test } from 'vitest';
import { networkOf } from '../../../tests/support/networks.ts';
import { commandNamed } from '../document/commands/index.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { lowerDocument } from '../lower/lowerDocument.ts';
import { openEditor } from '../testing/openEditor.ts';
import { trainingHints } from './trainingHints.ts';

const smoothed = (output: string, parameters = {}, labelSmoothing = 0.1): SkipwireDocument => {
  const network = networkOf({
    values: { op: 'featureInput', parameters: { size: 4 } },
    dense: { op: 'dense', parameters: { units: 3 }, inputs: { input: 'values' } },
    out: { op: output, parameters, inputs: { input: 'dense' } },
  });
  return { ...network, training: { ...network.training, labelSmoothing } };
};

test('label smoothing that no output takes is told, with a fix; where one takes it nothing is', () => {
  expect(trainingHints(smoothed('classificationOutput'))).toEqual([]);
  expect(trainingHints(smoothed('binaryOutput', {}, 0))).toEqual([]);
  const editor = openEditor(smoothed('binaryOutput'));
  const [hint] = trainingHints(editor.document);
  expect(hint).toMatchObject({
    code: 'training/unheeded-smoothing',
    at: { node: 'out' },
    message: expect.stringContaining('no output of this network takes it') as string,
  });
  const [fix] = hint?.fixes ?? [];
  if (fix === undefined) throw new Error('There is a fix');
  editor.dispatch(commandNamed(fix.command), fix.arguments);
  expect(trainingHints(editor.document)).toEqual([]);
  expect(editor.document.training).not.toHaveProperty('labelSmoothing');
});

test('label smoothing of an output itself wins, which is told', () => {
  const [hint] = trainingHints(smoothed('classificationOutput', { labelSmoothing: 0.2 }));
  expect(hint?.message).toContain('"out" has label smoothing of its own');
});

test('nodes that are kept from a file are named, with what to do, before training begins', () => {
  const kept = { op: 'onnxOperator-1-1', parameters: { operator: 'Hardmax' } };
  const document = networkOf({
    image: { op: 'input', parameters: { height: 4, width: 4, channels: 1 } },
    ...Object.fromEntries(
      ['odd', 'rare', 'strange', 'alien'].map((id) => [id, { ...kept, inputs: { input1: 'image' } }]),
    ),
    output: { op: 'onnxOutput', inputs: { input: 'odd.output1' } },
  });
  const [hint] = trainingHints(document);
  expect(hint).toMatchObject({ code: 'graph/kept-operator', severity: 'warning', at: { node: 'odd' } });
  expect(hint?.message).toBe(
    '"odd" (Hardmax), "rare" (Hardmax), "strange" (Hardmax) and 2 more are kept from a file and not known here: they show and are exported again, but they cannot be trained or computed. Put ops in their places, or bypass them.',
  );
  const lowered = lowerDocument(document);
  expect(lowered.ok ? [] : lowered.error.map(({ message }) => message)).toEqual([hint?.message]);
});
