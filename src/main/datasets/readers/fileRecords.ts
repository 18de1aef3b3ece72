import { HostFailure } from '../../files/hostFailure.ts';
import { keptInMemory, openNumbers, type NumberStore } from '../numberStore.ts';
import type { DataPlace, PlacedFile } from './dataPlace.ts';
import type { BrokenSample, ReadOptions } from './formatReader.ts';
import { decodeImage, type ImageFault, type ImageForm } from './imageFile.ts';

/** A text that changes when any of the files does. */
export function keyOf(place: DataPlace, files: readonly PlacedFile[], form: unknown): string {
  const listed = files.map(({ path, size, modified }) => `${path} ${size} ${modified}`);
  return [place.absolute, JSON.stringify(form), ...listed].join('\n');
}

/**
 * Decodes a file of a data set. A file that cannot be read is a broken sample; a folder that is gone ends the reading, for
 * then every file would be.
 */
export async function decodeSample(
  place: DataPlace,
  file: PlacedFile,
  form: ImageForm,
): Promise<Uint8Array | BrokenSample> {
  try {
    const decoded = await decodeImage(file.absolute, form);
    return decoded instanceof Uint8Array ? decoded : brokenSample(file, decoded);
  } catch (error) {
    if (error instanceof HostFailure) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      return brokenSample(file, { code: 'file/denied', why: 'It may not be read.' });
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      throw vanished(place, file);
    throw error;
  }
}

function brokenSample({ path }: PlacedFile, { code, why }: ImageFault): BrokenSample {
  return { path, code, why };
}

function vanished(place: DataPlace, file: PlacedFile): HostFailure {
  return new HostFailure({
    code: 'data/vanished',
    message: `The data at "${place.path}" went away while they were read.`,
    expected: file.path,
    received: 'no such file',
    remedy: 'Put the files back and try again.',
  });
}

/** Throws a `HostFailure` that names the broken files, unless the reader leaves them out. */
export function refuseBroken(place: DataPlace, broken: readonly BrokenSample[], leaveOut: boolean): void {
  const [first] = broken;
  if (first === undefined || leaveOut) return;
  const more = broken.length === 1 ? '' : ` ${broken.length - 1} more cannot be read either.`;
  throw new HostFailure({
    code: 'data/broken-files',
    message: `"${place.path}/${first.path}" cannot be read. ${first.why}${more}`,
    expected: 'files that can be read',
    received: `${broken.length} broken`,
    remedy: 'Mend or remove them, or choose "Leave out and go on" under Data.',
  });
}

/** Bytes of a file as numbers, divided by `divisor`. */
export async function openBytes(
  file: string,
  length: number,
  divisor: number,
  { memoryLimit }: Pick<ReadOptions, 'memoryLimit'>,
): Promise<NumberStore> {
  return openNumbers(await keptInMemory({ type: 'uint8', length, divisor, file, offset: 0 }, memoryLimit));
}
