import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { DeviceVariables, JointKernels, Kernels } from '../../interpreted/interpretedEngine.ts';
import { elementShader, type ParameterType, type Shader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

const copy = elementShader({ name: 'copy', reads: { x: 'f32' }, writes: { y: 'f32' }, body: 'y[i] = x[i];' });

/** How an optimizer changes an element of a variable and of what it keeps for it. */
interface UpdateRule {
  readonly name: string;
  /** Tensors of one number that all variables share. */
  readonly scalars: readonly string[];
  /** What is changed: the variable first. */
  readonly changed: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterType>>;
  /** WGSL for the element `j` of a variable, whose tensors end in `n`. */
  readonly update: (n: number) => string;
}

const gradientDescent: UpdateRule = {
  name: 'applyGradientDescent',
  scalars: ['rate'],
  changed: ['weights'],
  parameters: {},
  update: (n) => `weights${n}[j] -= rate[0] * gradient${n}[j];`,
};

const momentum: UpdateRule = {
  name: 'applyMomentum',
  scalars: ['rate'],
  changed: ['weights', 'slot'],
  parameters: { momentum: 'f32', nesterov: 'u32' },
  update: (n) => `
    let moved = p.momentum * slot${n}[j] + gradient${n}[j];
    slot${n}[j] = moved;
    weights${n}[j] -= rate[0] * select(moved, gradient${n}[j] + p.momentum * moved, p.nesterov == 1u);`,
};

const adam: UpdateRule = {
  name: 'applyAdam',
  scalars: ['rate', 'power1', 'power2'],
  changed: ['weights', 'first', 'second'],
  // The complements are rounded once, from doubles: 1 - 0.999f is off by 5e-5 of itself.
  parameters: { beta1: 'f32', rest1: 'f32', beta2: 'f32', rest2: 'f32', epsilon: 'f32' },
  update: (n) => `
    let g = gradient${n}[j];
    let mean = p.beta1 * first${n}[j] + p.rest1 * g;
    let squares = p.beta2 * second${n}[j] + p.rest2 * g * g;
    first${n}[j] = mean;
    second${n}[j] = squares;
    let size = sqrt(squares) / sqrt(1.0 - power2[0]) + p.epsilon;
    weights${n}[j] -= rate[0] / (1.0 - power1[0]) * mean / size;`,
};

/** One shader for so many variables: each thread has an element of one of them. */
function updateShader({ name, scalars, changed, parameters, update }: UpdateRule, count: number): Shader {
  const numbers = Array.from({ length: count }, (_, n) => n);
  const floats = (names: readonly string[]) => Object.fromEntries(names.map((label) => [label, 'f32' as const]));
  const parts = numbers.map((n) => {
    const body = `{
    let j = i${n === 0 ? '' : ` - p.end${n - 1}`};${update(n)}
  }`;
    return n === count - 1 ? body : `if (i < p.end${n}) ${body} else `;
  });
  return elementShader({
    name,
    reads: floats([...scalars, ...numbers.map((n) => `gradient${n}`)]),
    writes: floats(numbers.flatMap((n) => changed.map((label) => `${label}${n}`))),
    parameters: {
      ...Object.fromEntries(numbers.slice(0, -1).map((n) => [`end${n}`, 'u32' as const])),
      ...parameters,
    },
    body: parts.join(''),
  });
}

/** One update of a variable. */
interface Update {
  readonly scalars: readonly TensorInfo[];
  readonly gradient: TensorInfo;
  readonly changed: readonly string[];
  readonly parameters: readonly number[];
  readonly variables: DeviceVariables<TensorInfo>;
}

/** Updates of variables, in their own memory; one shader changes as many as its buffers are enough for. */
export function jointUpdates(runner: ShaderRunner) {
  const { device } = runner;
  const shaders = new Map<UpdateRule, Shader[]>();

  /** The variable as a tensor that nobody else looks at. */
  function owned(variables: DeviceVariables<TensorInfo>, name: string): TensorInfo {
    const tensor = variables.read(name);
    if (device.backend.refCount(tensor.dataId) === 1) return tensor;
    const own = runner.empty({ dims: tensor.shape, dtype: 'float32' });
    runner.run({ shader: copy, reads: [tensor], writes: [own], elements: sizeOfDims(tensor.shape) });
    // What the variable takes over outlives this kernel.
    variables.write(name, device.share(own, own.shape));
    return own;
  }

  function shaderFor(rule: UpdateRule, count: number): Shader {
    const known = shaders.get(rule) ?? [];
    shaders.set(rule, known);
    return (known[count] ??= updateShader(rule, count));
  }

  function run(rule: UpdateRule, updates: readonly Update[]): void {
    const most = Math.floor((runner.mostBuffers - rule.scalars.length) / (1 + rule.changed.length));
    let joined: [Update, ...Update[]] | undefined;
    for (const update of updates) {
      if (joined !== undefined && joined.length < most && joined.every((one) => agree(one, update)))
        joined.push(update);
      else {
        if (joined !== undefined) runJoined(rule, joined);
        joined = [update];
      }
    }
    if (joined !== undefined) runJoined(rule, joined);
  }

  function runJoined(rule: UpdateRule, joined: readonly [Update, ...Update[]]): void {
    const [{ scalars, parameters }] = joined;
    const changed = joined.map(({ variables, changed: names }) => names.map((name) => owned(variables, name)));
    let elements = 0;
    const ends = joined.map(({ gradient }) => (elements += sizeOfDims(gradient.shape)));
    runner.run({
      shader: shaderFor(rule, joined.length),
      reads: [...scalars, ...joined.map(({ gradient }) => gradient)],
      writes: changed.flat(),
      elements,
      parameters: [...ends.slice(0, -1), ...parameters],
    });
  }

  return {
    applyGradientDescent(calls) {
      run(
        gradientDescent,
        calls.map(({ inputs: [rate, gradient], attributes: { name }, variables }) => ({
          ...{ scalars: [rate], gradient, changed: [name], parameters: [], variables },
        })),
      );
    },
    applyMomentum(calls) {
      run(
        momentum,
        calls.map(({ inputs: [rate, gradient], attributes, variables }) => ({
          ...{ scalars: [rate], gradient, changed: [attributes.name, attributes.slot], variables },
          parameters: [attributes.momentum, attributes.nesterov ? 1 : 0],
        })),
      );
    },
    applyAdam(calls) {
      run(
        adam,
        calls.map(({ inputs: [rate, gradient, power1, power2], attributes, variables }) => {
          const { name, first, second, beta1, beta2, epsilon } = attributes;
          return {
            ...{ scalars: [rate, power1, power2], gradient, changed: [name, first, second], variables },
            parameters: [beta1, 1 - beta1, beta2, 1 - beta2, epsilon],
          };
        }),
      );
    },
  } satisfies JointKernels<TensorInfo>;
}

/** Whether two updates may share a shader: they use the same numbers and change different variables. */
function agree(one: Update, other: Update): boolean {
  return (
    one.scalars.every(({ dataId }, i) => dataId === other.scalars[i]?.dataId) &&
    one.parameters.every((value, i) => value === other.parameters[i]) &&
    !one.changed.some((name) => other.changed.includes(name))
  );
}

/** The same for one variable at a time. */
export function optimizerKernels(runner: ShaderRunner) {
  const { applyGradientDescent, applyMomentum, applyAdam } = jointUpdates(runner);
  return {
    applyGradientDescent(call) {
      applyGradientDescent([call]);
      return [];
    },
    applyMomentum(call) {
      applyMomentum([call]);
      return [];
    },
    applyAdam(call) {
      applyAdam([call]);
      return [];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
