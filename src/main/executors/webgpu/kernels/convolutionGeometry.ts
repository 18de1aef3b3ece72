import type { ParameterType } from '../shader.ts';

/** The names of everything a shader must know about a convolution, in the order in which it gets them. */
const names = [
  'batch',
  'height',
  'width',
  'channels',
  'outputHeight',
  'outputWidth',
  'filters',
  'kernelHeight',
  'kernelWidth',
  'groupChannels',
  'groupFilters',
  'strideY',
  'strideX',
  'dilationY',
  'dilationX',
  'top',
  'left',
] as const;

/** Sizes of a convolution; `groupChannels` and `groupFilters` are those of one group. */
export type ConvolutionGeometry = Readonly<Record<(typeof names)[number], number>>;

/** The geometry as numbers, in the order of `geometryParameters`. */
export function geometryNumbers(geometry: ConvolutionGeometry): number[] {
  return names.map((name) => geometry[name]);
}

/** The geometry as parameters of a shader. */
export const geometryParameters = Object.fromEntries(names.map((name) => [name, 'i32' as const])) satisfies Record<
  string,
  ParameterType
>;

/** The geometry as constants of a shader: compilers turn divisions by them into multiplications. The batch stays open. */
export function geometryConstants(geometry: ConvolutionGeometry): string {
  return names
    .filter((name) => name !== 'batch')
    .map((name) => `const ${name} = ${geometry[name]};`)
    .join('\n');
}
