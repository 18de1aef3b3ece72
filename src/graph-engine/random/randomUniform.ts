import { createWordStream, domains, uniformFloat, type Key } from './philox.ts';

/** Fills `out` with the uniform numbers in [0, 1) that the `randomUniform` primitive draws for a seed pair and a stream. */
export function randomUniform(seed: Key, stream: number, out: Float32Array | Float64Array): void {
  const next = createWordStream(seed, stream, domains.program);
  for (let i = 0; i < out.length; i++) out[i] = uniformFloat(next());
}
