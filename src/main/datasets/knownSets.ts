import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KnownSet } from '../../contract/data.ts';
import { downloadFile, type PublishedFile } from '../files/downloadFile.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { unpackTarball } from './unpackTarball.ts';

/** A set that its makers publish: files that are fetched, and what becomes of them. */
export interface PublishedSet extends Omit<KnownSet, 'bytes'> {
  readonly files: readonly PublishedFile[];
  /** Names of the classes where the files do not have them. */
  readonly classes?: readonly string[];
}

const MNIST = 'https://ossci-datasets.s3.amazonaws.com/mnist';
const FASHION = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com';
const CIFAR = 'https://www.cs.toronto.edu/~kriz';

/** Where torchvision fetches them from too, with the checksums that it and the makers publish. */
export const publishedSets: readonly PublishedSet[] = [
  {
    id: 'mnist',
    title: 'MNIST',
    description: '70 000 grey 28×28 images of handwritten digits.',
    licence: 'CC BY-SA 3.0, Y. LeCun, C. Cortes and C. Burges',
    source: MNIST,
    files: [
      {
        url: `${MNIST}/train-images-idx3-ubyte.gz`,
        checksum: { kind: 'md5', digest: 'f68b3c2dcbeaaa9fbdd348bbdeb94873' },
        bytes: 9_912_422,
      },
      {
        url: `${MNIST}/train-labels-idx1-ubyte.gz`,
        checksum: { kind: 'md5', digest: 'd53e105ee54ea40749a09fcbcd1e9432' },
        bytes: 28_881,
      },
      {
        url: `${MNIST}/t10k-images-idx3-ubyte.gz`,
        checksum: { kind: 'md5', digest: '9fb629c4189551a2d022fa330f9573f3' },
        bytes: 1_648_877,
      },
      {
        url: `${MNIST}/t10k-labels-idx1-ubyte.gz`,
        checksum: { kind: 'md5', digest: 'ec29112dd5afa0611ce80d1b7f02629c' },
        bytes: 4_542,
      },
    ],
  },
  {
    id: 'fashion-mnist',
    title: 'Fashion-MNIST',
    description: '70 000 grey 28×28 images of ten kinds of clothing.',
    licence: 'MIT, Zalando SE',
    source: FASHION,
    files: [
      {
        url: `${FASHION}/train-images-idx3-ubyte.gz`,
        checksum: { kind: 'md5', digest: '8d4fb7e6c68d591d4c3dfef9ec88bf0d' },
        bytes: 26_421_880,
      },
      {
        url: `${FASHION}/train-labels-idx1-ubyte.gz`,
        checksum: { kind: 'md5', digest: '25c81989df183df01b3e8a0aad5dffbe' },
        bytes: 29_515,
      },
      {
        url: `${FASHION}/t10k-images-idx3-ubyte.gz`,
        checksum: { kind: 'md5', digest: 'bef4ecab320f06d8554ea6380940ec79' },
        bytes: 4_422_102,
      },
      {
        url: `${FASHION}/t10k-labels-idx1-ubyte.gz`,
        checksum: { kind: 'md5', digest: 'bb300cfdad3c16e7a12a480ee83cd310' },
        bytes: 5_148,
      },
    ],
    classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  },
  {
    id: 'cifar-10',
    title: 'CIFAR-10',
    description: '60 000 colour 32×32 photographs of ten kinds of things.',
    licence: 'Free for research, A. Krizhevsky (2009)',
    source: CIFAR,
    files: [
      {
        url: `${CIFAR}/cifar-10-binary.tar.gz`,
        checksum: { kind: 'md5', digest: 'c32a1d4ab5d03f1284b67883e8d87530' },
        bytes: 170_052_171,
      },
    ],
  },
  {
    id: 'cifar-100',
    title: 'CIFAR-100',
    description: '60 000 colour 32×32 photographs of a hundred kinds of things.',
    licence: 'Free for research, A. Krizhevsky (2009)',
    source: CIFAR,
    files: [
      {
        url: `${CIFAR}/cifar-100-binary.tar.gz`,
        checksum: { kind: 'md5', digest: '03b5dce01913d631647c71ecec9e9cb8' },
        bytes: 168_513_733,
      },
    ],
  },
];

/** A known set as the editor shows it. */
export function describeKnownSet({ files, id, title, description, licence, source }: PublishedSet): KnownSet {
  return { id, title, description, licence, source, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** The known set of that name. Throws a `HostFailure` that lists the names when there is none. */
export function knownSetNamed(id: string): PublishedSet {
  const set = publishedSets.find((one) => one.id === id);
  if (set !== undefined) return set;
  throw new HostFailure({
    code: 'data/unknown',
    message: `There is no known set "${id}".`,
    expected: publishedSets.map((one) => one.id).join(' or '),
    received: id,
    remedy: 'Choose one of these.',
  });
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Address of a server that has the same files under the same names; `SKIPWIRE_DATA_MIRROR` when left out. */
  readonly mirror?: string | undefined;
}

/** Fetches a set into a folder and makes it ready to be read. Throws a `HostFailure`; what has come is kept. */
export async function fetchKnownSet(set: PublishedSet, folder: string, options: FetchOptions = {}): Promise<void> {
  const { signal, onProgress, mirror = process.env['SKIPWIRE_DATA_MIRROR'] } = options;
  const total = set.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  await mkdir(folder, { recursive: true });
  for (const wanted of set.files) {
    const name = path.basename(new URL(wanted.url).pathname);
    const url = mirror === undefined || mirror === '' ? wanted.url : `${mirror.replace(/\/$/, '')}/${name}`;
    const file = path.join(folder, name);
    const done = before;
    await downloadFile({ ...wanted, url }, file, { signal, onProgress: (bytes) => onProgress?.(done + bytes, total) });
    before += wanted.bytes;
    if (name.endsWith('.tar.gz')) await unpackTarball(file, folder);
  }
  if (set.classes !== undefined) await writeFile(path.join(folder, 'classes.txt'), `${set.classes.join('\n')}\n`);
}
