export type Padding = 'same' | 'valid' | 'explicit';

/** Where a sliding window stops along one axis. */
export interface WindowGeometry {
  readonly output: number;
  /** Elements of padding before the first input element. */
  readonly before: number;
  /** Elements of padding after the last input element; a window may also leave some of these, or of the input, unused. */
  readonly after: number;
}

/**
 * Output size and padding of a window along one axis. `same` pads as TensorFlow does: as little as makes the output
 * `ceil(input / stride)`, the odd element after. Throws when no window fits.
 */
export function windowGeometry(
  input: number,
  window: number,
  stride: number,
  dilation: number,
  padding: Padding,
  pads: readonly [before: number, after: number] = [0, 0],
): WindowGeometry {
  const extent = (window - 1) * dilation + 1;
  if (padding === 'same') {
    const output = Math.ceil(input / stride);
    const total = Math.max((output - 1) * stride + extent - input, 0);
    const before = Math.floor(total / 2);
    return { output, before, after: total - before };
  }
  const [before, after] = padding === 'explicit' ? pads : [0, 0];
  const output = Math.floor((input + before + after - extent) / stride) + 1;
  if (!(output >= 1))
    throw new Error(`a window of ${extent} does not fit an input of ${input} padded by ${before}+${after}`);
  return { output, before, after };
}
