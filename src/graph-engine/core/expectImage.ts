import { fail, ok, type Result } from './diagnostic.ts';
import { describeShape, isImage, sizeOf, type TensorType } from './shape.ts';
import { windowOutput, type WindowParameters } from './window.ts';

export interface ImageSizes {
  readonly height: number | null;
  readonly width: number | null;
  readonly channels: number | null;
}

/** The sizes of an image type, or a problem naming the port. */
export function expectImage(type: TensorType, port: string, what: string): Result<ImageSizes> {
  if (!isImage(type)) {
    return fail({
      code: 'shape/rank',
      port,
      message: `${what} works on images (height × width × channels), but ${describeShape(type) || 'a single number'} comes in.`,
      expected: 'height × width × channels',
      received: describeShape(type),
    });
  }
  return ok({
    height: sizeOf(type, 'height') ?? null,
    width: sizeOf(type, 'width') ?? null,
    channels: sizeOf(type, 'channels') ?? null,
  });
}

/** Height and width behind a sliding window, or a problem when the window does not fit. */
export function slideWindow(
  sizes: ImageSizes,
  window: WindowParameters,
  port: string,
): Result<{ readonly height: number | null; readonly width: number | null }> {
  const height = windowOutput(sizes.height, 0, window);
  const width = windowOutput(sizes.width, 1, window);
  if ((height !== null && height < 1) || (width !== null && width < 1)) {
    return fail({
      code: 'shape/window',
      port,
      parameter: 'kernel',
      message: `A window of ${window.kernel.join('×')} does not fit into ${sizes.height ?? '?'}×${sizes.width ?? '?'}. Use a smaller kernel, "same" padding, or fewer strides before it.`,
      expected: `at least ${window.kernel.join('×')} with padding`,
      received: `${sizes.height ?? '?'}×${sizes.width ?? '?'}`,
    });
  }
  return ok({ height, width });
}
