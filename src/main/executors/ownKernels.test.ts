import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradients } from '../../graph-engine/program/autodiff.ts';
import { createBuilder, type Builder } from '../../graph-engine/program/builder.ts';
import { createInterpreter } from '../../graph-engine/program/interpreter/createInterpreter.ts';
import type { Precision } from '../../graph-engine/program/precision.ts';
import type { Entry, Program, Value } from '../../graph-engine/program/program.ts';
import { normal } from '../../graph-engine/random/distributions.ts';
import { createWordStream } from '../../graph-engine/random/philox.ts';
import type { CompiledProgram, Executor } from './compiledProgram.ts';
import { openTensorflowExecutor } from './tensorflowExecutor.ts';

/** With our kernels, and with TensorFlow's alone. */
const executors: Record<string, Executor> = {};
const kinds = ['our kernels', 'TensorFlow alone'] as const;
beforeAll(async () => {
  executors['our kernels'] = await openTensorflowExecutor();
  executors['TensorFlow alone'] = await openTensorflowExecutor({ ownKernels: [] });
});
afterAll(async () => {
  for (const executor of Object.values(executors)) await executor.dispose();
});

type Normalize = (x: Value) => Value;
interface Block {
  readonly build: (b: Builder, x: Value, other: Value, normalize: Normalize) => Value;
}

/** What stands around normalizations in networks, and what looks like it. */
const blocks: Record<string, Block> = {
  'a normalization alone': { build: (_b, x, _other, normalize) => normalize(x) },
  'a normalization and a ReLU': { build: (b, x, _other, normalize) => b.relu(normalize(x)) },
  'a residual block': { build: (b, x, other, normalize) => b.relu(b.add(normalize(x), other)) },
  'a residual on the left': { build: (b, x, other, normalize) => b.relu(b.add(other, normalize(x))) },
  'a sum without ReLU': { build: (b, x, other, normalize) => b.add(normalize(x), other) },
  'a projection shortcut': { build: (b, x, other, normalize) => b.relu(b.add(normalize(x), normalize(other))) },
  'two blocks in a row': {
    build: (b, x, other, normalize) => {
      const first = b.relu(b.add(normalize(x), other));
      return b.relu(b.add(normalize(b.multiply(first, b.scalar(2))), first));
    },
  },
  'a sum that goes on beside the ReLU': {
    build: (b, x, other, normalize) => {
      const sum = b.add(normalize(x), other);
      return b.add(b.relu(sum), b.tanh(sum));
    },
  },
  'a normalized value that goes two ways': {
    build: (b, x, _other, normalize) => {
      const y = normalize(x);
      return b.multiply(y, b.sigmoid(y));
    },
  },
  'a normalized value added to itself': {
    build: (b, x, _other, normalize) => {
      const y = normalize(x);
      return b.relu(b.add(y, y));
    },
  },
};

/** Odd and even numbers of channels, fewer and more than the lanes of a processor; positions that do not fill a row. */
const shapes: readonly Shape[] = [
  [1, 1, 1, 5],
  [3, 5, 5, 1],
  [2, 7, 3, 3],
  [4, 9, 8, 16],
  [2, 5, 7, 40],
  [3, 3, 5, 96],
  [2, 2, 3, 300],
  // More than one piece of work.
  [4, 33, 31, 16],
];

type Shape = readonly [batch: number, height: number, width: number, channels: number];

/** The block, the gradients of its weighted sum, and the running statistics that it would leave. */
function entryFor(name: string, [, height, width, channels]: Shape, { build }: Block, precision: Precision): Entry {
  const b = createBuilder(name, precision);
  const image = (input: string) => b.input(input, [-1, height, width, channels], 'float32');
  const [x, other, weights] = [image('x'), image('other'), image('weights')];
  const [scale, offset] = [b.input('scale', [channels], 'float32'), b.input('offset', [channels], 'float32')];
  const statistics: Value[] = [];
  const normalize = (value: Value): Value => {
    const ones = b.constant(Array<number>(channels).fill(1), [channels]);
    const { y, newRunningMean, newRunningVariance } = b.batchNormTraining(value, scale, offset, ones, ones, {
      epsilon: 1e-3,
      momentum: 0.2,
    });
    statistics.push(newRunningMean, newRunningVariance);
    return y;
  };
  // Between convolutions images are narrow; these come as if from one.
  const [near, far] = precision === 'bfloat16' ? [b.cast(x, precision), b.cast(other, precision)] : [x, other];
  const y = build(b, near, far, normalize);
  const loss = b.reduceSum(b.multiply(y, weights), [0, 1, 2, 3]);
  const wanted = gradients(b, loss, [x, other, scale, offset]);
  b.output('y', y);
  wanted.forEach((gradient, i) => gradient !== undefined && b.output(`gradient${i}`, gradient));
  statistics.forEach((value, i) => b.output(`statistic${i}`, value));
  return b.entry();
}

const programFor = (shape: Shape, precision: Precision = 'float32'): Program => ({
  variables: [],
  entries: Object.fromEntries(
    Object.entries(blocks).map(([name, block]) => [name, entryFor(name, shape, block, precision)]),
  ),
});

function randomNumbers(length: number, stream: number): Float32Array {
  const numbers = new Float32Array(length);
  normal(createWordStream([3, stream], 0, 0), 1, numbers);
  return numbers;
}

function feedsFor([batch, height, width, channels]: Shape): Readonly<Record<string, Float32Array>> {
  const pixels = batch * height * width * channels;
  return {
    x: randomNumbers(pixels, 1),
    other: randomNumbers(pixels, 2),
    weights: randomNumbers(pixels, 3),
    scale: randomNumbers(channels, 4),
    offset: randomNumbers(channels, 5),
  };
}

async function withProgram<T>(
  kind: (typeof kinds)[number],
  program: Program,
  use: (compiled: CompiledProgram) => Promise<T>,
): Promise<T> {
  const compiled = await executors[kind]?.compile(program, { seed: 1, selfCheck: false });
  if (compiled === undefined) throw new Error(`There is no executor with ${kind}`);
  try {
    return await use(compiled);
  } finally {
    await compiled.dispose();
  }
}

/** The largest difference, as a share of the largest number that is due. */
function errorOf(found: ArrayLike<number> = [], due: ArrayLike<number> = []): number {
  expect(found.length).toBe(due.length);
  let [largest, error] = [1, 0];
  for (let i = 0; i < due.length; i++) {
    const [value, wanted] = [found[i] ?? Number.NaN, due[i] ?? Number.NaN];
    largest = Math.max(largest, Math.abs(wanted));
    error = Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.max(error, Math.abs(value - wanted));
  }
  return error / largest;
}

/** The length of the difference, as a share of the length of what is due. */
function distanceOf(found: ArrayLike<number> = [], due: ArrayLike<number> = []): number {
  expect(found.length).toBe(due.length);
  let [whole, apart] = [0, 0];
  for (let i = 0; i < due.length; i++) {
    whole += (due[i] ?? Number.NaN) ** 2;
    apart += ((found[i] ?? Number.NaN) - (due[i] ?? Number.NaN)) ** 2;
  }
  return Math.sqrt(apart / Math.max(1, whole));
}

/** Runs every block beside the interpreter in double precision. */
async function expectAgreement(
  kind: (typeof kinds)[number],
  shape: Shape,
  precision: Precision,
  tolerance: number,
  measure = errorOf,
): Promise<void> {
  const program = programFor(shape, precision);
  const interpreter = createInterpreter(program, { seed: 1, precision: 'float64' });
  const feeds = feedsFor(shape);
  const dimsOf = (name: string) => (name === 'scale' || name === 'offset' ? [shape[3]] : [...shape]);
  const given = Object.fromEntries(Object.entries(feeds).map(([feed, data]) => [feed, { dims: dimsOf(feed), data }]));
  await withProgram(kind, program, async (compiled) => {
    for (const name of Object.keys(blocks)) {
      const found = await compiled.run(name, feeds);
      const due = interpreter.run(name, given);
      for (const output of Object.keys(due)) {
        expect(measure(found[output], due[output]?.data), `${name}, ${output}`).toBeLessThan(tolerance);
      }
    }
  });
}

describe.each(kinds)('%s', (kind) => {
  test.each(shapes.map((shape) => [shape.join(' x '), shape] as const))(
    'normalizes %s, forward and backward, as in double precision',
    async (_, shape) => {
      // Single precision, over sums of at most 4092 terms; a normalization of very few positions magnifies them.
      await expectAgreement(kind, shape, 'float32', 2e-5);
    },
  );

  test('normalizes bfloat16, forward and backward', async () => {
    // A rounding is 2 ** -9 of a number. Where a sum is that near to zero, its ReLU may open or not: three of a thousand gradients
    // differ wholly then, which is a twentieth of their length.
    await expectAgreement(kind, [4, 9, 8, 16], 'bfloat16', 0.1, distanceOf);
  });
});

test('the variance of values far from zero keeps its digits', async () => {
  const shape = [4, 16, 16, 8] as const;
  const program = programFor(shape);
  const feeds = feedsFor(shape);
  const far = { ...feeds, x: feeds['x']?.map((value) => 1000 + value) ?? new Float32Array() };
  const values = Float64Array.from(far.x);
  const found = await withProgram('our kernels', program, (compiled) => compiled.run('a normalization alone', far));
  const count = values.length / 8;
  const variances = Array.from({ length: 8 }, (_, channel) => {
    const own = values.filter((_value, i) => i % 8 === channel);
    const mean = own.reduce((sum, value) => sum + value, 0) / count;
    return own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  });
  // Beside what is left of the running one, 0.8 of 1. Values of 1000 have steps of 6e-5 themselves.
  const due = variances.map((variance) => 0.8 + 0.2 * variance);
  expect(errorOf(found['statistic1'], due)).toBeLessThan(1e-5);
});

test('backward a ReLU lets through what it let through forward, also on its very edge', async () => {
  const shape = [4, 9, 8, 16] as const;
  const random = feedsFor(shape);
  // Few different numbers, so that many units are where the first of their channel is.
  const x = random['x']?.map((value) => Math.round(value * 2)) ?? new Float32Array();
  // A weight of 1 for each makes the offset's gradient their number.
  const feeds = { ...random, x, weights: new Float32Array(x.length).fill(1), offset: new Float32Array(16) };
  await withProgram('our kernels', programFor(shape), async (compiled) => {
    const { y: before = [] } = await compiled.run('a normalization alone', feeds);
    const offset = Float32Array.from({ length: 16 }, (_, channel) => -(before[channel] ?? Number.NaN));
    const { y = [], gradient3 } = await compiled.run('a normalization and a ReLU', { ...feeds, offset });
    const through = new Float32Array(16);
    let edge = 0;
    y.forEach((value, i) => {
      if (value > 0) through[i % 16] = (through[i % 16] ?? 0) + 1;
      if (Math.abs((before[i] ?? Number.NaN) + (offset[i % 16] ?? Number.NaN)) < 1e-6) edge += 1;
    });
    expect(edge).toBeGreaterThan(500);
    expect(gradient3).toEqual(through);
  });
});

test('what is not a number is not lost in a ReLU', async () => {
  const shape = [2, 4, 4, 3] as const;
  const feeds = feedsFor(shape);
  feeds['other']?.fill(Number.NaN, 5, 6);
  const found = await withProgram('our kernels', programFor(shape), (compiled) =>
    compiled.run('a residual block', feeds),
  );
  expect(Array.from(found['y'] ?? []).flatMap((value, i) => (Number.isNaN(value) ? [i] : []))).toEqual([5]);
});

test('the same numbers come every time, to the last bit', async () => {
  const shape = [4, 33, 31, 16] as const;
  await withProgram('our kernels', programFor(shape), async (compiled) => {
    const bytes = async (): Promise<string> => {
      const values = await compiled.run('two blocks in a row', feedsFor(shape));
      const hash = createHash('sha256');
      for (const output of Object.keys(values).sort()) hash.update(values[output] ?? '');
      return hash.digest('hex');
    };
    const first = await bytes();
    for (let round = 0; round < 5; round++) expect(await bytes()).toBe(first);
  });
});
