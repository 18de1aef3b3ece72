/** Primitives whose every element follows from the elements at the same place of their inputs, broadcast. */
export const elementwisePrimitives = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'maximum',
  'minimum',
  'negate',
  'exp',
  'log',
  'sqrt',
  'rsqrt',
  'square',
  'greater',
  'greaterEqual',
  'equal',
  'select',
  'relu',
  'reluGrad',
  'sigmoid',
  'sigmoidGrad',
  'tanh',
  'tanhGrad',
  'erf',
] as const;

export type ElementwiseName = (typeof elementwisePrimitives)[number];

const names: ReadonlySet<string> = new Set(elementwisePrimitives);

/** Whether a primitive works on each element by itself. */
export function isElementwise(name: string): name is ElementwiseName {
  return names.has(name);
}

/** One operation of a fused instruction. An operand below the number of inputs is an input, the others are earlier steps. */
export interface ElementwiseStep {
  readonly primitive: ElementwiseName;
  readonly operands: readonly number[];
}

/** Steps as an attribute of `fusedElementwise`, such as `add 0 1; relu 2` for two inputs. */
export function formatSteps(steps: readonly ElementwiseStep[]): string {
  return steps.map(({ primitive, operands }) => [primitive, ...operands].join(' ')).join('; ');
}

/** The steps of a `fusedElementwise`; the last one is its value. Throws on what `formatSteps` cannot have written. */
export function elementwiseSteps(text: string): readonly ElementwiseStep[] {
  return text.split('; ').map((step) => {
    const [primitive = '', ...operands] = step.split(' ');
    if (!isElementwise(primitive)) throw new Error(`"${primitive}" is not elementwise`);
    return { primitive, operands: operands.map(Number) };
  });
}

/** The value of fused steps, where `compute` does one of them. */
export function throughSteps<T>(
  text: string,
  inputs: readonly T[],
  compute: (primitive: ElementwiseName, operands: readonly T[], isLast: boolean) => T,
): T {
  const values = [...inputs];
  const steps = elementwiseSteps(text);
  steps.forEach(({ primitive, operands }, index) => {
    const given = operands.map((operand) => {
      const value = values[operand];
      if (value === undefined) throw new Error(`There is no operand ${operand} in "${text}"`);
      return value;
    });
    values.push(compute(primitive, given, index === steps.length - 1));
  });
  const last = values.at(-1);
  if (last === undefined || steps.length === 0) throw new Error('There are no steps');
  return last;
}
