import { useMemo } from 'react';
import type { SamplePicture } from '../../contract/samples.ts';
import { usePixels } from '../samples/usePixels.ts';
import { paintMask, type ShownMask } from './paintMask.ts';

export interface MaskImageProps {
  readonly picture: Extract<SamplePicture, { kind: 'image' }>;
  readonly shown: ShownMask | undefined;
  /** Pixels at its longer side on the screen. */
  readonly size: number;
  readonly label: string;
}

/** Pixels at the longer side from which on patterns can be told apart. */
const FINE = 160;

/** An image with a mask over it. */
export function MaskImage({ picture, shown, size, label }: MaskImageProps) {
  const canvas = usePixels(useMemo(() => paintMask(picture, shown, Math.max(FINE, size)), [picture, shown, size]));
  const scale = size / Math.max(picture.width, picture.height);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      className="rounded-xs"
      style={{ width: picture.width * scale, height: picture.height * scale }}
    />
  );
}
