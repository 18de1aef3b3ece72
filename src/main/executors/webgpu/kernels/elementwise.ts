import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import { throughSteps } from '../../../../graph-engine/program/primitives/elementwise.ts';
import type { Kernels, TensorShape } from '../../interpreted/interpretedEngine.ts';
import { broadcastAxes } from '../broadcastAxes.ts';
import { elementShader, type ParameterType, type Shader, type ShaderType } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

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

/** How each element of a float result is made of those of its operands. */
interface ElementFunction {
  readonly declarations: string;
  /** WGSL statements that return the element. */
  readonly body: string;
}

/** Four elements a thread, of operands that lie in memory as the result does or are one value (`scalars`). */
function fourShader(
  name: string,
  operands: readonly string[],
  scalars: readonly boolean[],
  each: ElementFunction,
): Shader {
  const argument = (operand: string, component: string, i: number): string =>
    scalars[i] === true ? `${operand}_values[0]` : `${operand}_four.${component}`;
  const made = ['x', 'y', 'z', 'w'].map(
    (component) => `each(${operands.map((operand, i) => argument(operand, component, i)).join(', ')})`,
  );
  return elementShader({
    name,
    reads: Object.fromEntries(
      operands.map((operand, i): [string, ShaderType] => [
        `${operand}_values`,
        scalars[i] === true ? 'f32' : 'vec4<f32>',
      ]),
    ),
    writes: { y: 'vec4<f32>' },
    declarations: `${each.declarations}
fn each(${operands.map((operand) => `${operand}: f32`).join(', ')}) -> f32 {
${each.body}
}`,
    body: `
${operands.map((operand, i) => (scalars[i] === true ? '' : `  let ${operand}_four = ${operand}_values[i];`)).join('\n')}
  y[i] = vec4<f32>(${made.join(', ')});`,
  });
}

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

function fusedFourShader(steps: string, scalars: readonly boolean[]): Shader {
  const names = namesOf(scalars.length);
  const { declarations, lines, result } = fusedFunction(steps, names);
  return fourShader('fused elementwise', names, scalars, {
    declarations,
    body: [...lines, `  return ${result};`].join('\n'),
  });
}

/** A shader whose `body` makes `y[i]` of the elements of the operands that belong to it. */
function broadcastShader({
  name,
  operands,
  result,
  axes,
  declarations,
  body,
}: {
  readonly name: string;
  readonly operands: readonly (readonly [name: string, type: ShaderType])[];
  readonly result: ShaderType;
  readonly axes: number;
  readonly declarations?: string;
  readonly body: string;
}): Shader {
  const names = operands.map(([operand]) => operand);
  const places = Array.from({ length: axes }, (_, i) => i);
  const parameters: [string, ParameterType][] = places.flatMap((i) => [
    ...(i < axes - 1 ? [[`size${i}`, 'u32'] as [string, ParameterType]] : []),
    ...names.map((operand): [string, ParameterType] => [`${operand}Stride${i}`, 'u32']),
  ]);
  return elementShader({
    name,
    reads: Object.fromEntries(operands.map(([operand, type]) => [`${operand}_values`, type])),
    writes: { y: result },
    parameters: Object.fromEntries(parameters),
    ...(declarations !== undefined && { declarations }),
    body: `
  var rest = i;
${names.map((operand) => `  var ${operand}_at = 0u;`).join('\n')}
${places
  .map((i) => {
    const index = i < axes - 1 ? `rest % p.size${i}` : 'rest';
    const steps = names.map((operand) => `${operand}_at += index * p.${operand}Stride${i};`).join(' ');
    return `  { let index = ${index}; ${steps}${i < axes - 1 ? ` rest /= p.size${i};` : ''} }`;
  })
  .join('\n')}
${names.map((operand) => `  let ${operand} = ${operand}_values[${operand}_at];`).join('\n')}
${body}`,
  });
}

/** Smaller ones are not worth a shader of their own. */
const SHORTEST_BY_FOUR = 4096;

type AnyCall = { readonly inputs: readonly TensorInfo[]; readonly outputShapes: readonly [TensorShape] };

/** Elementwise arithmetic, with broadcasting, one shader for each. */
export function elementwiseKernels(runner: ShaderRunner) {
  const shaders = new Map<string, Shader>();

  function compute(operation: Operation, operands: readonly TensorInfo[], shape: TensorShape): TensorInfo {
    const types = operands.map(typeOf);
    const four = (scalars: readonly boolean[]): Shader =>
      fourShader(operation, operandNames.slice(0, operands.length), scalars, {
        declarations: operation === 'erf' ? erf : '',
        body: `  return ${expressions[operation]};`,
      });
    return (
      (types.every((type) => type === 'f32') ? byFour(operation, operands, shape, four) : undefined) ??
      spread(`${operation} ${types.join()}`, operands, shape, (axes) =>
        shaderOf(operation, types, shape.dtype === 'int32' ? 'i32' : 'f32', axes),
      )
    );
  }

  /** The result of a shader that makes four elements at a time, where operands and result allow it. */
  function byFour(
    kind: string,
    operands: readonly TensorInfo[],
    shape: TensorShape,
    make: (scalars: readonly boolean[]) => Shader,
  ): TensorInfo | undefined {
    const size = sizeOfDims(shape.dims);
    if (size % 4 !== 0 || size < SHORTEST_BY_FOUR || shape.dtype === 'int32') return undefined;
    const sizes = operands.map((operand) => sizeOfDims(operand.shape));
    if (!sizes.every((one) => one === size || one === 1)) return undefined;
    const scalars = sizes.map((one) => one === 1);
    const key = `four ${kind} ${scalars.join()}`;
    let shader = shaders.get(key);
    if (shader === undefined) shaders.set(key, (shader = make(scalars)));
    const y = runner.empty(shape);
    runner.run({ shader, reads: operands, writes: [y], elements: size / 4 });
    return y;
  }

  /** The result of the shader for what `kind` names, which is made once for each number of axes. */
  function spread(
    kind: string,
    operands: readonly TensorInfo[],
    shape: TensorShape,
    make: (axes: number) => Shader,
  ): TensorInfo {
    const y = runner.empty(shape);
    const axes = broadcastAxes(
      shape.dims,
      operands.map((operand) => operand.shape),
    );
    const key = `${kind} ${axes.length}`;
    let shader = shaders.get(key);
    if (shader === undefined) shaders.set(key, (shader = make(axes.length)));
    const parameters = axes.flatMap(({ size, strides }, i) => (i < axes.length - 1 ? [size, ...strides] : strides));
    runner.run({ shader, reads: operands, writes: [y], elements: sizeOfDims(shape.dims), parameters });
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
      return [
        byFour(`${inputs.length}: ${steps}`, inputs, shape, (scalars) => fusedFourShader(steps, scalars)) ??
          spread(`${inputs.length}: ${steps}`, inputs, shape, (axes) => fusedShader(steps, inputs.length, axes)),
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

function typeOf({ dtype }: TensorInfo): ShaderType {
  return dtype === 'int32' ? 'i32' : 'f32';
}
