import { expect } from 'vitest';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import type { LoweredDocument } from '../../src/graph-engine/lower/lowerDocument.ts';
import { normal } from '../../src/graph-engine/random/distributions.ts';
import { createWordStream, domains } from '../../src/graph-engine/random/philox.ts';
import { blockTemplate, networkOf, predictByInterpreter } from './networks.ts';

const conformer = blockTemplate('conformer.json');
const residual = blockTemplate('residual-basic.json');

/** Networks that together use what another program might read otherwise: layouts, paddings, groups, sequences, tokens. */
export const servedNetworks: readonly (readonly [name: string, document: SkipwireDocument])[] = [
  [
    'pictures of odd sizes, groups, up and down, two outputs',
    networkOf({
      image: { op: 'input', name: 'My image', parameters: { height: 7, width: 10, channels: 3 } },
      conv: { op: 'conv2d', parameters: { filters: 6, kernel: [2, 3], stride: 2 } },
      depthwise: { op: 'depthwiseConv2d', parameters: { stride: 1, dilation: 2 } },
      bn: { op: 'batchNormalization' },
      grouped: { op: 'conv2d', parameters: { filters: 6, groups: 2, padding: 'valid', kernel: 1 } },
      act: { op: 'hardSwish' },
      pool: { op: 'maxPooling2d', parameters: { kernel: 3, stride: 2, padding: 'same' } },
      up: { op: 'convTranspose2d', parameters: { filters: 4 } },
      resized: { op: 'upsampling2d', parameters: { interpolation: 'bilinear' } },
      gn: { op: 'groupNormalization', parameters: { groups: 2 } },
      gelu: { op: 'gelu' },
      mask: { op: 'segmentationOutput' },
      flatten: { op: 'flatten', inputs: { input: 'pool' } },
      dense: { op: 'dense', parameters: { units: 5 } },
      digit: { op: 'classificationOutput' },
    }),
  ],
  [
    'a residual block with a projection and dropout',
    networkOf(
      {
        image: { op: 'input', parameters: { height: 9, width: 8, channels: 4 } },
        block: { block: residual.id, parameters: { shortcut: 'projection', filters: 8, stride: 2 }, repeat: 2 },
        drop: { op: 'dropout' },
        pool: { op: 'globalAveragePooling' },
        dense: { op: 'dense', parameters: { units: 5 } },
        output: { op: 'classificationOutput' },
      },
      residual.blocks,
    ),
  ],
  [
    'tokens that look back, and a head that shares the table of the embedding',
    networkOf({
      tokens: { op: 'tokenInput', parameters: { length: 6, vocabulary: 11 } },
      embed: { op: 'embedding', parameters: { features: 8 } },
      places: { op: 'positionalEmbedding' },
      ln: { op: 'layerNormalization' },
      attention: {
        op: 'multiHeadAttention',
        parameters: { heads: 2, causal: true },
        inputs: { input: 'ln', tokens: 'tokens' },
      },
      sum: { op: 'add', inputs: { a: 'attention', b: 'places' } },
      rms: { op: 'rmsNormalization' },
      logits: { op: 'tokenLogits', inputs: { input: 'rms', table: 'embed.table' } },
      output: { op: 'nextTokenOutput' },
    }),
  ],
  [
    'a Conformer',
    networkOf(
      {
        bands: { op: 'sequenceInput', parameters: { length: 9, features: 8 } },
        block: { block: conformer.id, parameters: { features: 8, heads: 2, hidden: 16, kernel: 4 } },
        mean: { op: 'reduce', parameters: { by: 'maximum' } },
        dense: { op: 'dense', parameters: { units: 4 } },
        output: { op: 'classificationOutput' },
      },
      conformer.blocks,
    ),
  ],
];

export interface Sample {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** The same inputs for everybody, by the path of their node, channels last. */
export function samplesFor({ inputs }: LoweredDocument, batch: number): Readonly<Record<string, Sample>> {
  const named = inputs.map(({ path, type }, i) => {
    const dims = [batch, ...type.axes.map(({ size }) => size ?? 0)];
    const length = dims.reduce((product, size) => product * size, 1);
    if (type.dtype === 'int32') {
      return [path, { dims, data: Int32Array.from({ length }, (_, at) => (at * 7) % (type.vocabulary ?? 2)) }] as const;
    }
    const data = new Float32Array(length);
    normal(createWordStream([1, batch], i, domains.data), 1, data);
    return [path, { dims, data }] as const;
  });
  return Object.fromEntries<Sample>(named);
}

/** Expects the answers of another program, by path and port, to be those of the interpreter. */
export function expectAnswers(
  lowered: LoweredDocument,
  weights: ReadonlyMap<string, Float32Array>,
  samples: Readonly<Record<string, Sample>>,
  received: readonly {
    readonly path: string;
    readonly port: string;
    readonly dims: readonly number[];
    readonly data: ArrayLike<number>;
  }[],
): void {
  const expected = predictByInterpreter(lowered, weights, samples);
  expect(received.length).toBeGreaterThan(0);
  for (const { path, port, dims, data } of received) {
    const wanted = expected[`${path}/${port}`];
    if (wanted === undefined) throw new Error(`There is no output ${path}.${port}`);
    expect(dims).toEqual(wanted.dims);
    let largest = 0;
    for (let i = 0; i < wanted.data.length; i++) {
      const value = wanted.data[i] ?? NaN;
      largest = Math.max(largest, Math.abs((data[i] ?? NaN) - value) / Math.max(1, Math.abs(value)));
    }
    expect(largest, `${path}.${port}`).toBeLessThan(1e-4);
  }
}
