import { floatOf, intOf, textOf, type SourceNode } from '../sourceModel.ts';
import { fromFront } from '../facts.ts';
import type { Mapper, Mapping } from './mapping.ts';
import { channelAxis } from '../../drawing/view.ts';

/** An op that changes each number by itself; `parametersOf` says how, or nothing where ours does not do that. */
function simple(
  type: string,
  parametersOf: (
    node: SourceNode,
    mapping: Mapping,
  ) => Readonly<Record<string, number | string>> | undefined = () => ({}),
): Mapper {
  return (node, mapping) => {
    const x = mapping.bound(node.inputs[0]);
    const parameters = parametersOf(node, mapping);
    if (x === undefined || parameters === undefined) return false;
    return mapping.bind(node.outputs[0], mapping.each(type, x, parameters));
  };
}

/** Two float32 numbers that are meant to be the same. */
export function isClose(a: number | undefined, b: number): boolean {
  return a !== undefined && Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b));
}

/** Whether a Clip cuts at these two. */
export function clipsAt(mapping: Mapping, node: SourceNode | undefined, low: number, high: number): boolean {
  if (node === undefined) return false;
  const [, least, most] = node.inputs;
  return isClose(mapping.scalar(least), low) && isClose(mapping.scalar(most), high);
}

const softmax: Mapper = (node, mapping) => {
  const x = mapping.bound(node.inputs[0]);
  if (x === undefined) return false;
  const axis = fromFront(intOf(node, 'axis', -1), x.view.length);
  const seen = x.view[axis];
  if (seen?.length !== 1 || seen[0] !== channelAxis(x.type)) {
    const plain = mapping.plain(x);
    if (plain === undefined || axis !== channelAxis(plain.type)) return false;
    return mapping.bind(node.outputs[0], mapping.each('softmax', plain));
  }
  return mapping.bind(node.outputs[0], mapping.each('softmax', x));
};

const prelu: Mapper = (node, mapping) => {
  const x = mapping.bound(node.inputs[0]);
  const slope = mapping.floats(node.inputs[1]);
  if (x === undefined || slope === undefined) return false;
  const factors = perChannel(mapping, node.inputs[1], x.view, x.type);
  if (factors === undefined) return false;
  const per = factors.dims[0] === 1 ? 'tensor' : 'channel';
  const y = mapping.one('prelu', { per }, { input: x }, { slope: factors });
  return mapping.bind(node.outputs[0], y === undefined ? undefined : { ...y, view: x.view });
};

/**
 * A constant that has one number for each channel of a value and is spread over its other axes, or one number for all;
 * `undefined` for any other.
 */
export function perChannel(
  mapping: Mapping,
  name: string | undefined,
  view: readonly (readonly number[])[],
  type: Parameters<typeof channelAxis>[0],
): { readonly dims: readonly number[]; readonly values: () => Float32Array } | undefined {
  const constant = mapping.floats(name);
  if (constant === undefined || constant.dims.length > view.length) return undefined;
  const values = (): Float32Array => Float32Array.from(constant.values());
  const wide = constant.dims.flatMap((size, i) => (size === 1 ? [] : [{ size, i }]));
  if (wide.length === 0) return { dims: [1], values };
  const [only] = wide;
  if (wide.length > 1 || only === undefined) return undefined;
  const seen = view[only.i + view.length - constant.dims.length];
  return seen?.length === 1 && seen[0] === channelAxis(type) ? { dims: [only.size], values } : undefined;
}

/** Erf(x / √2) in the ways in which it is written; returns the name of x. */
function insideOfErf(mapping: Mapping, name: string | undefined): string | undefined {
  const erf = mapping.maker(name, 'Erf');
  const scaled = mapping.maker(erf?.inputs[0], 'Div', 'Mul');
  if (scaled === undefined) return undefined;
  const [a, b] = scaled.inputs;
  if (scaled.opType === 'Div') return isClose(mapping.scalar(b), Math.SQRT2) ? a : undefined;
  if (isClose(mapping.scalar(b), Math.SQRT1_2)) return a;
  return isClose(mapping.scalar(a), Math.SQRT1_2) ? b : undefined;
}

/** tanh(√(2/π) · (x + 0.044715 · x³)); returns the name of x. */
function insideOfTanh(mapping: Mapping, name: string | undefined): string | undefined {
  const tanh = mapping.maker(name, 'Tanh');
  const scaled = byScalar(mapping, mapping.maker(tanh?.inputs[0], 'Mul'), Math.sqrt(2 / Math.PI));
  if (scaled === undefined) return undefined;
  const sum = mapping.maker(scaled, 'Add');
  if (sum !== undefined) {
    for (const [x, cubic] of bothWays(sum.inputs)) {
      const cube = byScalar(mapping, mapping.maker(cubic, 'Mul'), 0.044715);
      if (cube !== undefined && isCube(mapping, cube, x)) return x;
    }
    return undefined;
  }
  // x · (1 + 0.044715 · x²), as Keras writes it.
  const product = mapping.maker(scaled, 'Mul');
  for (const [x, factor] of bothWays(product?.inputs ?? [])) {
    const raised = mapping.maker(factor, 'Add');
    for (const [one, squared] of bothWays(raised?.inputs ?? [])) {
      if (!isClose(mapping.scalar(one), 1)) continue;
      const square = byScalar(mapping, mapping.maker(squared, 'Mul'), 0.044715);
      if (square !== undefined && isPower(mapping, square, x, 2)) return x;
    }
  }
  return undefined;
}

function isPower(mapping: Mapping, name: string, x: string, power: number): boolean {
  const pow = mapping.maker(name, 'Pow');
  if (pow !== undefined) return pow.inputs[0] === x && isClose(mapping.scalar(pow.inputs[1]), power);
  const product = mapping.maker(name, 'Mul');
  return power === 2 && product?.inputs[0] === x && product.inputs[1] === x;
}

function isCube(mapping: Mapping, name: string, x: string): boolean {
  if (isPower(mapping, name, x, 3)) return true;
  const product = mapping.maker(name, 'Mul');
  return bothWays(product?.inputs ?? []).some(([a, b]) => b === x && isPower(mapping, a, x, 2));
}

/** The two inputs of a node in both orders. */
export function bothWays(inputs: readonly string[]): readonly (readonly [string, string])[] {
  const [a, b] = inputs;
  return a === undefined || b === undefined
    ? []
    : [
        [a, b],
        [b, a],
      ];
}

/** What a node multiplies by that number. */
export function byScalar(mapping: Mapping, node: SourceNode | undefined, factor: number): string | undefined {
  if (node?.opType !== 'Mul') return undefined;
  return bothWays(node.inputs).find(([, other]) => isClose(mapping.scalar(other), factor))?.[0];
}

/** The factors of a product, however it is put together. */
function factorsOf(mapping: Mapping, name: string, depth = 3): readonly string[] {
  const product = depth === 0 ? undefined : mapping.maker(name, 'Mul');
  const divided = depth === 0 ? undefined : mapping.maker(name, 'Div');
  const divisor = mapping.scalar(divided?.inputs[1]);
  if (divided !== undefined && isClose(divisor, 2))
    return [HALF, ...factorsOf(mapping, divided.inputs[0] ?? '', depth - 1)];
  if (product === undefined || product.inputs[0] === product.inputs[1]) return [name];
  return product.inputs.flatMap((input) => factorsOf(mapping, input, depth - 1));
}

/** Stands for the number ½. */
const HALF = '\0half';

/** GELU out of its parts: 0.5 · x · (1 + erf(x / √2)), or with tanh. */
const geluParts: Mapper = (node, mapping) => {
  const factors = (node.outputs[0] === undefined ? [] : factorsOf(mapping, node.outputs[0])).filter(
    (name) => name !== '',
  );
  const isHalf = (name: string): boolean => name === HALF || isClose(mapping.scalar(name), 0.5);
  const half = factors.find(isHalf);
  const rest = factors.filter((name) => name !== half);
  if (half === undefined || rest.length !== 2) return false;
  for (const [x, gate] of bothWays(rest)) {
    const sum = mapping.maker(gate, 'Add');
    for (const [one, inner] of bothWays(sum?.inputs ?? [])) {
      if (!isClose(mapping.scalar(one), 1)) continue;
      const exact = insideOfErf(mapping, inner) === x;
      if (!exact && insideOfTanh(mapping, inner) !== x) continue;
      const bound = mapping.bound(x);
      if (bound === undefined) return false;
      const gelu = mapping.each('gelu', bound, { approximation: exact ? 'none' : 'tanh' });
      return mapping.bind(node.outputs[0], gelu);
    }
  }
  return false;
};

/** x · σ(x), x · hardSigmoid(x) and x · clip(x + 3, 0, 6) / 6. */
const gated: Mapper = (node, mapping) => {
  for (const [x, gate] of bothWays(node.inputs)) {
    const bound = mapping.bound(x);
    if (bound === undefined) continue;
    const sigmoid = mapping.maker(gate, 'Sigmoid');
    if (sigmoid?.inputs[0] === x) return mapping.bind(node.outputs[0], mapping.each('silu', bound));
    if (insideOfHardSigmoid(mapping, gate) === x) {
      return mapping.bind(node.outputs[0], mapping.each('hardSwish', bound));
    }
  }
  return false;
};

/** hardSigmoid(x) as one operator or out of its parts; returns the name of x. */
function insideOfHardSigmoid(mapping: Mapping, name: string | undefined): string | undefined {
  const whole = mapping.maker(name, 'HardSigmoid');
  if (whole !== undefined && isHardSigmoid(whole)) return whole.inputs[0];
  const share = mapping.maker(name, 'Div', 'Mul');
  const clipped =
    share?.opType === 'Div' && isClose(mapping.scalar(share.inputs[1]), 6)
      ? share.inputs[0]
      : byScalar(mapping, share, 1 / 6);
  const clip = mapping.maker(clipped, 'Clip');
  if (!clipsAt(mapping, clip, 0, 6)) return undefined;
  const shifted = mapping.maker(clip?.inputs[0], 'Add');
  return bothWays(shifted?.inputs ?? []).find(([, three]) => isClose(mapping.scalar(three), 3))?.[0];
}

function isHardSigmoid(node: SourceNode): boolean {
  return isClose(floatOf(node, 'alpha', 0.2), 1 / 6) && isClose(floatOf(node, 'beta', 0.5), 0.5);
}

const hardSigmoidParts: Mapper = (node, mapping) => {
  const x = mapping.bound(insideOfHardSigmoid(mapping, node.outputs[0]));
  return x !== undefined && mapping.bind(node.outputs[0], mapping.each('hardSigmoid', x));
};

/** x · clip(x + 3, 0, 6) / 6 where the division comes last. */
const hardSwishParts: Mapper = (node, mapping) => {
  const product =
    node.opType === 'Div'
      ? isClose(mapping.scalar(node.inputs[1]), 6)
        ? node.inputs[0]
        : undefined
      : byScalar(mapping, node, 1 / 6);
  const inner = mapping.maker(product, 'Mul');
  for (const [x, gate] of bothWays(inner?.inputs ?? [])) {
    const clip = mapping.maker(gate, 'Clip');
    if (!clipsAt(mapping, clip, 0, 6)) continue;
    const shifted = mapping.maker(clip?.inputs[0], 'Add');
    const isShifted = bothWays(shifted?.inputs ?? []).some(
      ([a, three]) => a === x && isClose(mapping.scalar(three), 3),
    );
    const bound = mapping.bound(x);
    if (isShifted && bound !== undefined) return mapping.bind(node.outputs[0], mapping.each('hardSwish', bound));
  }
  return false;
};

const clip: Mapper = (node, mapping) => {
  const x = mapping.bound(node.inputs[0]);
  if (x === undefined) return false;
  if (clipsAt(mapping, node, 0, 6)) return mapping.bind(node.outputs[0], mapping.each('relu6', x));
  const hasNoTop = (node.inputs[2] ?? '') === '' || mapping.scalar(node.inputs[2]) === Infinity;
  if (mapping.scalar(node.inputs[1]) !== 0 || !hasNoTop) return false;
  return mapping.bind(node.outputs[0], mapping.each('relu', x));
};

/** A SELU is written with its constants. */
const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

/** Mappers by the operator at their end, the ones that explain most first. */
export const activationMappers: Readonly<Record<string, readonly Mapper[]>> = {
  Relu: [simple('relu')],
  LeakyRelu: [simple('leakyRelu', (node) => ({ slope: shortest(floatOf(node, 'alpha', 0.01)) }))],
  PRelu: [prelu],
  Clip: [clip],
  Elu: [simple('elu', (node) => ({ alpha: shortest(floatOf(node, 'alpha', 1)) }))],
  Celu: [simple('elu', (node) => (floatOf(node, 'alpha', 1) === 1 ? {} : undefined))],
  Selu: [
    simple('selu', (node) =>
      isClose(floatOf(node, 'alpha', SELU.alpha), SELU.alpha) && isClose(floatOf(node, 'gamma', SELU.gamma), SELU.gamma)
        ? {}
        : undefined,
    ),
  ],
  Gelu: [simple('gelu', (node) => ({ approximation: textOf(node, 'approximate', 'none') }))],
  Sigmoid: [simple('sigmoid')],
  Swish: [simple('silu', (node) => (floatOf(node, 'alpha', 1) === 1 ? {} : undefined))],
  Tanh: [simple('tanh')],
  HardSigmoid: [simple('hardSigmoid', (node) => (isHardSigmoid(node) ? {} : undefined))],
  HardSwish: [simple('hardSwish')],
  Softmax: [softmax],
  Mul: [geluParts, gated, hardSwishParts, hardSigmoidParts],
  Div: [geluParts, hardSwishParts, hardSigmoidParts],
};

/** The shortest number that is the same as a float32: 0.1 and not 0.10000000149. */
export function shortest(value: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}
