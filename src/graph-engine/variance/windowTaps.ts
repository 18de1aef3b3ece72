/** Where a window slides along one axis. */
export interface Sliding {
  readonly size: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding before the first position. */
  readonly before: number;
}

/** How many of a window's taps fall on the input rather than on padding, in the mean over all outputs. */
export function meanTaps({ size, outputs, kernel, stride, dilation, before }: Sliding): number {
  let taps = 0;
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < kernel; tap++) {
      const at = output * stride + tap * dilation - before;
      if (at >= 0 && at < size) taps += 1;
    }
  }
  return outputs === 0 ? 0 : taps / outputs;
}
