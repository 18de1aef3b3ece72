/** Elements of one piece of a tensor on its way to a file: enough to be fast, few enough not to count beside the weights. */
export const PIECE = 2 ** 20;

/** What is in a constant tensor, made while it is written. */
export type TensorContent =
  | {
      readonly kind: 'floats';
      /** The values in order, in pieces, each of which is used before the next; may be read again. */
      pieces(): Iterable<Float32Array>;
    }
  | { readonly kind: 'integers'; readonly values: readonly number[] };

/** Few values, as they are. */
export function floatContent(values: ArrayLike<number>): TensorContent {
  const data = Float32Array.from(values);
  return { kind: 'floats', pieces: () => [data] };
}

/** All values together, for tensors known to be small. */
export function wholeContent(content: TensorContent): readonly number[] {
  if (content.kind === 'integers') return content.values;
  const whole: number[] = [];
  for (const piece of content.pieces()) for (const value of piece) whole.push(value);
  return whole;
}

/** A few elements of a larger array at a time, sharing its memory. */
export function* piecesOf(values: Float32Array): Generator<Float32Array> {
  for (let at = 0; at < values.length; at += PIECE) yield values.subarray(at, at + PIECE);
}
