import type { HostileFormat } from '../hostileFormat.ts';
import { dataFormats, tarballs } from './data.ts';
import { blocks, documents, links, pictures } from './documents.ts';
import { wheels } from './engines.ts';
import { images } from './images.ts';
import { kerasFormats } from './keras.ts';
import { contradictoryModels, models } from './models.ts';
import { runRecords, sweepRecords } from './runs.ts';
import { archivedWeights, checkpoints, shardedWeights, torchCheckpoints, weights } from './weights.ts';

/** Every kind of file that users open. */
export const hostileFormats: readonly HostileFormat[] = [
  documents,
  blocks,
  links,
  pictures,
  models,
  contradictoryModels,
  ...kerasFormats,
  weights,
  archivedWeights,
  shardedWeights,
  checkpoints,
  torchCheckpoints,
  runRecords,
  sweepRecords,
  images,
  ...dataFormats,
  tarballs,
  wheels,
];
