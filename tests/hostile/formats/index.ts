import type { HostileFormat } from '../hostileFormat.ts';
import { dataFormats, tarballs } from './data.ts';
import { blocks, documents, links, pictures } from './documents.ts';
import { images } from './images.ts';
import { contradictoryModels, models } from './models.ts';
import { runRecords } from './runs.ts';
import { archivedWeights, checkpoints, weights } from './weights.ts';

/** Every kind of file that users open. */
export const hostileFormats: readonly HostileFormat[] = [
  documents,
  blocks,
  links,
  pictures,
  models,
  contradictoryModels,
  weights,
  archivedWeights,
  checkpoints,
  runRecords,
  images,
  ...dataFormats,
  tarballs,
];
