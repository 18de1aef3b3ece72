import { fail, type Result } from '../../core/diagnostic.ts';
import { slideWindow, type ImageSizes } from '../../core/expectImage.ts';
import { padsOf, type WindowParameters } from '../../core/window.ts';

/** As `slideWindow`, but no window may lie in the padding alone: it would have nothing to choose from or to average. */
export function slidePool(sizes: ImageSizes, window: WindowParameters, port: string): ReturnType<typeof slideWindow> {
  const { top, left } = padsOf(window);
  if (top >= window.kernel[0] || left >= window.kernel[1]) return tooMuchPadding(window, top, left);
  return slideWindow(sizes, window, port);
}

function tooMuchPadding({ kernel }: WindowParameters, top: number, left: number): Result<never> {
  return fail({
    code: 'shape/pool-padding',
    parameter: 'padding',
    message: `Padding of ${top}×${left} is too much for a window of ${kernel.join('×')}: some windows would lie outside the image.`,
    expected: `at most ${kernel[0] - 1}×${kernel[1] - 1}`,
    received: `${top}×${left}`,
  });
}
