/** Axes read together, row-major in the first operand given: the sizes, and the strides of each operand along them. */
export interface StridedAxes {
  readonly dims: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** Most axes that the SIMD functions walk. */
const AXES = 4;

/** Row-major strides of a shape. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  return strides;
}

/** Strides that read a shape as if it were broadcast to `rank` axes: 0 along every axis it lacks or has once. */
export function broadcastStrides(dims: readonly number[], rank: number): number[] {
  const strides = stridesOf(dims);
  const missing = rank - dims.length;
  return Array.from({ length: rank }, (_, i) =>
    i < missing || dims[i - missing] === 1 ? 0 : (strides[i - missing] ?? 0),
  );
}

/**
 * The fewest axes that walk the same elements in the same order: axes of one element are left out, and neighbours are one where
 * every operand steps through them evenly.
 */
export function joinAxes(dims: readonly number[], strides: readonly (readonly number[])[]): StridedAxes {
  const sizes: number[] = [];
  const steps: number[][] = strides.map(() => []);
  dims.forEach((size, axis) => {
    if (size === 1) return;
    const last = sizes.length - 1;
    const evenly = last >= 0 && strides.every((one, i) => steps[i]?.[last] === (one[axis] ?? 0) * size);
    if (evenly) sizes[last] = (sizes[last] ?? 1) * size;
    else sizes.push(size);
    steps.forEach((one, i) => (one[sizes.length - 1] = strides[i]?.[axis] ?? 0));
  });
  return { dims: sizes, strides: steps };
}

export type Four = readonly [number, number, number, number];

/** Padded in front to the four axes that the SIMD functions walk, or nothing where there are more. */
export function fourAxes({ dims, strides }: StridedAxes): { dims: Four; strides: readonly Four[] } | undefined {
  if (dims.length > AXES) return undefined;
  const padded = (values: readonly number[], value: number): Four => {
    const all = [...new Array<number>(AXES - values.length).fill(value), ...values];
    return [all[0] ?? value, all[1] ?? value, all[2] ?? value, all[3] ?? value];
  };
  return { dims: padded(dims, 1), strides: strides.map((one) => padded(one, 0)) };
}
