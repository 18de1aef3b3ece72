/**
 * How a variable gets its first values. Fans follow the usual definitions: for a kernel `[..., in, out]` the receptive
 * field times `in` or `out`.
 */
export type Initializer =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  /** Values that were brought along, such as those of a network that was trained elsewhere. */
  | { readonly kind: 'stored'; readonly values: Float32Array }
  /** Normal with variance `2 / fan` (He et al. 2015, arXiv 1502.01852). */
  | { readonly kind: 'heNormal'; readonly fan: number }
  /** Uniform in `±sqrt(6 / (fanIn + fanOut))` (Glorot and Bengio 2010). */
  | { readonly kind: 'glorotUniform'; readonly fanIn: number; readonly fanOut: number }
  /** Uniform in `±limit`. */
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'normal'; readonly standardDeviation: number }
  /** Normal, drawn again while further than two standard deviations from 0; `standardDeviation` is that before the cut. */
  | { readonly kind: 'truncatedNormal'; readonly standardDeviation: number };
