import { useMemo } from 'react';
import type { SamplePicture } from '../../contract/samples.ts';
import { fromBase64 } from '../../graph-engine/probe/base64.ts';
import { usePixels, type PixelImage } from './usePixels.ts';

/** A sample as small as `size` pixels: an image, the beginning of a text, or numbers as bars. */
export function SampleThumbnail({ picture, size }: { readonly picture: SamplePicture; readonly size: number }) {
  switch (picture.kind) {
    case 'image':
      return <ImageThumbnail picture={picture} size={size} />;
    case 'text':
      return (
        <span
          className="block overflow-hidden bg-sunken p-px font-mono text-[7px] leading-[8px] break-all whitespace-pre-wrap text-ink-muted"
          style={{ width: size, height: size }}
        >
          {picture.text.slice(0, 120)}
        </span>
      );
    case 'numbers':
      return <NumberThumbnail values={picture.values} size={size} />;
  }
}

type ImagePicture = Extract<SamplePicture, { kind: 'image' }>;

/** The sample's pixels with full opacity. */
export function imageOf({ width, height, channels, pixels }: ImagePicture): PixelImage {
  const bytes = fromBase64(pixels);
  const painted = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    for (let part = 0; part < 3; part++) painted[i * 4 + part] = bytes[i * channels + (channels === 3 ? part : 0)] ?? 0;
    painted[i * 4 + 3] = 255;
  }
  return { width, height, pixels: painted };
}

function ImageThumbnail({ picture, size }: { readonly picture: ImagePicture; readonly size: number }) {
  const canvas = usePixels(useMemo(() => imageOf(picture), [picture]));
  const scale = size / Math.max(picture.width, picture.height);
  return (
    <canvas
      ref={canvas}
      className="rounded-xs [image-rendering:pixelated]"
      style={{ width: picture.width * scale, height: picture.height * scale }}
    />
  );
}

function NumberThumbnail({ values, size }: { readonly values: readonly number[]; readonly size: number }) {
  const reach = Math.max(...values.map(Math.abs), 1e-9);
  const step = size / Math.max(1, values.length);
  return (
    <svg width={size} height={size} className="rounded-xs bg-sunken">
      {values.map((value, index) => {
        const height = (Math.abs(value) / reach) * (size / 2);
        return (
          <rect
            key={index}
            x={index * step + step * 0.1}
            width={step * 0.8}
            y={value >= 0 ? size / 2 - height : size / 2}
            height={Math.max(0.5, height)}
            className="fill-accent"
          />
        );
      })}
    </svg>
  );
}
