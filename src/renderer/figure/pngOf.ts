import type { Figure } from './figure.ts';
import { svgOf } from './svgOf.ts';

/** Pixels for one unit of the canvas: a card is 480 pixels wide, sharp on any slide. */
const SCALE = 3;
/** Browsers refuse larger pictures. */
const MAXIMUM_SIDE = 12_000;

/** A figure as pixels on white, drawn by the browser. */
export function pngOf(figure: Figure): Promise<Blob> {
  return pngOfSvg(svgOf(figure), figure);
}

/** An SVG of a size as pixels on white. */
export async function pngOfSvg(svg: string, { width, height }: Pick<Figure, 'width' | 'height'>): Promise<Blob> {
  const scale = Math.min(SCALE, MAXIMUM_SIDE / Math.max(width, height));
  const picture = new Image();
  picture.src = `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser cannot draw pictures.');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The picture is too large for the browser.'));
      else resolve(blob);
    }, 'image/png');
  });
}
