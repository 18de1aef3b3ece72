import type { Figure } from './figure.ts';
import { svgOf } from './svgOf.ts';

/** Pixels for one unit of the canvas: a card is 480 pixels wide, sharp on any slide. */
const SCALE = 3;
/** Browsers refuse larger pictures. */
const MAXIMUM_SIDE = 12_000;

/** A figure as pixels on white, drawn by the browser. */
export async function pngOf(figure: Figure): Promise<Blob> {
  const scale = Math.min(SCALE, MAXIMUM_SIDE / Math.max(figure.width, figure.height));
  const picture = new Image();
  picture.src = `data:image/svg+xml;utf8,${encodeURIComponent(svgOf(figure))}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(figure.width * scale);
  canvas.height = Math.round(figure.height * scale);
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
