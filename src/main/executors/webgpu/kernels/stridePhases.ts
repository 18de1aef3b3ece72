/** Places of an image, one axis, that the same weights of a kernel reach through outputs that lie `stride` apart. */
export interface StridePhase {
  /** The first of them; the others follow `stride` apart. */
  readonly origin: number;
  /** The first weight that reaches them. */
  readonly firstTap: number;
  readonly taps: number;
}

export interface StridePhases {
  readonly phases: readonly StridePhase[];
  /** From one weight of a phase to the next. */
  readonly tapStep: number;
  /** Places of the phase that has most. */
  readonly places: number;
  /** Weights of the phase that has most. */
  readonly mostTaps: number;
}

/**
 * Sorts the places of an axis by which weights reach them: output `o` and weight `k` meet at `o * stride + k * dilation - before`, so
 * that the gradient at a place takes only the weights of its phase, where all weights would multiply zeros for most.
 */
export function stridePhases(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
): StridePhases {
  const tapStep = stride / greatestDivisor(stride, dilation);
  const phases = Array.from({ length: stride }, (_, phase): StridePhase => {
    const origin = (((phase - before) % stride) + stride) % stride;
    let firstTap = 0;
    while (firstTap < tapStep && (firstTap * dilation) % stride !== phase) firstTap++;
    const taps = firstTap === tapStep ? 0 : Math.max(0, Math.ceil((kernel - firstTap) / tapStep));
    return { origin, firstTap, taps };
  });
  return {
    phases,
    tapStep,
    places: Math.ceil(size / stride),
    mostTaps: Math.max(...phases.map(({ taps }) => taps)),
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
