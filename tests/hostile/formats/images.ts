import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeImage, readImageHeader, type ImageFault } from '../../../src/main/datasets/readers/imageFile.ts';
import { productRoot } from '../../../src/main/files/productRoot.ts';
import { OPENED, refused, type HostileFormat } from '../hostileFormat.ts';
import { mutateBytes } from '../mutate.ts';

const fixtures = path.join(productRoot, 'tests', 'fixtures', 'data', 'formats');
const SIDE = 16;

const isFault = (read: object): read is ImageFault => 'why' in read;
const told = ({ code, why }: ImageFault) => refused([{ code, message: why }]);

/** Single pictures of every format; what a file is, its first bytes say, not its name. */
export const images: HostileFormat = {
  name: 'image',
  turns: 6,
  seeds: async () => {
    const names = (await readdir(fixtures)).toSorted();
    return Promise.all(names.map((name) => readFile(path.join(fixtures, name))));
  },
  mutate: mutateBytes,
  async open(bytes, folder) {
    const file = path.join(folder, 'image.png');
    await writeFile(file, bytes);
    try {
      const header = await readImageHeader(file);
      if (isFault(header)) return told(header);
      const pixels = await decodeImage(file, { height: SIDE, width: SIDE, channels: 3, fit: 'cover' });
      return isFault(pixels) ? told(pixels) : OPENED;
    } finally {
      await rm(file);
    }
  },
};
