import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { lowered, networkTemplate, trainedLooking } from '../../../../tests/support/networks.ts';
import { exported } from '../../../../tests/support/onnxModels.ts';
import { sizeOf } from '../../core/shape.ts';
import { padsOf } from '../../core/window.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import { inferDocument } from '../../infer/inferDocument.ts';
import { type OpInstance, walkInstances } from '../../lower/walkInstances.ts';
import { importOnnx } from './importOnnx.ts';

/** What happens in training alone, and how weights begin: a file of a network says nothing of it. */
const trainingOnly: ReadonlySet<string> = new Set([
  ...['initializer', 'deviation', 'outputDeviation', 'initialBias', 'initialScale', 'initial', 'momentum'],
  ...['labelSmoothing', 'classWeights', 'lossWeight', 'positiveWeight', 'dropout', 'order'],
]);
const vanish: ReadonlySet<string> = new Set(['dropout', 'dropPath', 'spatialDropout']);

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
])('%s comes back from its own export as it was, with every weight', (name) => {
  const document = networkTemplate(name);
  const weights = trainedLooking(lowered(document).program, 3);
  const model = Buffer.concat([...exported(document, weights).model()]);
  const imported = importOnnx(model, { name: 'back' });
  if (!imported.ok) throw new Error(imported.error.message);
  const { report, weights: found, document: back } = imported.value;
  expect(report.kept).toEqual([]);
  const values = new Map([...found].map(([weight, tensor]) => [weight, tensor.values()]));
  expect(describeNetwork(back, values)).toEqual(describeNetwork(document, weights));
});

/**
 * Every op of a network by what it computes: itself, its parameters, and what feeds it, down to the inputs; with the values of
 * its weights. Names and blocks do not count.
 */
function describeNetwork(document: SkipwireDocument, weights: ReadonlyMap<string, Float32Array>): readonly string[] {
  const found: string[] = [];
  walkInstances<string>(document, inferDocument(document).root, {
    zeros: () => 'zeros',
    visit(instance, inputs) {
      const [first = ''] = Object.values(inputs);
      if (vanish.has(instance.op) || isNothing(instance)) return { output: first };
      const sides = Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const fed = instance.op === 'add' ? sides.map(([, from]) => from).toSorted() : sides.flat();
      const hash = hashOf([kindOf(instance), ...fed].join(' '));
      const own = Object.keys(instance.inferred.weights).map((weight) => {
        const values = weights.get(`${instance.path}.${weight}`) ?? new Float32Array();
        return `${weight} ${hashOf(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))}`;
      });
      found.push([kindOf(instance), hash, ...own].join(' '));
      return Object.fromEntries(Object.keys(instance.inferred.outputs).map((port) => [port, `${hash}.${port}`]));
    },
  });
  return found.toSorted();
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** Adds or cuts no pixel. */
function isNothing({ op, inferred: { inputs, outputs } }: OpInstance): boolean {
  const [from, to] = [inputs['input'], outputs['output']];
  return (
    (op === 'padChannels' || op === 'cropToMatch' || op === 'reshape') && JSON.stringify(from) === JSON.stringify(to)
  );
}

function kindOf({ op, inferred }: OpInstance): string {
  const { inputs, outputs, parameters = {} } = inferred;
  const channels = inputs['input'] === undefined ? undefined : sizeOf(inputs['input'], 'channels');
  const { groups = 1, filters, multiplier, ...rest } = parameters;
  // As many groups as channels: a file does not tell the two apart.
  const depthwise = op === 'depthwiseConv2d' || (op === 'conv2d' && groups !== 1 && groups === channels);
  const grouped = depthwise ? {} : { groups, filters, multiplier };
  // A table of positions that is as long as the sequence, said or not.
  const isWhole = op === 'positionalEmbedding' && rest['positions'] === sizeOf(inputs['input'] ?? noType, 'sequence');
  const table = isWhole ? { positions: 0 } : {};
  const told = Object.entries({ ...rest, ...grouped, ...table, ...explicitPads(rest) })
    .filter(([name, value]) => !trainingOnly.has(name) && value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${depthwise ? 'depthwise' : op} ${JSON.stringify(told)} ${JSON.stringify(Object.values(outputs))}`;
}

const noType = { axes: [], dtype: 'float32' } as const;

function explicitPads(parameters: Readonly<Record<string, unknown>>) {
  const { kernel, stride, padding, dilation } = parameters;
  const isPair = (value: unknown): value is [number, number] => Array.isArray(value);
  const isPadding = padding === 'same' || padding === 'valid' || isPair(padding);
  if (!isPair(kernel) || !isPair(stride) || !isPadding) return {};
  return { padding: padsOf({ kernel, stride, padding, ...(isPair(dilation) ? { dilation } : {}) }) };
}
