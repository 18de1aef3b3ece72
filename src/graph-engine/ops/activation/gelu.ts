import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import type { Value } from '../../program/program.ts';

/** Coefficient of the cubic term, section 2 of the paper. */
const CUBIC = 0.044715;

export const gelu = defineOp({
  type: 'gelu',
  version: 1,
  family: 'activation',
  documentation: {
    title: 'GELU',
    summary: 'Weights each value by the share of a normal distribution below it: the activation of most Transformers.',
    formula: 'y = x · Φ(x)',
    source: 'Hendrycks and Gimpel 2016, arXiv 1606.08415',
    keywords: ['transformer', 'gaussian'],
  },
  parameters: z.strictObject({
    approximation: z
      .enum(['none', 'tanh'])
      .default('none')
      .describe('"none" uses the exact error function, "tanh" the approximation of GPT-2.'),
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ inputs }) => ok({ output: inputs.input }),
  lower({ builder, parameters, inputs: { input } }) {
    const half = builder.multiply(input, builder.scalar(0.5));
    let inner: Value;
    if (parameters.approximation === 'none') inner = builder.erf(builder.multiply(input, builder.scalar(Math.SQRT1_2)));
    else {
      const cubic = builder.multiply(builder.multiply(builder.square(input), input), builder.scalar(CUBIC));
      inner = builder.tanh(builder.multiply(builder.add(input, cubic), builder.scalar(Math.sqrt(2 / Math.PI))));
    }
    return { output: builder.multiply(half, builder.add(inner, builder.scalar(1))) };
  },
  exportOnnx(context) {
    const { input } = context.inputs;
    if (context.opset >= 20) {
      return { output: context.node('Gelu', [input], { approximate: context.parameters.approximation }) };
    }
    const name = (part: string): string => `${context.path}/${part}`;
    const one = context.float('one', [1], []);
    const half = context.node('Mul', [input, context.float('half', [0.5], [])], {}, name('half'));
    let inner: string;
    if (context.parameters.approximation === 'none') {
      const scaled = context.node('Mul', [input, context.float('scale', [Math.SQRT1_2], [])], {}, name('scaled'));
      inner = context.node('Erf', [scaled], {}, name('erf'));
    } else {
      const square = context.node('Mul', [input, input], {}, name('square'));
      const cube = context.node('Mul', [square, input], {}, name('cube'));
      const cubic = context.node('Mul', [cube, context.float('cubic', [CUBIC], [])], {}, name('cubic'));
      const sum = context.node('Add', [input, cubic], {}, name('sum'));
      const scaled = context.node(
        'Mul',
        [sum, context.float('scale', [Math.sqrt(2 / Math.PI)], [])],
        {},
        name('scaled'),
      );
      inner = context.node('Tanh', [scaled], {}, name('tanh'));
    }
    const gate = context.node('Add', [inner, one], {}, name('gate'));
    return { output: context.node('Mul', [half, gate]) };
  },
  vectors: [
    {
      name: 'exact',
      parameters: {},
      inputs: { input: { dims: [1, 5], data: [-2, -0.5, 0, 1, 3] } },
      output: { dims: [1, 5], data: [-0.04550026, -0.15426877, 0.0, 0.84134475, 2.99595031] },
    },
    {
      name: 'tanh approximation',
      parameters: { approximation: 'tanh' },
      inputs: { input: { dims: [1, 5], data: [-2, -0.5, 0, 1, 3] } },
      output: { dims: [1, 5], data: [-0.04540231, -0.15428599, 0.0, 0.84119199, 2.99636261] },
    },
  ],
});
