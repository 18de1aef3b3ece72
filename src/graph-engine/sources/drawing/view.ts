import { isImage, type TensorType } from '../../core/shape.ts';

/**
 * How an ONNX tensor is seen in a value of ours: for each of its axes the axes of the value that lie in it, counted in the
 * order in which exports write them (batch, channels, height, width; batch, sequence, features). None for an axis of one place,
 * several where axes were laid together. So what only transposes, flattens or squeezes needs no node.
 */
export type View = readonly (readonly number[])[];

/** The view of a value as exports write it. */
export function plainView(type: TensorType): View {
  return [[0], ...type.axes.map((_, i) => [i + 1])];
}

/** Sizes of a value's axes in the order of a view; `null` while one is unknown. */
export function sizesOf(type: TensorType, batch: number): readonly number[] | null {
  const axes = isImage(type) ? [2, 0, 1].map((i) => type.axes[i]) : type.axes;
  const sizes = axes.map((axis) => axis?.size ?? null);
  return sizes.includes(null) ? null : [batch, ...sizes.map((size) => size ?? 0)];
}

/** The dims of the ONNX tensor that a view sees. */
export function viewedDims(type: TensorType, view: View, batch: number): readonly number[] | null {
  const sizes = sizesOf(type, batch);
  if (sizes === null) return null;
  return view.map((axes) => axes.reduce((product, axis) => product * (sizes[axis] ?? 1), 1));
}

/** Which axis of the view order holds the channels of an image, the features of anything else. */
export function channelAxis(type: TensorType): number {
  return isImage(type) ? 1 : type.axes.length;
}

/** Whether two views are the same. */
export function isSameView(a: View, b: View): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The view of the same value after a reshape to `target` (for two sizes of the batch); `undefined` where an axis would have to
 * be cut in parts.
 */
export function regroup(
  type: TensorType,
  view: View,
  batches: readonly [number, number],
  targets: readonly [readonly number[], readonly number[]],
): View | undefined {
  const sizes = batches.map((batch) => sizesOf(type, batch));
  const [small, large] = sizes;
  if (small === null || large === null || small === undefined || large === undefined) return undefined;
  const waiting = view.flat();
  const regrouped: number[][] = [];
  for (const [i, wantedSmall] of targets[0].entries()) {
    const wantedLarge = targets[1][i] ?? 1;
    const taken: number[] = [];
    let [a, b] = [1, 1];
    const take = (): boolean => {
      const axis = waiting.shift();
      if (axis === undefined) return false;
      taken.push(axis);
      a *= small[axis] ?? 1;
      b *= large[axis] ?? 1;
      return true;
    };
    while ((a !== wantedSmall || b !== wantedLarge) && a <= wantedSmall) if (!take()) return undefined;
    if (a !== wantedSmall || b !== wantedLarge) return undefined;
    // An axis of one place is the batch where that is one, and where as many axes are left as are wanted.
    const isOne = wantedSmall === 1 && wantedLarge === 1 && taken.length === 0;
    const next = waiting[0];
    if (isOne && next !== undefined && small[next] === 1 && large[next] === 1) {
      const rest = targets[0].length - i;
      if (next === 0 || waiting.length >= rest) take();
    }
    regrouped.push(taken);
  }
  // What is left over has one place.
  if (waiting.some((axis) => small[axis] !== 1 || large[axis] !== 1)) return undefined;
  regrouped.at(-1)?.push(...waiting);
  return waiting.length > 0 && regrouped.length === 0 ? undefined : regrouped;
}

/** The same view, of a batch of one, with the batch in an axis of its own where there is one of one place. */
export function withBatchApart(view: View): View {
  if (view.some((axes) => axes.length === 1 && axes[0] === 0)) return view;
  const free = view.findIndex((axes) => axes.length === 0);
  if (free < 0) return view;
  return view.map((axes, i) => (i === free ? [0] : axes.filter((axis) => axis !== 0)));
}
