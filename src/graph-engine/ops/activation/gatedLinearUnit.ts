import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { formatShape, isImage, lastAxis, withLastSize } from '../../core/shape.ts';

export const gatedLinearUnit = defineOp({
  type: 'gatedLinearUnit',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'Gated linear unit',
    shortName: 'glu',
    summary: 'Halves the features (or channels): one half opens and closes the gate for the other.',
    formula: 'y = a · g(b), for the halves a and b; g is the sigmoid, SiLU (SwiGLU) or nothing (bilinear)',
    source: 'Dauphin et al. 2016, arXiv 1612.08083; Shazeer 2020, arXiv 2002.05202',
    keywords: ['glu', 'swiglu', 'gate', 'conformer', 'bilinear'],
  },
  parameters: z.strictObject({
    gate: z.enum(['sigmoid', 'silu', 'none']).default('sigmoid').describe('What is done with the second half.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ inputs: { input } }) {
    const size = lastAxis(input)?.size;
    if (size !== undefined && (size === null || size % 2 === 0)) {
      return ok({ output: withLastSize(input, size === null ? null : size / 2) });
    }
    return fail({
      code: 'shape/halves',
      port: 'input',
      message: `A gated linear unit needs an even number of features, but ${formatShape(input)} comes in.`,
      expected: 'an even number of features',
      received: formatShape(input),
    });
  },
  lower({ builder, parameters: { gate }, inputs: { input } }) {
    const half = (input.dims.at(-1) ?? 2) / 2;
    const [a, b] = builder.split(input, input.dims.length - 1, [half, half]);
    if (a === undefined || b === undefined) throw new Error('Two halves are two values');
    if (gate === 'none') return { output: builder.multiply(a, b) };
    const opened = builder.sigmoid(b);
    return { output: builder.multiply(a, gate === 'silu' ? builder.multiply(b, opened) : opened) };
  },
  exportOnnx(context) {
    const { input } = context.types;
    const half = (lastAxis(input)?.size ?? 2) / 2;
    const name = (part: string): string => `${context.path}/${part}`;
    const [a = '', b = ''] = context.nodes(
      'Split',
      [context.inputs.input, context.int64('halves', [half, half])],
      { axis: isImage(input) ? 1 : -1 },
      [name('value'), name('gate')],
    );
    if (context.parameters.gate === 'none') return { output: context.node('Mul', [a, b]) };
    const sigmoid = context.node('Sigmoid', [b], {}, name('open'));
    const opened = context.parameters.gate === 'silu' ? context.node('Mul', [b, sigmoid], {}, name('silu')) : sigmoid;
    return { output: context.node('Mul', [a, opened]) };
  },
  vectors: [
    {
      name: 'a gate half open, and one almost shut',
      parameters: {},
      inputs: { input: { dims: [1, 4], data: [2, 8, 0, -Math.log(3)] } },
      output: { dims: [1, 2], data: [1, 2] },
    },
    {
      name: 'SwiGLU of an image',
      parameters: { gate: 'silu' },
      inputs: { input: { dims: [1, 1, 2, 2], data: [2, 4, 3, 0] } },
      output: { dims: [1, 1, 2, 1], data: [8 / (1 + Math.exp(-4)), 0] },
    },
    {
      name: 'bilinear, at each position',
      parameters: { gate: 'none' },
      inputs: { input: { dims: [1, 2, 2], data: [2, 4, 3, -1] } },
      output: { dims: [1, 2, 1], data: [8, -3] },
    },
  ],
});
