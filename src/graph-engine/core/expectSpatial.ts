import { fail, ok, type Result } from './diagnostic.ts';
import { describeShape, isImage, isSequence, lastAxis, type TensorType } from './shape.ts';

/** The channels of an image or the features of a sequence, or a problem naming the port. */
export function expectSpatial(
  type: TensorType,
  port: string,
  what: string,
): Result<{ readonly channels: number | null }> {
  if (type.dtype === 'float32' && (isImage(type) || isSequence(type))) {
    return ok({ channels: lastAxis(type)?.size ?? null });
  }
  return fail({
    code: 'shape/rank',
    port,
    message: `${what} works on images (height × width × channels) and sequences (sequence × features), but ${describeShape(type) || 'a single number'} comes in.`,
    expected: 'height × width × channels or sequence × features',
    received: describeShape(type),
  });
}

/** The axes of a value, counted with the batch, that lie between the batch and the channels. */
export function spatialAxes(type: TensorType): readonly number[] {
  return type.axes.slice(0, -1).map((_, i) => i + 1);
}
