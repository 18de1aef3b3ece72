import fc from 'fast-check';
import { expect, test } from 'vitest';
import { features, image, type TensorType } from '../core/shape.ts';
import { NodeId } from '../document/schema.ts';
import type { InferredNode } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';
import { blockTemplate, networkOf } from '../../../tests/support/networks.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import { openEditor } from '../testing/openEditor.ts';
import { describeBlockTrails } from './blockTrail.ts';
import { explainNode } from './explainNode.ts';
import { explainOutput } from './opShapes.ts';
import { fitSizeExpression, writeSizeExpression } from './sizeExpression.ts';
import { shapeTrail } from './shapeTrail.ts';
import { nameOfAxis, writeSizeRule } from './sizeRules.ts';

/** The rule of every axis, and what would change it: `height: ⌈height / 2⌉ (stride, padding)`. */
function rules(
  type: string,
  given: Readonly<Record<string, unknown>>,
  ...types: readonly TensorType[]
): readonly string[] {
  const op = opNamed(type);
  if (op === undefined) throw new Error(`There is no op ${type}`);
  const inputs = Object.fromEntries(op.inputs.map((port, i) => [port, types[i] ?? features(1)]));
  const explained = explainOutput(op, op.outputs[0] ?? '', op.parameters.parse(given), inputs);
  return (explained ?? []).map(({ axis, rule, influences }) => {
    const matters = influences.map(({ parameter }) => parameter).join(', ');
    return `${axis}: ${writeSizeRule(rule, (place) => nameOfAxis(inputs, place))}${matters === '' ? '' : ` (${matters})`}`;
  });
}

test('a convolution: what a stride does, what padding does, and that filters are channels', () => {
  expect(rules('conv2d', { filters: 8, stride: 2 }, image(32, 32, 16))).toEqual([
    'height: ⌈height / 2⌉ (stride, padding)',
    'width: ⌈width / 2⌉ (stride, padding)',
    'channels: filters',
  ]);
  expect(rules('conv2d', { kernel: [5, 3], padding: 'valid' }, image(32, 32, 16)).slice(0, 2)).toEqual([
    'height: height − 4 (kernel, stride, padding, dilation)',
    'width: width − 2 (kernel, stride, padding, dilation)',
  ]);
});

test('sizes that come from several places', () => {
  expect(rules('flatten', {}, image(8, 6, 3))).toEqual(['features: height · width · channels']);
  expect(rules('concatenate', {}, image(8, 6, 3), image(8, 6, 5))[2]).toBe('channels: channels of a + channels of b');
  expect(rules('pixelShuffle', {}, image(8, 6, 16))).toEqual([
    'height: height × 2 (factor)',
    'width: width × 2 (factor)',
    'channels: channels / 4 (factor)',
  ]);
});

test('any rounded division is found again from its samples', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: -20, max: 60 }), (divisor, offset) => {
      const of = (size: number): number => Math.floor((size + offset) / divisor);
      const samples = Array.from({ length: 160 }, (_, i) => [i + 21, of(i + 21)] as const);
      const found = fitSizeExpression(samples);
      if (found === undefined) return false;
      return samples.every(
        ([size, result]) => Math.floor((found.scale * size + found.offset) / found.divisor) === result,
      );
    }),
  );
  expect(
    fitSizeExpression([
      [1, 1],
      [2, 4],
      [3, 9],
      [4, 16],
    ]),
  ).toBeUndefined();
  expect(writeSizeExpression({ scale: 1, divisor: 3, offset: -2, roundsUp: false, exact: false }, 'width')).toBe(
    '⌊(width − 2) / 3⌋',
  );
});

test('a node is explained with its own sizes, and not at all while something is missing', () => {
  const editor = openEditor();
  editor.add('input', { height: 33, width: 32, channels: 3 }, 'in');
  editor.add('conv2d', { filters: 8, stride: 2 }, 'conv');
  editor.add('add', {}, 'sum');
  editor.wire('in', 'conv').wire('conv', 'sum.a');
  const at = (id: string): InferredNode => {
    const node = editor.inferred.root.nodes.get(NodeId.parse(id));
    if (node === undefined) throw new Error(`There is no ${id}`);
    return node;
  };
  expect(explainNode(at('conv'))['output']?.[0]).toEqual({
    axis: 'height',
    size: 17,
    rule: '⌈height / 2⌉',
    worked: '⌈33 / 2⌉',
    because: ['stride 2', 'padding same'],
  });
  expect(explainNode(at('sum'))).toEqual({});
  expect(shapeTrail(editor.inferred.root, NodeId.parse('conv')).map(({ name, shape }) => `${name} ${shape}`)).toEqual([
    'in 33×32×3',
    'conv 17×16×8',
  ]);
});

test('a block tells where the shape changes inside, or that it does not', () => {
  const residual = blockTemplate('residual-basic.json');
  const document = networkOf(
    {
      image: { op: 'input', parameters: { height: 8, width: 8, channels: 16 } },
      same: { block: residual.id, parameters: { filters: 16 }, repeat: 2 },
      half: {
        block: residual.id,
        parameters: {
          filters: 32,
          stride: '= index == 0 ? 2 : 1',
          shortcut: '= index == 0 ? "projection" : "identity"',
        },
        repeat: 3,
      },
      pool: { op: 'globalAveragePooling' },
      output: { op: 'classificationOutput' },
    },
    residual.blocks,
  );
  const { root } = inferDocument(document);
  const at = (id: string): readonly string[] => {
    const node = root.nodes.get(NodeId.parse(id));
    return node === undefined ? [] : describeBlockTrails(node);
  };
  expect(at('same')).toEqual(['8×8×16 throughout, past 7 nodes']);
  expect(at('half')).toEqual(['8×8×16 → 4×4×32 in conv1, in 1 of 3']);
  expect(at('pool')).toEqual([]);
});
