import { fail, ok, type Result } from '../../core/diagnostic.ts';
import { compatible, formatShape, type TensorType } from '../../core/shape.ts';

/** The type of an elementwise operation: both types agree, and the better known size of each axis is kept. */
export function elementwiseType(what: string, a: TensorType, b: TensorType): Result<{ readonly output: TensorType }> {
  if (compatible(a, b)) {
    const axes = a.axes.map((axis, i) => ({ ...axis, size: axis.size ?? b.axes[i]?.size ?? null }));
    return ok({ output: { ...a, axes } });
  }
  return fail({
    code: `shape/${what.toLowerCase()}-mismatch`,
    port: 'b',
    message: `${what} needs two equal shapes, but ${formatShape(a)} and ${formatShape(b)} come in.`,
    expected: formatShape(a),
    received: formatShape(b),
  });
}
