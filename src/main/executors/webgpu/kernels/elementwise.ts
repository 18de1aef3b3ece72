import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import { throughSteps } from '../../../../graph-engine/program/primitives/elementwise.ts';
import type { Kernels, TensorShape } from '../../interpreted/interpretedEngine.ts';
import { broadcastAxes, type BroadcastAxis } from '../broadcastAxes.ts';
import type { Shader, ShaderType } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';
import { broadcastFourShader, broadcastShader, fourShader, type ElementFunction } from './elementShaders.ts';

/** `bits` of a float that is not a number; compilers may take `a != a` for false. */
const isNan = (value: string) => `(bitcast<u32>(${value}) & 0x7fffffffu) > 0x7f800000u`;

/** The error function to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
const erf = `
fn error_function(x: f32) -> f32 {
  let t = 1.0 / (1.0 + 0.3275911 * abs(x));
  let series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return sign(x) * (1.0 - series * exp(-x * x));
}`;

/** WGSL expressions of the operands `a`, `b` and `c`. Not-a-number must come through: it tells that a training diverges. */
const expressions = {
  add: 'a + b',
  subtract: 'a - b',
  multiply: 'a * b',
  divide: 'a / b',
  maximum: 'select(a, b, b > a)',
  minimum: 'select(a, b, b < a)',
  negate: '-a',
  exp: 'exp(a)',
  log: 'log(a)',
  sqrt: 'sqrt(a)',
  rsqrt: '1.0 / sqrt(a)',
  square: 'a * a',
  greater: 'select(0.0, 1.0, a > b)',
  greaterEqual: 'select(0.0, 1.0, a >= b)',
  equal: 'select(0.0, 1.0, a == b)',
  select: 'select(c, b, a != 0.0)',
  relu: 'select(a, 0.0, a < 0.0)',
  reluGrad: 'select(0.0, a, b > 0.0)',
  sigmoid: '1.0 / (1.0 + exp(-a))',
  sigmoidGrad: 'b * a * (1.0 - a)',
  // Some drivers overflow; beyond 15 it is one to the last bit.
  tanh: `select(tanh(clamp(a, -15.0, 15.0)), a, ${isNan('a')})`,
  tanhGrad: 'b * (1.0 - a * a)',
  erf: 'error_function(a)',
  biasAdd: 'a + b',
  broadcastTo: 'a',
  toInteger: 'i32(a)',
  toFloat: 'f32(a)',
} as const;

type Operation = keyof typeof expressions;

const operandNames = ['a', 'b', 'c'] as const;

/** A shader for an operation on operands of these types that are read along so many axes. */
function shaderOf(operation: Operation, types: readonly ShaderType[], result: ShaderType, axes: number): Shader {
  const names = operandNames.slice(0, types.length);
  return broadcastShader({
    name: operation,
    operands: names.map((name, i) => [name, types[i] ?? 'f32']),
    result,
    axes,
    ...(operation === 'erf' && { declarations: erf }),
    body: `  y[i] = ${expressions[operation]};`,
  });
}

/** A chain: each step is an expression of inputs and of steps before it. */
function fusedFunction(steps: string, names: readonly string[]) {
  const inputs = names.length;
  const lines: string[] = [];
  const result = throughSteps<string>(steps, names, (primitive, operands) => {
    const name = `v${inputs + lines.length}`;
    const expression = expressions[primitive].replace(/\b[abc]\b/g, (letter) => {
      return operands[operandNames.findIndex((operand) => operand === letter)] ?? letter;
    });
    lines.push(`  let ${name} = ${expression};`);
    return name;
  });
  return { declarations: /\berf\b/.test(steps) ? erf : '', lines, result };
}

const namesOf = (inputs: number): string[] => Array.from({ length: inputs }, (_, i) => `v${i}`);

function fusedShader(steps: string, inputs: number, axes: number): Shader {
  const names = namesOf(inputs);
  const { declarations, lines, result } = fusedFunction(steps, names);
  return broadcastShader({
    name: 'fused elementwise',
    operands: names.map((name) => [name, 'f32']),
    result: 'f32',
    axes,
    declarations,
    body: [...lines, `  y[i] = ${result};`].join('\n'),
  });
}

function fusedElement(steps: string, names: readonly string[]): ElementFunction {
  const { declarations, lines, result } = fusedFunction(steps, names);
  return { declarations, body: [...lines, `  return ${result};`].join('\n') };
}

/** Smaller ones are not worth a shader of their own. */
const SHORTEST_BY_FOUR = 4096;

type AnyCall = { readonly inputs: readonly TensorInfo[]; readonly outputShapes: readonly [TensorShape] };

/** Elementwise arithmetic, with broadcasting, one shader for each. */
export function elementwiseKernels(runner: ShaderRunner) {
  const shaders = new Map<string, Shader>();

  function compute(operation: Operation, operands: readonly TensorInfo[], shape: TensorShape): TensorInfo {
    const types = operands.map(typeOf);
    const element: ElementFunction = {
      declarations: operation === 'erf' ? erf : '',
      body: `  return ${expressions[operation]};`,
    };
    const floats = types.every((type) => type === 'f32');
    return (
      (floats
        ? byFour(operation, operands, shape, operandNames.slice(0, operands.length), () => element)
        : undefined) ??
      spread(`${operation} ${types.join()}`, operands, shape, axesOf(operands, shape), (axes) =>
        shaderOf(operation, types, shape.dtype === 'int32' ? 'i32' : 'f32', axes),
      )
    );
  }

  const axesOf = (operands: readonly TensorInfo[], shape: TensorShape): readonly BroadcastAxis[] =>
    broadcastAxes(
      shape.dims,
      operands.map((operand) => operand.shape),
    );

  function shaderNamed(key: string, make: () => Shader): Shader {
    let shader = shaders.get(key);
    if (shader === undefined) shaders.set(key, (shader = make()));
    return shader;
  }

  /** The result of a shader that makes four elements at a time, where operands and result allow it. */
  function byFour(
    kind: string,
    operands: readonly TensorInfo[],
    shape: TensorShape,
    names: readonly string[],
    element: () => ElementFunction,
  ): TensorInfo | undefined {
    const size = sizeOfDims(shape.dims);
    if (size % 4 !== 0 || size < SHORTEST_BY_FOUR || shape.dtype === 'int32') return undefined;
    const sizes = operands.map((operand) => sizeOfDims(operand.shape));
    if (!sizes.every((one) => one === size || one === 1)) {
      return spreadByFour(kind, operands, shape, axesOf(operands, shape), names, element);
    }
    const scalars = sizes.map((one) => one === 1);
    const shader = shaderNamed(`four ${kind} ${scalars.join()}`, () =>
      fourShader(nameOf(kind), names, scalars, element()),
    );
    const y = runner.empty(shape);
    runner.run({ shader, reads: operands, writes: [y], elements: size / 4 });
    return y;
  }

  /** The same for operands that are read along axes, where four neighbours lie side by side or are one value. */
  function spreadByFour(
    kind: string,
    operands: readonly TensorInfo[],
    shape: TensorShape,
    axes: readonly BroadcastAxis[],
    names: readonly string[],
    element: () => ElementFunction,
  ): TensorInfo | undefined {
    const [first, ...rest] = axes;
    const size = sizeOfDims(shape.dims);
    if (first === undefined || first.size % 4 !== 0 || size < SHORTEST_BY_FOUR) return undefined;
    const contiguous = first.strides.map((stride) => stride === 1);
    const fits = (stride: number, i: number): boolean => contiguous[i] !== true || stride % 4 === 0;
    if (!first.strides.every((stride) => stride <= 1) || !rest.every(({ strides }) => strides.every(fits)))
      return undefined;
    const shader = shaderNamed(`spread four ${kind} ${contiguous.join()} ${axes.length}`, () =>
      broadcastFourShader(nameOf(kind), names, contiguous, axes.length, element()),
    );
    const fours = [
      { size: first.size / 4, strides: first.strides },
      ...rest.map((axis) => ({
        size: axis.size,
        strides: axis.strides.map((stride, i) => (contiguous[i] === true ? stride / 4 : stride)),
      })),
    ];
    const y = runner.empty(shape);
    runner.run({ shader, reads: operands, writes: [y], elements: size / 4, parameters: numbersOf(fours) });
    return y;
  }

  /** The result of the shader for what `kind` names, which is made once for each number of axes. */
  function spread(
    kind: string,
    operands: readonly TensorInfo[],
    shape: TensorShape,
    axes: readonly BroadcastAxis[],
    make: (axes: number) => Shader,
  ): TensorInfo {
    const y = runner.empty(shape);
    const shader = shaderNamed(`${kind} ${axes.length}`, () => make(axes.length));
    runner.run({ shader, reads: operands, writes: [y], elements: sizeOfDims(shape.dims), parameters: numbersOf(axes) });
    return y;
  }

  const kernel =
    (operation: Operation) =>
    ({ inputs, outputShapes: [shape] }: AnyCall) => [compute(operation, inputs, shape)];

  return {
    add: kernel('add'),
    subtract: kernel('subtract'),
    multiply: kernel('multiply'),
    divide: kernel('divide'),
    maximum: kernel('maximum'),
    minimum: kernel('minimum'),
    negate: kernel('negate'),
    exp: kernel('exp'),
    log: kernel('log'),
    sqrt: kernel('sqrt'),
    rsqrt: kernel('rsqrt'),
    square: kernel('square'),
    greater: kernel('greater'),
    greaterEqual: kernel('greaterEqual'),
    equal: kernel('equal'),
    select: kernel('select'),
    relu: kernel('relu'),
    reluGrad: kernel('reluGrad'),
    sigmoid: kernel('sigmoid'),
    sigmoidGrad: kernel('sigmoidGrad'),
    tanh: kernel('tanh'),
    tanhGrad: kernel('tanhGrad'),
    erf: kernel('erf'),
    biasAdd: kernel('biasAdd'),
    broadcastTo: kernel('broadcastTo'),
    fusedElementwise({ inputs, attributes: { steps }, outputShapes: [shape] }) {
      const kind = `${inputs.length}: ${steps}`;
      const names = namesOf(inputs.length);
      return [
        byFour(kind, inputs, shape, names, () => fusedElement(steps, names)) ??
          spread(kind, inputs, shape, axesOf(inputs, shape), (axes) => fusedShader(steps, inputs.length, axes)),
      ];
    },
    transpose({ inputs: [x], attributes: { permutation }, outputShapes: [shape] }) {
      const axes = permutedAxes(x.shape, permutation);
      const type = typeOf(x);
      const element: ElementFunction = { declarations: '', body: '  return a;' };
      return [
        (type === 'f32' ? spreadByFour('transpose', [x], shape, axes, ['a'], () => element) : undefined) ??
          spread(`transpose ${type}`, [x], shape, axes, (count) =>
            broadcastShader({
              name: 'transpose',
              operands: [['a', type]],
              result: type,
              axes: count,
              body: '  y[i] = a;',
            }),
          ),
      ];
    },
    cast({ inputs: [x], inputShapes: [from], outputShapes: [shape] }) {
      const integers = [from.dtype, shape.dtype].map((dtype) => dtype === 'int32');
      // What is bfloat16 is held as float32, and rounded by the caller.
      if (integers[0] === integers[1]) return [runner.device.share(x, x.shape)];
      return [compute(integers[1] === true ? 'toInteger' : 'toFloat', [x], shape)];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}

/** Fused ones go by one name. */
function nameOf(kind: string): string {
  return kind.includes(':') ? 'fused elementwise' : kind;
}

/** The parameters of a shader that reads along axes. */
function numbersOf(axes: readonly BroadcastAxis[]): number[] {
  return axes.flatMap(({ size, strides }, i) => (i < axes.length - 1 ? [size, ...strides] : strides));
}

/** The axes of what an operand becomes when its own are put in another order, innermost first; neighbours that stay together are one. */
function permutedAxes(dims: readonly number[], permutation: readonly number[]): readonly BroadcastAxis[] {
  const strides = dims.map((_, axis) => sizeOfDims(dims.slice(axis + 1)));
  const axes: { size: number; strides: [number] }[] = [];
  for (const axis of permutation.toReversed()) {
    const [size, stride] = [dims[axis] ?? 1, strides[axis] ?? 1];
    const inner = axes.at(-1);
    if (size === 1) continue;
    if (inner !== undefined && stride === inner.strides[0] * inner.size) inner.size *= size;
    else axes.push({ size, strides: [stride] });
  }
  return axes.length > 0 ? axes : [{ size: 1, strides: [0] }];
}

function typeOf({ dtype }: TensorInfo): ShaderType {
  return dtype === 'int32' ? 'i32' : 'f32';
}
