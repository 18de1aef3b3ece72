import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { OpDefinition, OpVector } from '../core/opDefinition.ts';
import { loadDocument } from '../document/loadDocument.ts';
import { NodeId, type SkipwireDocument } from '../document/schema.ts';
import { opDefinitions } from '../ops/index.ts';
import { createBuilder } from '../program/builder.ts';
import { isImage } from '../core/shape.ts';
import { createInterpreter } from '../program/interpreter/createInterpreter.ts';
import { sizeOfDims } from '../program/interpreter/tensor.ts';
import { lowerVector, mapInputs, typeOfInput } from '../testing/lowerVector.ts';
import { formatReceptiveField, receptiveFields, windowOf } from './receptiveField.ts';

const SIZE = 12;

/** The vector with larger images or sequences, so that a window has room to be measured. */
function enlarged(vector: OpVector<string, string>): OpVector<string, string> {
  const inputs = Object.fromEntries(
    Object.entries(vector.inputs).map(([port, input]) => {
      const [, ...rest] = input.dims;
      const dims = [1, ...rest.map((size, axis) => (axis < rest.length - 1 ? SIZE : size))];
      const count = dims.reduce((product, size) => product * size, 1);
      return [port, { ...input, dims, data: Array.from({ length: count }, (_, i) => 1 + ((i * 7) % 5) / 10) }];
    }),
  );
  return { ...vector, inputs, mode: 'inference' };
}

/** How far apart the rows (axis 1) or columns (axis 2) lie that change one row or column of the output: measured by changing them. */
function measure(
  op: OpDefinition,
  vector: OpVector<string, string>,
  port: string,
  axis: 1 | 2,
  outputAxis: number | undefined,
): number {
  const builder = createBuilder('predict');
  const { outputs, weights } = lowerVector(builder, op, vector);
  const output = outputs[op.outputs[0] ?? ''];
  if (output === undefined) throw new Error(`${op.type} has no output`);
  builder.output('y', output);
  const interpreter = createInterpreter({ variables: Object.values(weights), entries: { predict: builder.entry() } });
  for (const { name, dims } of Object.values(weights)) {
    const count = dims.reduce((product, size) => product * size, 1);
    interpreter.write(
      name,
      Array.from({ length: count }, (_, i) => 0.5 + ((i * 3) % 7) / 10),
    );
  }
  const run = (changed: number | null): { dims: readonly number[]; data: ArrayLike<number> } => {
    const feeds = mapInputs(vector, ({ dims, data }) => ({ dims: [...dims], data: Float64Array.from(data) }));
    const input = feeds[port];
    if (input === undefined) throw new Error(`There is no input ${port}`);
    const inner = input.dims.slice(axis + 1).reduce((product, size) => product * size, 1);
    const size = input.dims[axis] ?? 1;
    // Not by one amount: a normalization would take that off again.
    for (let i = 0; i < input.data.length; i++)
      if (Math.floor(i / inner) % size === changed) input.data[i] = 20 + ((i * 11) % 13);
    const result = interpreter.run('predict', feeds)['y'];
    if (result === undefined) throw new Error('y was not fetched');
    return result;
  };
  const base = run(null);
  const outputInner = outputAxis === undefined ? base.data.length : sizeOfDims(base.dims.slice(outputAxis + 1));
  const size = outputAxis === undefined ? 1 : (base.dims[outputAxis] ?? 1);
  const seen = new Map<number, [number, number]>();
  for (let row = 0; row < (vector.inputs[port]?.dims[axis] ?? 1); row++) {
    const { data } = run(row);
    for (let i = 0; i < data.length; i++) {
      if (Math.abs((data[i] ?? 0) - (base.data[i] ?? 0)) < 1e-9) continue;
      const place = Math.floor(i / outputInner) % size;
      const [low, high] = seen.get(place) ?? [row, row];
      seen.set(place, [Math.min(low, row), Math.max(high, row)]);
    }
  }
  return Math.max(0, ...[...seen.values()].map(([low, high]) => high - low + 1));
}

const cases = opDefinitions.flatMap((op) =>
  op.vectors
    .map((vector) => ({ op, vector: enlarged(vector) }))
    .flatMap((one) =>
      Object.entries(one.vector.inputs)
        .filter(([, { dims }]) => dims.length > 2)
        .map(([port]) => ({ ...one, port })),
    ),
);

describe('the window of every op is what its lowering looks at', () => {
  test.each(cases.map((entry) => [`${entry.op.type}.${entry.port}: ${entry.vector.name}`, entry] as const))(
    '%s',
    (_, { op, vector, port }) => {
      const parameters = op.parameters.parse(vector.parameters);
      const inputs = mapInputs(vector, typeOfInput);
      const inferred = op.infer({ parameters, inputs });
      const [input, output] = [inputs[port], inferred.ok ? inferred.value[op.outputs[0] ?? ''] : undefined];
      // A size written in the vector's parameters may not fit larger images.
      if (input === undefined || output === undefined) return;
      const window = windowOf(op, parameters, port, inputs, output);
      const axes = input.axes.length === 3 ? ([1, 2] as const) : ([1] as const);
      for (const axis of axes) {
        const { extent } = op.sizeInputs?.includes(port) === true ? { extent: 0 } : (window[axis - 1] ?? { extent: 1 });
        const name = input.axes[axis - 1]?.name;
        const place = output.axes.findIndex((other) => other.name === name);
        // Which pixel a position of a sequence was cannot be told from the shapes.
        if (place < 0 && output.axes.some((other) => other.name === 'sequence') && isImage(input)) continue;
        const measured = measure(op, vector, port, axis, place < 0 ? undefined : place + 1);
        if (Number.isFinite(extent)) expect(measured).toBe(Math.min(extent, SIZE));
        else expect(measured).toBeGreaterThan(1);
      }
    },
  );
});

function template(name: string): SkipwireDocument {
  const loaded = loadDocument(
    readFileSync(new URL(`../../../templates/networks/${name}.json`, import.meta.url), 'utf8'),
  );
  if (!loaded.ok) throw new Error(loaded.error[0]?.message);
  return loaded.value;
}

/** The largest finite receptive field of a network, with the node that has it. */
function largest(name: string): string {
  const texts = [...receptiveFields(template(name)).values()]
    .filter(({ window }) => Number.isFinite(window[0].extent))
    .sort((a, b) => b.window[0].extent - a.window[0].extent);
  const [first] = texts;
  return first === undefined ? 'none' : formatReceptiveField(first);
}

describe('receptive fields of whole networks', () => {
  test('VGG-16 sees 212 pixels before its dense layers (Araujo et al. 2019, table 1)', () => {
    expect(largest('vgg-16')).toBe('212×212');
  });

  test('residual networks by hand: every 3×3 convolution adds twice the stride so far', () => {
    const square = (size: number): string => `${size}×${size}`;
    // 7×7 and pooling come to 11; stages of 3, 4, 6 and 3 windows follow at strides 4 to 32, their first at the stride before.
    expect(largest('resnet-50')).toBe(square(11 + 3 * 8 + (8 + 3 * 16) + (16 + 5 * 32) + (32 + 2 * 64)));
    expect(largest('resnet-20')).toBe(square(3 + 6 * 2 + (2 + 5 * 4) + (4 + 5 * 8)));
  });

  test('inside a block it depends on the repetition', () => {
    const document = template('resnet-20');
    const at = (instance: number): string => {
      const fields = receptiveFields(document, [{ node: NodeId.parse('stage1'), instance }]);
      const field = fields.get(NodeId.parse('conv2'));
      return field === undefined ? 'none' : formatReceptiveField(field);
    };
    expect([0, 1, 2].map(at)).toEqual(['7×7', '11×11', '15×15']);
  });
});
