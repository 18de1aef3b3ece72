import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { elementShader, groupShader, type Shader, type ShaderType } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

/** What elements are joined by, and what is done to each before and to the result after. */
interface Joining {
  readonly name: string;
  readonly type: Extract<ShaderType, 'f32' | 'i32'>;
  readonly join: (a: string, b: string) => string;
  readonly before?: string;
  readonly after?: string;
  /** What joining leaves a value as it is. */
  readonly neutral?: string;
}

const add = (a: string, b: string) => `${a} + ${b}`;
const greatest = (a: string, b: string) => `max(${a}, ${b})`;

const THREADS = 128;
/** Threads worth having. */
const THREADS_WANTED = 16_384;
const SHORTEST_STRETCH = 32;

/** A tensor as `[outer, length, inner]`, of which the middle is reduced. */
interface Span {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** A thread for each element of the result and stretch of the reduced axis: neighbouring threads read neighbouring elements. */
function byStretch({ name, type, join, before = 'value', after = 'total' }: Joining): Shader {
  return elementShader({
    name: `${name} by stretch`,
    reads: { x: type },
    writes: { y: type },
    parameters: { length: 'u32', inner: 'u32', stretch: 'u32', results: 'u32', factor: type },
    declarations: `fn each(value: ${type}) -> ${type} { return ${before}; }`,
    body: `
  let result = i % p.results;
  let begin = i / p.results * p.stretch;
  let end = min(begin + p.stretch, p.length);
  let base = result / p.inner * p.length * p.inner + result % p.inner;
  var total = each(x[base + begin * p.inner]);
  for (var at = begin + 1u; at < end; at++) { total = ${join('total', 'each(x[base + at * p.inner])')}; }
  y[i] = ${after};`,
  });
}

/** A workgroup for each row that is reduced, or for each stretch of one. */
function byRow({ name, type, join, before = 'value', after = 'total' }: Joining): Shader {
  return groupShader({
    name: `${name} by row`,
    reads: { x: type },
    writes: { y: type },
    parameters: { rows: 'u32', length: 'u32', stretch: 'u32', factor: type },
    threads: THREADS,
    declarations: `
var<workgroup> totals: array<${type}, ${THREADS}>;
fn each(value: ${type}) -> ${type} { return ${before}; }`,
    body: `
  let result = group.y * groups.x + group.x;
  // Every thread must meet the barriers: groups beyond the last do the last again.
  let row = min(result, p.rows - 1u);
  let stretches = (p.length + p.stretch - 1u) / p.stretch;
  let begin = row % stretches * p.stretch;
  let count = min(p.stretch, p.length - begin);
  let base = row / stretches * p.length + begin;
  if (local < count) {
    var total = each(x[base + local]);
    for (var at = local + ${THREADS}u; at < count; at += ${THREADS}u) { total = ${join('total', 'each(x[base + at])')}; }
    totals[local] = total;
  }
  workgroupBarrier();
  for (var width = ${THREADS / 2}u; width > 0u; width >>= 1u) {
    if (local < width && local + width < count) { totals[local] = ${join('totals[local]', 'totals[local + width]')}; }
    workgroupBarrier();
  }
  if (local == 0u && result < p.rows) {
    let total = totals[0];
    y[result] = ${after};
  }`,
  });
}

/** Of a workgroup that reduces columns, four neighbours to a thread. */
const LANES = 16;
const COLUMN_THREADS = 256;
const ROWS = COLUMN_THREADS / LANES;
/** Workgroups that are enough for a large device, and the shortest columns that are worth them. */
const GROUPS_WANTED = 1024;
const SHORTEST_COLUMN = 256;
/** Those of one column, which a second pass joins at once. */
const MOST_STRETCHES = 128;

/** A workgroup for some neighbouring columns and a stretch of them: its rows of threads share the rows, and are joined in their order. */
function byColumn({ name, join, before = 'value', after = 'total', neutral = '' }: Joining): Shader {
  return groupShader({
    name: `${name} by column`,
    reads: { x: 'vec4<f32>' },
    writes: { y: 'vec4<f32>' },
    parameters: { length: 'u32', inner: 'u32', stretch: 'u32', factor: 'f32' },
    threads: COLUMN_THREADS,
    declarations: `
var<workgroup> totals: array<vec4<f32>, ${COLUMN_THREADS}>;
fn each(value: vec4<f32>) -> vec4<f32> { return ${before}; }`,
    body: `
  let row = local / ${LANES}u;
  let column = group.x * ${LANES}u + local % ${LANES}u;
  let begin = group.y * p.stretch;
  let end = min(begin + p.stretch, p.length);
  var sum = vec4<f32>(${neutral});
  if (column < p.inner) {
    for (var at = begin + row; at < end; at += ${ROWS}u) { sum = ${join('sum', 'each(x[at * p.inner + column])')}; }
  }
  totals[local] = sum;
  workgroupBarrier();
  for (var width = ${COLUMN_THREADS / 2}u; width >= ${LANES}u; width >>= 1u) {
    if (local < width) { totals[local] = ${join('totals[local]', 'totals[local + width]')}; }
    workgroupBarrier();
  }
  if (row == 0u && column < p.inner) {
    let total = totals[local];
    y[group.y * p.inner + column] = ${after};
  }`,
  });
}

interface ReductionShaders {
  readonly stretch: Shader;
  readonly row: Shader;
  readonly column?: Shader;
}

interface Reduction {
  readonly first: ReductionShaders;
  /** For what is joined in a second pass: nothing is done to it before. */
  readonly again: ReductionShaders;
}

function reduction(joining: Joining): Reduction {
  const { before: _, ...plain } = joining;
  const shadersOf = (one: Joining): ReductionShaders => ({
    stretch: byStretch(one),
    row: byRow(one),
    ...(one.neutral !== undefined && { column: byColumn(one) }),
  });
  return { first: shadersOf(joining), again: shadersOf(plain) };
}

const scaled = 'total * p.factor';
const sums = {
  float32: reduction({ name: 'sum', type: 'f32', join: add, after: scaled, neutral: '0.0' }),
  int32: reduction({ name: 'sum of integers', type: 'i32', join: add, after: scaled }),
};
const maxima = {
  float32: reduction({ name: 'maximum', type: 'f32', join: greatest }),
  int32: reduction({ name: 'maximum of integers', type: 'i32', join: greatest }),
};
const sumOfSquares = reduction({
  name: 'sum of squares',
  type: 'f32',
  join: add,
  before: 'value * value',
  after: scaled,
});

const firstMaximum = (type: 'f32' | 'i32') =>
  elementShader({
    name: 'argMax',
    reads: { x: type },
    writes: { y: 'i32' },
    parameters: { length: 'u32', inner: 'u32' },
    body: `
  let base = i / p.inner * p.length * p.inner + i % p.inner;
  var best = 0u;
  var most = x[base];
  for (var at = 1u; at < p.length; at++) {
    let value = x[base + at * p.inner];
    if (value > most) { most = value; best = at; }
  }
  y[i] = i32(best);`,
  });
const firstMaxima = { float32: firstMaximum('f32'), int32: firstMaximum('i32') };

/** Reductions along any axes; long ones in two passes, so that the device has enough to do. */
export function reductionKernels(runner: ShaderRunner) {
  const { device } = runner;

  /** `factor` is what sums are multiplied by at the end. */
  function reduceSpan(
    kind: Reduction,
    x: TensorInfo,
    span: Span,
    dtype: 'float32' | 'int32',
    factor: number,
    second = false,
  ): TensorInfo {
    const { outer, length, inner } = span;
    const results = outer * inner;
    const { column } = kind.first;
    if (column !== undefined && outer === 1 && inner % 4 === 0 && length >= (second ? ROWS : SHORTEST_COLUMN)) {
      const groups = Math.ceil(inner / 4 / LANES);
      const most = Math.min(MOST_STRETCHES, Math.ceil(GROUPS_WANTED / groups));
      const stretch = second ? length : ROWS * Math.ceil(length / most / ROWS);
      const stretches = Math.ceil(length / stretch);
      if (groups <= runner.mostWorkgroups && stretches <= runner.mostWorkgroups) {
        const last = stretches === 1;
        const y = runner.empty({ dims: [stretches * inner], dtype });
        const parameters = [length, inner / 4, stretch, last ? factor : 1];
        runner.run({ shader: column, reads: [x], writes: [y], workgroups: [groups, stretches], parameters });
        const again = { first: kind.again, again: kind.again };
        return last ? y : reduceSpan(again, y, { outer: 1, length: stretches, inner }, dtype, factor, true);
      }
    }
    const rows = inner === 1 && length > SHORTEST_STRETCH;
    const perResult = rows ? THREADS : 1;
    const most = Math.max(1, Math.floor(THREADS_WANTED / (results * perResult)));
    const stretch = Math.min(length, Math.max(SHORTEST_STRETCH * perResult, Math.ceil(length / most)));
    const stretches = Math.ceil(length / stretch);
    const last = stretches === 1;
    const y = runner.empty({ dims: [stretches * results], dtype });
    const [reads, writes, now] = [[x], [y], last ? factor : 1];
    if (rows) {
      const parameters = [results * stretches, length, stretch, now];
      runner.run({ shader: kind.first.row, reads, writes, workgroups: runner.grid(results * stretches), parameters });
    } else {
      const parameters = [length, inner, stretch, results, now];
      runner.run({ shader: kind.first.stretch, reads, writes, elements: results * stretches, parameters });
    }
    if (last) return y;
    // Stretches of a row lie side by side, others behind one another.
    const rest = rows
      ? { outer: results, length: stretches, inner: 1 }
      : { outer: 1, length: stretches, inner: results };
    return reduceSpan({ first: kind.again, again: kind.again }, y, rest, dtype, factor);
  }

  function reduce(
    kind: Reduction,
    x: TensorInfo,
    axes: readonly number[],
    dims: readonly number[],
    factor = 1,
  ): readonly TensorInfo[] {
    const dtype = x.dtype === 'int32' ? 'int32' : 'float32';
    const spans = spansOf(x.shape, axes);
    let result = x;
    let step = kind;
    spans.forEach((span, i) => {
      result = reduceSpan(step, result, span, dtype, i === spans.length - 1 ? factor : 1);
      step = { first: kind.again, again: kind.again };
    });
    return [device.share(result, dims)];
  }

  return {
    reduceSum({ inputs: [x], attributes: { axes }, outputShapes: [{ dims, dtype }] }) {
      return reduce(sums[dtype === 'int32' ? 'int32' : 'float32'], x, axes, dims);
    },
    reduceMean({ inputs: [x], attributes: { axes }, outputShapes: [{ dims }] }) {
      const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
      return reduce(sums.float32, x, axes, dims, 1 / count);
    },
    reduceMax({ inputs: [x], attributes: { axes }, outputShapes: [{ dims, dtype }] }) {
      return reduce(maxima[dtype === 'int32' ? 'int32' : 'float32'], x, axes, dims);
    },
    l2Loss({ inputs: [x] }) {
      const length = sizeOfDims(x.shape);
      return [device.share(reduceSpan(sumOfSquares, x, { outer: 1, length, inner: 1 }, 'float32', 0.5), [])];
    },
    biasAddGrad({ inputs: [x], outputShapes: [{ dims }] }) {
      return reduce(
        sums.float32,
        x,
        x.shape.slice(1).map((_, i) => i),
        dims,
      );
    },
    argMax({ inputs: [x], attributes: { axis }, outputShapes: [shape] }) {
      const y = runner.empty(shape);
      runner.run({
        shader: firstMaxima[x.dtype === 'int32' ? 'int32' : 'float32'],
        reads: [x],
        writes: [y],
        elements: sizeOfDims(shape.dims),
        parameters: [x.shape[axis] ?? 1, sizeOfDims(x.shape.slice(axis + 1))],
      });
      return [y];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}

/** The reductions, one after the other from the last axis on, that together reduce the axes: neighbours are one. */
function spansOf(dims: readonly number[], axes: readonly number[]): Span[] {
  const spans: Span[] = [];
  let inner = 1;
  for (let end = dims.length; end > 0;) {
    let begin = end - 1;
    const reduced = axes.includes(begin);
    while (begin > 0 && axes.includes(begin - 1) === reduced) begin--;
    const length = sizeOfDims(dims.slice(begin, end));
    if (reduced) spans.push({ outer: sizeOfDims(dims.slice(0, begin)), length, inner });
    else inner *= length;
    end = begin;
  }
  return spans;
}
