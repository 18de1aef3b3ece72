import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inferDocument } from '../../../src/graph-engine/infer/inferDocument.ts';
import { loadBlock, loadDocument, type LoadResult } from '../../../src/graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../../src/graph-engine/document/schema.ts';
import { documentInLink, linkFragment } from '../../../src/graph-engine/sharing/linkFragment.ts';
import { documentInPng, pngWithDocument } from '../../../src/graph-engine/sharing/pngDocument.ts';
import { productRoot } from '../../../src/main/files/productRoot.ts';
import { OPENED, refused, type HostileFormat, type Outcome } from '../hostileFormat.ts';
import { mutateBytes } from '../mutate.ts';
import { mutateJson } from '../mutateJson.ts';

const networks = ['first-residual', 'resnet-20', 'mini-gpt', 'u-net'];

const readNetwork = (name: string): Promise<string> =>
  readFile(path.join(productRoot, 'templates', 'networks', `${name}.json`), 'utf8');

/** What the editor does at once with a document: shapes, weights and problems of every node. */
function look(result: LoadResult<SkipwireDocument>): Outcome {
  if (!result.ok) return refused(result.error);
  inferDocument(result.value);
  return OPENED;
}

export const documents: HostileFormat = {
  name: 'document',
  turns: 8,
  seeds: async () => (await Promise.all(networks.map(readNetwork))).map((text) => Buffer.from(text)),
  mutate: (seed, dice, other) =>
    dice.below(4) === 0
      ? mutateBytes(seed, dice, other)
      : Buffer.from(mutateJson(Buffer.from(seed).toString('utf8'), dice)),
  open: async (bytes) => look(loadDocument(Buffer.from(bytes).toString('utf8'))),
};

export const blocks: HostileFormat = {
  name: 'block of a library',
  turns: 2,
  seeds: async () =>
    Promise.all(
      ['residual-basic', 'transformer-encoder'].map((name) =>
        readFile(path.join(productRoot, 'templates', 'blocks', `${name}.json`)),
      ),
    ),
  mutate: documents.mutate,
  async open(bytes) {
    const result = loadBlock(Buffer.from(bytes).toString('utf8'));
    return result.ok ? OPENED : refused(result.error);
  },
};

const readDocument = async (name: string): Promise<SkipwireDocument> => {
  const loaded = loadDocument(await readNetwork(name));
  if (!loaded.ok) throw new Error(`${name} does not load`);
  return loaded.value;
};

export const links: HostileFormat = {
  name: 'link',
  turns: 2,
  seeds: async () => {
    const link = linkFragment(await readDocument('first-residual'));
    if (!link.ok) throw new Error('The network does not fit into a link');
    return [Buffer.from(link.fragment)];
  },
  mutate: mutateBytes,
  open: async (bytes) => {
    const result = documentInLink(Buffer.from(bytes).toString('latin1'));
    return result === undefined ? OPENED : look(result);
  },
};

export const pictures: HostileFormat = {
  name: 'picture with a document',
  turns: 4,
  seeds: async () => {
    const picture = await readFile(path.join(productRoot, 'tests', 'fixtures', 'data', 'formats', 'colour.png'));
    return [pngWithDocument(picture, await readDocument('first-residual'))];
  },
  mutate: mutateBytes,
  open: async (bytes) => {
    const result = documentInPng(bytes);
    return result === undefined ? OPENED : look(result);
  },
};
