import { z } from 'zod';
import { fail, ok } from '../../core/diagnostic.ts';
import { defineOp } from '../../core/opDefinition.ts';
import { deviation, initializerOf, kernelInitializer } from '../../core/parameterSchemas.ts';
import { describeShape, elementCount, lastAxis, withLastSize } from '../../core/shape.ts';

export const dense = defineOp({
  type: 'dense',
  version: 1,
  family: 'dense',
  documentation: {
    title: 'Dense',
    summary: 'Connects every feature that comes in to every unit: a matrix product and a bias.',
    formula: 'y = x · W + b',
    keywords: ['linear', 'fully connected', 'fc', 'gemm', 'perceptron'],
  },
  parameters: z.strictObject({
    units: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10)
      .describe('Features of the output; the number of classes in the last layer.'),
    bias: z.boolean().default(true).describe('Adds a learned number to each unit.'),
    initializer: kernelInitializer,
    deviation,
  }),
  inputs: ['input'],
  outputs: ['output'],
  infer({ parameters, inputs: { input } }) {
    if (lastAxis(input)?.name !== 'features') {
      return fail({
        code: 'shape/rank',
        port: 'input',
        message: `Dense works on features, but ${describeShape(input)} comes in. Put a Global average pooling or a Flatten before it.`,
        expected: 'features',
        received: describeShape(input),
      });
    }
    return ok({ output: withLastSize(input, parameters.units) });
  },
  weights({ parameters, inputs }) {
    const { units, bias } = parameters;
    const size = lastAxis(inputs.input)?.size;
    if (size === null || size === undefined) return null;
    return {
      kernel: {
        dims: [size, units],
        initializer: initializerOf(parameters, size, units),
        trainable: true,
      },
      ...(bias ? { bias: { dims: [units], initializer: { kind: 'zeros' }, trainable: true } } : {}),
    };
  },
  macs({ parameters, inputs }) {
    const elements = elementCount(inputs.input);
    return elements === null ? null : elements * parameters.units;
  },
  lower({ builder, parameters, inputs, types, weights }) {
    if (weights.kernel === undefined) throw new Error('Dense has no kernel');
    const size = lastAxis(types.input)?.size ?? 0;
    const rows = (elementCount(types.input) ?? size) / size;
    const isVector = inputs.input.dims.length === 2;
    const x = isVector ? inputs.input : builder.reshape(inputs.input, [-rows, size]);
    let y = builder.matMul(x, builder.readVariable(weights.kernel));
    if (weights.bias !== undefined) y = builder.biasAdd(y, builder.readVariable(weights.bias));
    return { output: isVector ? y : builder.reshape(y, [...inputs.input.dims.slice(0, -1), parameters.units]) };
  },
  exportOnnx(context) {
    const bias = context.hasWeight('bias') ? [context.weight('bias')] : [];
    if (context.types.input.axes.length === 1) {
      // Gemm with transB takes the kernel as PyTorch's Linear stores it: [out, in].
      return {
        output: context.node('Gemm', [context.inputs.input, context.weight('kernel', [1, 0]), ...bias], { transB: 1 }),
      };
    }
    const product = context.node(
      'MatMul',
      [context.inputs.input, context.weight('kernel')],
      {},
      bias.length === 0 ? undefined : `${context.path}/product`,
    );
    return { output: bias.length === 0 ? product : context.node('Add', [product, ...bias]) };
  },
  vectors: [
    {
      name: 'two features to two units',
      parameters: { units: 2 },
      inputs: { input: { dims: [1, 2], data: [1, 2] } },
      weights: { kernel: [1, 2, 3, 4], bias: [10, 20] },
      output: { dims: [1, 2], data: [17, 30] },
    },
  ],
});
