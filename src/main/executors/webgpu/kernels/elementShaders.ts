import { elementShader, type ParameterType, type Shader, type ShaderType } from '../shader.ts';

/** How each element of a float result is made of those of its operands. */
export interface ElementFunction {
  readonly declarations: string;
  /** WGSL statements that return the element. */
  readonly body: string;
}

/** Four elements a thread, of operands that lie in memory as the result does or are one value (`scalars`). */
export function fourShader(
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

/** WGSL that finds where in each operand the element `i` of the result lies (`x_at` in `x`), and the sizes and strides that it needs. */
function placesAlong(operands: readonly string[], axes: number) {
  const places = Array.from({ length: axes }, (_, i) => i);
  const parameters = places.flatMap((i): [string, ParameterType][] => [
    ...(i < axes - 1 ? [[`size${i}`, 'u32'] satisfies [string, ParameterType]] : []),
    ...operands.map((operand): [string, ParameterType] => [`${operand}Stride${i}`, 'u32']),
  ]);
  const find = `  var rest = i;
${operands.map((operand) => `  var ${operand}_at = 0u;`).join('\n')}
${places
  .map((i) => {
    const index = i < axes - 1 ? `rest % p.size${i}` : 'rest';
    const steps = operands.map((operand) => `${operand}_at += index * p.${operand}Stride${i};`).join(' ');
    return `  { let index = ${index}; ${steps}${i < axes - 1 ? ` rest /= p.size${i};` : ''} }`;
  })
  .join('\n')}`;
  return { parameters: Object.fromEntries(parameters), find };
}

/** A shader whose `body` makes `y[i]` of the elements of the operands that belong to it. */
export function broadcastShader({
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
  const { parameters, find } = placesAlong(names, axes);
  return elementShader({
    name,
    reads: Object.fromEntries(operands.map(([operand, type]) => [`${operand}_values`, type])),
    writes: { y: result },
    parameters,
    ...(declarations !== undefined && { declarations }),
    body: `
${find}
${names.map((operand) => `  let ${operand} = ${operand}_values[${operand}_at];`).join('\n')}
${body}`,
  });
}

/**
 * Four elements a thread, of operands that are read along so many axes: neighbours along the first of them lie side by side in those
 * that are `contiguous`, and are one value in the others.
 */
export function broadcastFourShader(
  name: string,
  operands: readonly string[],
  contiguous: readonly boolean[],
  axes: number,
  each: ElementFunction,
): Shader {
  const { parameters, find } = placesAlong(operands, axes);
  const made = ['x', 'y', 'z', 'w'].map(
    (component) =>
      `each(${operands.map((operand, i) => (contiguous[i] === true ? `${operand}_four.${component}` : `${operand}_four`)).join(', ')})`,
  );
  return elementShader({
    name,
    reads: Object.fromEntries(
      operands.map((operand, i): [string, ShaderType] => [
        `${operand}_values`,
        contiguous[i] === true ? 'vec4<f32>' : 'f32',
      ]),
    ),
    writes: { y: 'vec4<f32>' },
    parameters,
    declarations: `${each.declarations}
fn each(${operands.map((operand) => `${operand}: f32`).join(', ')}) -> f32 {
${each.body}
}`,
    body: `
${find}
${operands.map((operand) => `  let ${operand}_four = ${operand}_values[${operand}_at];`).join('\n')}
  y[i] = vec4<f32>(${made.join(', ')});`,
  });
}
