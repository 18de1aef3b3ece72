import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { inferDocument } from '../../../src/graph-engine/infer/inferDocument.ts';
import { importOnnx } from '../../../src/graph-engine/sources/onnx/importOnnx.ts';
import { productRoot } from '../../../src/main/files/productRoot.ts';
import { OPENED, refused, type HostileFormat } from '../hostileFormat.ts';
import { mutateBytes } from '../mutate.ts';

const fixtures = path.join(productRoot, 'tests', 'fixtures', 'onnx');
/** Small ones, so that a broken byte is likely to be in the structure. */
const LARGEST_SEED = 40_000;

export const models: HostileFormat = {
  name: 'onnx',
  turns: 8,
  seeds: async () => {
    const names = (await readdir(fixtures)).filter((name) => name.endsWith('.onnx')).toSorted();
    const files = await Promise.all(names.map((name) => readFile(path.join(fixtures, name))));
    return files.filter(({ length }) => length <= LARGEST_SEED);
  },
  mutate: mutateBytes,
  open: async (bytes) => {
    const imported = importOnnx(bytes, { name: 'Broken', external: () => undefined });
    if (!imported.ok) return refused([imported.error]);
    inferDocument(imported.value.document);
    for (const { values } of imported.value.weights.values()) values();
    return OPENED;
  },
};
