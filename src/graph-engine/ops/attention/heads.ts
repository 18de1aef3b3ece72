import type { OnnxContext } from '../../core/onnxContext.ts';
import type { Builder } from '../../program/builder.ts';
import type { Value } from '../../program/program.ts';

/** `[batch, length, heads · size]` as `[batch, heads, length, size]`. */
export function splitHeads(builder: Builder, x: Value, heads: number): Value {
  const [, length = 1, features = heads] = x.dims;
  return builder.transpose(builder.reshape(x, [-1, length, heads, features / heads]), [0, 2, 1, 3]);
}

/** `[batch, heads, length, size]` as `[batch, length, heads · size]`. */
export function joinHeads(builder: Builder, x: Value): Value {
  const [, heads = 1, length = 1, size = 1] = x.dims;
  return builder.reshape(builder.transpose(x, [0, 2, 1, 3]), [-1, length, heads * size]);
}

type Writer = Pick<OnnxContext<unknown, never, never>, 'node' | 'int64' | 'path'>;

/** The same for an exported value; `part` names it. With `transposed`, each matrix lies on its side: `[batch, heads, size, length]`. */
export function exportSplitHeads(
  context: Writer,
  x: string,
  [length, heads, size]: readonly [length: number, heads: number, size: number],
  part: string,
  transposed = false,
): string {
  const shape = context.int64(`${part}Heads`, [0, length, heads, size]);
  const split = context.node('Reshape', [x, shape], {}, `${context.path}/${part}/split`);
  const perm = transposed ? [0, 2, 3, 1] : [0, 2, 1, 3];
  return context.node('Transpose', [split], { perm }, `${context.path}/${part}/heads`);
}

/** The exported value with its heads side by side again. */
export function exportJoinHeads(context: Writer, x: string, length: number, features: number, name: string): string {
  const rows = context.node('Transpose', [x], { perm: [0, 2, 1, 3] }, `${context.path}/rows`);
  return context.node('Reshape', [rows, context.int64('joined', [0, length, features])], {}, name);
}
