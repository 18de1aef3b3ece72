import { countOf, type Numbers } from './constantTensor.ts';
import { elementTypes, isWhole } from './elementTypes.ts';
import { fromFront, numbersOf, type Fact } from './facts.ts';
import { axesOf, sliceWindows, splitSizes } from './outputDims.ts';
import { intOf, intsOf, textOf, type SourceNode } from './sourceModel.ts';
import { broadcastStrides, copyStrided, likeNumbers, stridesOf } from './strided.ts';

type Dims = readonly number[];

/** What an evaluation works on: dims and numbers of the inputs, and the dims of the output that is asked for. */
export interface Evaluation {
  readonly node: SourceNode;
  readonly inputs: readonly (Fact | undefined)[];
  readonly values: readonly (Numbers | undefined)[];
  readonly dims: Dims;
  readonly index: number;
}
type Evaluator = (given: Evaluation) => Numbers | undefined;

/** The evaluator of an operator of ONNX itself, where there is one. */
export function evaluatorOf(opType: string): Evaluator | undefined {
  return Object.hasOwn(evaluators, opType) ? evaluators[opType] : undefined;
}

/** Operators that only lay out anew, pick or repeat what comes in at their first input. */
export const movements: ReadonlySet<string> = new Set([
  ...['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Split', 'Gather'],
  ...['Expand', 'DepthToSpace', 'SpaceToDepth', 'Dropout'],
]);

/** Products of constants with more multiplications than this are not worked out. */
const MAXIMUM_PRODUCTS = 2 ** 22;

const passed: Evaluator = ({ values: [x] }) => x;

function elementwise(combine: (a: number, b: number) => number): Evaluator {
  return ({ inputs, values, dims }) => {
    const [first] = values;
    if (first === undefined) return undefined;
    let total = spread(inputs[0], first, dims);
    for (const [i, more] of values.entries()) {
      if (i === 0) continue;
      if (more === undefined) return undefined;
      const other = spread(inputs[i], more, dims);
      const result = likeNumbers(total, total.length);
      for (let at = 0; at < result.length; at++) result[at] = combine(total[at] ?? 0, other[at] ?? 0);
      total = result;
    }
    return total;
  };
}

function spread(input: Fact | undefined, values: Numbers, dims: Dims): Numbers {
  const own = input?.dims ?? [];
  return own.join() === dims.join() ? values : copyStrided(values, dims, broadcastStrides(own, dims));
}

function each(change: (value: number) => number): Evaluator {
  return ({ values: [x] }) => {
    if (x === undefined) return undefined;
    const result = likeNumbers(x, x.length);
    for (let at = 0; at < result.length; at++) result[at] = change(x[at] ?? 0);
    return result;
  };
}

function reduce(start: number, combine: (a: number, b: number) => number, isMean = false): Evaluator {
  return ({ node, inputs: [input, given], values: [x], dims }) => {
    if (x === undefined || input?.dims === undefined) return undefined;
    const named = axesOf(node, given, input.dims.length) ?? [];
    if (named.length === 0 && intOf(node, 'noop_with_empty_axes', 0) === 1) return x;
    const gone = named.length === 0 ? input.dims.map((_, i) => i) : named;
    const kept = input.dims.map((size, i) => (gone.includes(i) ? 1 : size));
    const result = likeNumbers(x, countOf(dims)).fill(start);
    const strides = broadcastStrides(kept, input.dims);
    const places = copyStrided(
      Float64Array.from({ length: result.length }, (_, i) => i),
      input.dims,
      strides,
    );
    for (let at = 0; at < x.length; at++) {
      const place = places[at] ?? 0;
      result[place] = combine(result[place] ?? 0, x[at] ?? 0);
    }
    const share = result.length / Math.max(1, x.length);
    return isMean ? result.map((sum) => sum * share) : result;
  };
}

const truth =
  (test: (a: number, b: number) => boolean) =>
  (a: number, b: number): number =>
    test(a, b) ? 1 : 0;

const evaluators: Readonly<Record<string, Evaluator>> = {
  Identity: passed,
  Reshape: passed,
  Flatten: passed,
  Squeeze: passed,
  Unsqueeze: passed,
  Dropout: ({ values: [x], index }) => (index === 0 ? x : undefined),
  Add: elementwise((a, b) => a + b),
  Sum: elementwise((a, b) => a + b),
  Sub: elementwise((a, b) => a - b),
  Mul: elementwise((a, b) => a * b),
  Div: (given) =>
    isWhole(given.inputs[0]?.elementType ?? 0)
      ? elementwise((a, b) => Math.trunc(a / b))(given)
      : elementwise((a, b) => a / b)(given),
  Pow: elementwise((a, b) => a ** b),
  Mod: (given) =>
    intOf(given.node, 'fmod', 0) === 1
      ? elementwise((a, b) => a % b)(given)
      : elementwise((a, b) => a - Math.floor(a / b) * b)(given),
  Min: elementwise(Math.min),
  Max: elementwise(Math.max),
  Equal: elementwise(truth((a, b) => a === b)),
  Less: elementwise(truth((a, b) => a < b)),
  LessOrEqual: elementwise(truth((a, b) => a <= b)),
  Greater: elementwise(truth((a, b) => a > b)),
  GreaterOrEqual: elementwise(truth((a, b) => a >= b)),
  And: elementwise(truth((a, b) => a !== 0 && b !== 0)),
  Or: elementwise(truth((a, b) => a !== 0 || b !== 0)),
  Xor: elementwise(truth((a, b) => (a !== 0) !== (b !== 0))),
  Neg: each((x) => -x),
  Abs: each(Math.abs),
  Sqrt: each(Math.sqrt),
  Exp: each(Math.exp),
  Log: each(Math.log),
  Floor: each(Math.floor),
  Ceil: each(Math.ceil),
  Reciprocal: each((x) => 1 / x),
  Sign: each(Math.sign),
  Not: each((x) => (x === 0 ? 1 : 0)),
  Sin: each(Math.sin),
  Cos: each(Math.cos),
  Tanh: each(Math.tanh),
  Sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  IsNaN: each((x) => (Number.isNaN(x) ? 1 : 0)),
  Cast(given) {
    const to = intOf(given.node, 'to', 0);
    if (to === elementTypes.bool) return each((x) => (x === 0 ? 0 : 1))(given);
    if (isWhole(to)) return each(Math.trunc)(given);
    const [x] = given.values;
    return to === elementTypes.float32 && x !== undefined ? Float32Array.from(x) : x;
  },
  Where({ inputs, values: [condition, yes, no], dims }) {
    if (condition === undefined || yes === undefined || no === undefined) return undefined;
    const [c, a, b] = [spread(inputs[0], condition, dims), spread(inputs[1], yes, dims), spread(inputs[2], no, dims)];
    const result = likeNumbers(a, a.length);
    for (let at = 0; at < result.length; at++) result[at] = (c[at] === 0 ? b[at] : a[at]) ?? 0;
    return result;
  },
  Transpose({ node, inputs: [input], values: [x], dims }) {
    if (x === undefined || input?.dims === undefined) return undefined;
    const strides = stridesOf(input.dims);
    const rank = strides.length;
    const perm = intsOf(node, 'perm') ?? strides.map((_, i) => rank - 1 - i);
    return copyStrided(
      x,
      dims,
      perm.map((axis) => strides[axis] ?? 0),
    );
  },
  Expand: ({ inputs: [input], values: [x], dims }) => (x === undefined ? undefined : spread(input, x, dims)),
  Tile({ inputs: [input], values: [x], dims }) {
    if (x === undefined || input?.dims === undefined) return undefined;
    const own = input.dims;
    const strides = stridesOf(own);
    const outer = stridesOf(dims);
    const result = likeNumbers(x, countOf(dims));
    for (let at = 0; at < result.length; at++) {
      let from = 0;
      for (const [axis, size] of own.entries()) {
        from += ((Math.floor(at / (outer[axis] ?? 1)) % (dims[axis] ?? 1)) % size) * (strides[axis] ?? 0);
      }
      result[at] = x[from] ?? 0;
    }
    return result;
  },
  Slice({ inputs, values: [x], dims }) {
    const own = inputs[0]?.dims;
    const windows = own === undefined ? undefined : sliceWindows(own, inputs);
    if (x === undefined || own === undefined || windows === undefined) return undefined;
    const strides = stridesOf(own);
    const offset = windows.reduce((sum, { from }, axis) => sum + from * (strides[axis] ?? 0), 0);
    return copyStrided(
      x,
      dims,
      windows.map(({ step }, axis) => step * (strides[axis] ?? 0)),
      offset,
    );
  },
  Split({ node, inputs: [input, parts], values: [x], dims, index }) {
    if (x === undefined || input?.dims === undefined) return undefined;
    const axis = fromFront(intOf(node, 'axis', 0), input.dims.length);
    const sizes = splitSizes(node, input.dims[axis] ?? 1, parts) ?? [];
    const before = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
    const strides = stridesOf(input.dims);
    return copyStrided(x, dims, strides, before * (strides[axis] ?? 0));
  },
  Gather({ node, inputs: [input, indices], values: [x, places] }) {
    if (x === undefined || places === undefined || input?.dims === undefined) return undefined;
    const axis = fromFront(intOf(node, 'axis', 0), input.dims.length);
    const size = input.dims[axis] ?? 1;
    const [outer, inner] = [countOf(input.dims.slice(0, axis)), countOf(input.dims.slice(axis + 1))];
    const count = countOf(indices?.dims ?? []);
    const result = likeNumbers(x, outer * count * inner);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < count; i++) {
        const place = fromFront(places[i] ?? 0, size);
        const from = (o * size + place) * inner;
        result.set(x.subarray(from, from + inner), (o * count + i) * inner);
      }
    }
    return result;
  },
  GatherElements({ node, inputs: [input], values: [x, places], dims }) {
    if (x === undefined || places === undefined || input?.dims === undefined) return undefined;
    const axis = fromFront(intOf(node, 'axis', 0), dims.length);
    const [own, outer] = [stridesOf(input.dims), stridesOf(dims)];
    const result = likeNumbers(x, countOf(dims));
    for (let at = 0; at < result.length; at++) {
      let from = 0;
      for (const [i, size] of dims.entries()) {
        const index =
          i === axis ? fromFront(places[at] ?? 0, input.dims[i] ?? 1) : Math.floor(at / (outer[i] ?? 1)) % size;
        from += index * (own[i] ?? 0);
      }
      result[at] = x[from] ?? 0;
    }
    return result;
  },
  GatherND({ node, inputs: [input, indices], values: [x, places], dims }) {
    if (x === undefined || places === undefined || input?.dims === undefined) return undefined;
    if (indices?.dims === undefined || intOf(node, 'batch_dims', 0) !== 0) return undefined;
    const depth = indices.dims.at(-1) ?? 1;
    const strides = stridesOf(input.dims);
    const inner = countOf(input.dims.slice(depth));
    const result = likeNumbers(x, countOf(dims));
    for (let i = 0; i * inner < result.length; i++) {
      let from = 0;
      for (let axis = 0; axis < depth; axis++) {
        from += fromFront(places[i * depth + axis] ?? 0, input.dims[axis] ?? 1) * (strides[axis] ?? 0);
      }
      result.set(x.subarray(from, from + inner), i * inner);
    }
    return result;
  },
  MatMul({ inputs: [left, right], values: [a, b], dims }) {
    const [rows, columns] = [left?.dims, right?.dims];
    if (a === undefined || b === undefined || rows === undefined || columns === undefined) return undefined;
    const size = rows.at(-1) ?? 1;
    // Angles of positions are such a product; what is as large as a product of weights is left alone.
    if (rows.length < 2 || columns.length < 2 || countOf(dims) * size > MAXIMUM_PRODUCTS) return undefined;
    const outer = dims.slice(0, -2);
    const [height = 1, width = 1] = dims.slice(-2);
    const one = spread({ elementType: 0, dims: rows }, a, [...outer, height, size]);
    const other = spread({ elementType: 0, dims: columns }, b, [...outer, size, width]);
    const result = likeNumbers(a, countOf(dims));
    for (let at = 0; at < result.length; at++) {
      const [plane, row, column] = [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width];
      let sum = 0;
      for (let k = 0; k < size; k++) {
        sum += (one[(plane * height + row) * size + k] ?? 0) * (other[(plane * size + k) * width + column] ?? 0);
      }
      result[at] = sum;
    }
    return result;
  },
  Concat({ node, inputs, values, dims }) {
    const [first] = values;
    if (first === undefined) return undefined;
    const axis = fromFront(intOf(node, 'axis', 1), dims.length);
    const outer = countOf(dims.slice(0, axis));
    const row = countOf(dims.slice(axis));
    const result = likeNumbers(first, countOf(dims));
    let before = 0;
    for (const [i, part] of values.entries()) {
      if (part === undefined) return undefined;
      const width = countOf((inputs[i]?.dims ?? []).slice(axis));
      // A file may tell of a value other sizes than its parts add up to.
      if (part.length !== outer * width || before + width > row) return undefined;
      for (let o = 0; o < outer; o++) result.set(part.subarray(o * width, (o + 1) * width), o * row + before);
      before += width;
    }
    return result;
  },
  Shape({ node, inputs: [input] }) {
    if (input?.dims === undefined) return undefined;
    const rank = input.dims.length;
    const end = fromFront(intOf(node, 'end', rank), rank);
    return Float64Array.from(input.dims.slice(Math.max(0, fromFront(intOf(node, 'start', 0), rank)), end));
  },
  Size: ({ inputs: [input] }) => (input?.dims === undefined ? undefined : Float64Array.of(countOf(input.dims))),
  Range({ inputs: [start, , delta], dims: [count = 0] }) {
    const [[from = 0] = [], [by = 1] = []] = [numbersOf(start), numbersOf(delta)];
    return Float64Array.from({ length: count }, (_, i) => from + i * by);
  },
  ReduceSum: reduce(0, (a, b) => a + b),
  ReduceMean: reduce(0, (a, b) => a + b, true),
  ReduceProd: reduce(1, (a, b) => a * b),
  ReduceMax: reduce(-Infinity, Math.max),
  ReduceMin: reduce(Infinity, Math.min),
  CumSum({ node, inputs: [input], values: [x, axes] }) {
    if (x === undefined || axes === undefined || input?.dims === undefined) return undefined;
    if (intOf(node, 'exclusive', 0) !== 0 || intOf(node, 'reverse', 0) !== 0) return undefined;
    const axis = fromFront(axes[0] ?? 0, input.dims.length);
    const [size, inner] = [input.dims[axis] ?? 1, countOf(input.dims.slice(axis + 1))];
    const result = x.slice();
    for (let at = 0; at < result.length; at++) {
      if (Math.floor(at / inner) % size > 0) result[at] = (result[at] ?? 0) + (result[at - inner] ?? 0);
    }
    return result;
  },
  Trilu({ node, inputs: [input], values: [x, k] }) {
    if (x === undefined || input?.dims === undefined) return undefined;
    const [rows = 1, columns = 1] = input.dims.slice(-2);
    const [upper, shift] = [intOf(node, 'upper', 1) === 1, k?.[0] ?? 0];
    return x.map((value, at) => {
      const [row, column] = [Math.floor(at / columns) % rows, at % columns];
      return (upper ? column - row >= shift : column - row <= shift) ? value : 0;
    });
  },
  EyeLike: ({ node, dims: [rows = 1, columns = 1] }) =>
    Float64Array.from({ length: rows * columns }, (_, at) =>
      (at % columns) - Math.floor(at / columns) === intOf(node, 'k', 0) ? 1 : 0,
    ),
  DepthToSpace({ node, inputs: [input], values: [x] }) {
    if (x === undefined || input?.dims === undefined) return undefined;
    const [n = 1, c = 1, h = 1, w = 1] = input.dims;
    const block = intOf(node, 'blocksize', 1);
    const left = c / block ** 2;
    const isColumnRow = textOf(node, 'mode', 'DCR') === 'CRD';
    const apart = isColumnRow ? [n, left, block, block, h, w] : [n, block, block, left, h, w];
    const perm = isColumnRow ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
    const strides = stridesOf(apart);
    return copyStrided(
      x,
      perm.map((axis) => apart[axis] ?? 1),
      perm.map((axis) => strides[axis] ?? 1),
    );
  },
  SpaceToDepth({ node, inputs: [input], values: [x] }) {
    if (x === undefined || input?.dims === undefined) return undefined;
    const [n = 1, c = 1, h = 1, w = 1] = input.dims;
    const block = intOf(node, 'blocksize', 1);
    const apart = [n, c, h / block, block, w / block, block];
    const perm = [0, 3, 5, 1, 2, 4];
    const strides = stridesOf(apart);
    return copyStrided(
      x,
      perm.map((axis) => apart[axis] ?? 1),
      perm.map((axis) => strides[axis] ?? 1),
    );
  },
};
