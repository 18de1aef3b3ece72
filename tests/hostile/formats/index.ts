import type { HostileFormat } from '../hostileFormat.ts';
import { dataFormats } from './data.ts';
import { documents, links, pictures } from './documents.ts';
import { images } from './images.ts';
import { models } from './models.ts';
import { weights } from './weights.ts';

/** Every kind of file that users open. */
export const hostileFormats: readonly HostileFormat[] = [
  documents,
  links,
  pictures,
  models,
  weights,
  images,
  ...dataFormats,
];
