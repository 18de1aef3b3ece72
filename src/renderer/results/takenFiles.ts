import { isImage } from '../../graph-engine/core/shape.ts';
import type { NetworkInput } from '../../graph-engine/training/matchData.ts';

/** Which files a network takes, in words, as far as its inputs say. */
export function takenFiles(inputs: readonly NetworkInput[]): string {
  const [first] = inputs;
  if (first === undefined) return 'a file like its training data';
  if (first.type.dtype === 'int32') return 'a text (.txt, .md)';
  if (isImage(first.type)) return 'an image (PNG, JPEG, WebP, BMP) or an array (.npy)';
  return 'a table (.csv, .tsv), an array (.npy), or an image where it was trained on images';
}
