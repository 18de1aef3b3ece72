import type { DataInput } from '../../../graph-engine/training/dataDescription.ts';
import { decodeImage, readImageHeader } from '../../datasets/readers/imageFile.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import type { RunPreparation } from '../runPreparation.ts';
import type { OwnFile, OwnSamples } from './ownFile.ts';

const BYTE = 255;
const fits = { cover: 'its middle cut out', contain: 'with black borders', stretch: 'stretched' } as const;

/** An image as those that the network was trained on: the same size, colours and scale. Throws a `HostFailure` when it cannot be decoded. */
export async function readOwnImage(
  file: OwnFile,
  data: DataInput & { kind: 'image' },
  { preparation }: RunPreparation,
): Promise<OwnSamples> {
  const header = await readImageHeader(file.absolute);
  if ('why' in header) throw unreadable(file, header.why);
  const { height, width } = data;
  const channels = data.channels >= 3 ? 3 : 1;
  const fit = preparation?.kind === 'image' ? preparation.fit : 'cover';
  const bytes = await decodeImage(file.absolute, { height, width, channels, fit });
  if (!(bytes instanceof Uint8Array)) throw unreadable(file, bytes.why);
  if (data.channels !== channels) {
    throw new HostFailure({
      code: 'own-file/channels',
      message: `This network was trained on images of ${data.channels} channels; an image file has one or three.`,
      expected: `a .npy array of ${height}×${width}×${data.channels}`,
      received: 'an image',
    });
  }
  const steps: string[] = [];
  if (header.height !== height || header.width !== width) {
    const square = header.height * width === header.width * height;
    const how = square ? '' : `, ${fits[fit]}`;
    steps.push(`Resized from ${header.height}×${header.width} to ${height}×${width}${how}.`);
  }
  if (header.colour && channels === 1) steps.push('Turned to grey.');
  if (!header.colour && channels === 3) steps.push('Grey was repeated over three channels.');
  if (preparation?.kind === 'arrays' && preparation.divisor === 1) {
    steps.push('The network learned from arrays of numbers of any scale; pixels of a file go from 0 to 1.');
  }
  return {
    received: `an image of ${header.height}×${header.width}${header.colour ? ' in colour' : ', grey'}`,
    steps,
    samples: [{ name: '', numbers: Float32Array.from(bytes, (byte) => byte / BYTE) }],
  };
}

function unreadable({ name }: OwnFile, why: string): HostFailure {
  return new HostFailure({
    code: 'own-file/unreadable',
    message: `"${name}" cannot be read. ${why}`,
    expected: 'a PNG, JPEG, WebP or BMP image',
    remedy: 'Open it in another program and save it again.',
  });
}
