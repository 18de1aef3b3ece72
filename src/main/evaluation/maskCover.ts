import type { MaskCover } from '../../contract/examination.ts';
import { sizeOf, type TensorType } from '../../graph-engine/core/shape.ts';
import { fitMasks } from '../datasets/fitMasks.ts';

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Where the pixels of a mask lie on the image that the network takes, as masks are fitted for training. */
export function maskCover(image: Size, mask: Size): MaskCover {
  const { rows, columns } = fitMasks('', image, image, mask);
  const [top, height] = reach(rows);
  const [left, width] = reach(columns);
  return { left, top, width, height };
}

/** From the centres of pixels to the edges of the first and the last. */
function reach(centres: Float64Array): readonly [start: number, length: number] {
  const [first = 0.5, second = first + 1] = centres;
  const step = centres.length > 1 ? second - first : 1;
  return [first - step / 2, step * centres.length];
}

/** Height and width of an image; `undefined` of anything else. */
export function imageSizeOf(type: TensorType): Size | undefined {
  const [height, width] = [sizeOf(type, 'height'), sizeOf(type, 'width')];
  return typeof height === 'number' && typeof width === 'number' ? { height, width } : undefined;
}
