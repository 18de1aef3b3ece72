import { z } from 'zod';
import { ok, type Result } from '../../core/diagnostic.ts';
import { expectImage } from '../../core/expectImage.ts';
import type { AxisReach } from '../../core/opDefinition.ts';
import { pair } from '../../core/parameterSchemas.ts';
import { image, sizeOf, type TensorType } from '../../core/shape.ts';

/** What an adaptive pool is described by. */
export const adaptiveParameters = z.strictObject({
  size: pair(1).default([7, 7]).describe('Height and width of the result, whatever comes in.'),
});

/** The type behind an adaptive pool; `what` names the op in problems. */
export function adaptiveType(
  what: string,
  input: TensorType,
  size: readonly [number, number],
): Result<{ output: TensorType }> {
  const sizes = expectImage(input, 'input', what);
  return sizes.ok ? ok({ output: image(size[0], size[1], sizes.value.channels) }) : sizes;
}

/** The first position of each window and the one behind its last: PyTorch's windows, which overlap where they do not fit. */
export function adaptiveWindows(input: number, output: number): readonly (readonly [number, number])[] {
  return Array.from({ length: output }, (_, i) => [
    Math.floor((i * input) / output),
    Math.ceil(((i + 1) * input) / output),
  ]);
}

/** Height and width of an image whose sizes are known. */
export function knownSizes(type: TensorType): readonly [number, number] {
  const [height, width] = [sizeOf(type, 'height'), sizeOf(type, 'width')];
  if (height === null || height === undefined || width === null || width === undefined) {
    throw new Error('An adaptive pool needs known sizes');
  }
  return [height, width];
}

/** The one window that all places share, where the sizes divide. */
export function evenWindow(
  [height, width]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): readonly [number, number] | undefined {
  return height % rows === 0 && width % columns === 0 ? [height / rows, width / columns] : undefined;
}

/** How one place looks at the image: through the largest of the windows. */
export function adaptiveReach(
  input: TensorType,
  size: readonly [number, number],
): 'everything' | [AxisReach, AxisReach] {
  const reach = (axis: 'height' | 'width', output: number): AxisReach | undefined => {
    const positions = sizeOf(input, axis);
    if (positions === null || positions === undefined) return undefined;
    const extents = adaptiveWindows(positions, output).map(([start, end]) => end - start);
    return { extent: Math.max(...extents), stride: positions / output };
  };
  const [rows, columns] = [reach('height', size[0]), reach('width', size[1])];
  return rows === undefined || columns === undefined ? 'everything' : [rows, columns];
}
