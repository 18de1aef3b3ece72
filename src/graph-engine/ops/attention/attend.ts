import type { TensorType } from '../../core/shape.ts';
import type { OnnxContext } from '../../core/onnxContext.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';

/** Added to a score that must not count: far below any score, and finite, so that a row of nothing else is no NaN. */
const NEVER = -1e9;

/** The causal masks of an entry, by length: every layer uses the same one. */
const causalMasks = new WeakMap<Builder, Map<number, Value>>();

/** `[length, length]`: 0 where the key is not behind the query, {@link NEVER} elsewhere. */
function causalMask(builder: Builder, length: number): Value {
  const known = causalMasks.get(builder) ?? new Map<number, Value>();
  causalMasks.set(builder, known);
  let mask = known.get(length);
  if (mask === undefined) {
    // Computed from two vectors: a constant would be a million numbers for a context of a thousand.
    const positions = Array.from({ length }, (_, position) => position);
    const future = builder.greater(builder.constant(positions, [1, length]), builder.constant(positions, [length, 1]));
    known.set(length, (mask = builder.multiply(future, builder.scalar(NEVER))));
  }
  return mask;
}

/** What may not be looked at. */
export interface AttentionMask {
  readonly causal: boolean;
  /** The tokens of the keys, `[batch, length]` int32, and which one of them only fills up. */
  readonly padding?: { readonly tokens: Value; readonly token: number } | undefined;
}

/** The scores `[batch, heads, queries, keys]` with {@link NEVER} added where the mask says so. */
export function maskScores(builder: Builder, scores: Value, { causal, padding }: AttentionMask): Value {
  const [, , length = 1, keys = 1] = scores.dims;
  let masked = scores;
  if (causal) masked = builder.add(masked, causalMask(builder, length));
  if (padding !== undefined) {
    const filled = builder.equal(padding.tokens, builder.constant([padding.token], [], 'int32'));
    masked = builder.add(masked, builder.reshape(builder.multiply(filled, builder.scalar(NEVER)), [-1, 1, 1, keys]));
  }
  return masked;
}

/** The type of attention weights `[batch, heads, queries, keys]`: each head is an image of queries (down) by keys. */
export function attentionMap({ dims: [, heads = 1, queries = 1, keys = 1] }: Value): TensorType {
  return {
    axes: [
      { name: 'channels', size: heads },
      { name: 'height', size: queries },
      { name: 'width', size: keys },
    ],
    dtype: 'float32',
  };
}

type Writer = Pick<OnnxContext<unknown, never, never>, 'node' | 'float' | 'int64' | 'path'>;

/** The same for exported scores. `padding` is the name of the tokens and the token that fills up. */
export function exportMaskScores(
  context: Writer,
  scores: string,
  length: number,
  { causal, padding }: { readonly causal: boolean; readonly padding?: { tokens: string; token: number } | undefined },
): string {
  const name = (part: string): string => `${context.path}/${part}`;
  const never = (): string => context.float('never', [NEVER], []);
  let masked = scores;
  if (causal) {
    const positions = Array.from({ length }, (_, position) => position);
    const [queries, keys] = [
      context.float('queries', positions, [length, 1]),
      context.float('keys', positions, [1, length]),
    ];
    const future = context.node('Greater', [keys, queries], {}, name('future'));
    masked = context.node('Where', [future, never(), masked], {}, name('causal'));
  }
  if (padding !== undefined) {
    // Constants are int64, tokens int32.
    const tokens = context.node('Cast', [padding.tokens], { to: ONNX_INT64 }, name('tokens'));
    const filled = context.node('Equal', [tokens, context.int64('padding', [padding.token])], {}, name('filled'));
    const axes = context.int64('paddingAxes', [1, 2]);
    const wide = context.node('Unsqueeze', [filled, axes], {}, name('padding'));
    masked = context.node('Where', [wide, never(), masked], {}, name('padded'));
  }
  return masked;
}

/** TensorProto.DataType of onnx.proto. */
const ONNX_INT64 = 7;
