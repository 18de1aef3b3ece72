import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inferDocument } from '../../../src/graph-engine/infer/inferDocument.ts';
import type { ImportedNetwork } from '../../../src/graph-engine/sources/drawing/importedNetwork.ts';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from '../../../src/graph-engine/targets/protobuf/generated/onnx_pb.js';
import { answerOf } from '../../../src/main/files/hostFailure.ts';
import { productRoot } from '../../../src/main/files/productRoot.ts';
import { readOnnxFile } from '../../../src/main/imports/readOnnxFile.ts';
import { OPENED, refused, SECRET, type HostileFormat, type Outcome } from '../hostileFormat.ts';
import { mutateBytes, type Dice } from '../mutate.ts';
import { mutateMessage } from '../mutateMessage.ts';

const fixtures = path.join(productRoot, 'tests', 'fixtures', 'onnx');
/** Small ones, so that a broken byte is likely to be in the structure. */
const LARGEST_SEED = 40_000;
/** Lies beside a model that keeps its weights there; its length is that of the secret, so that nothing but the way tells them apart. */
const BESIDE = 'values.bin';
const beside = Buffer.alloc(SECRET.length, 1);

async function readModels(): Promise<Uint8Array[]> {
  const names = (await readdir(fixtures)).filter((name) => name.endsWith('.onnx')).toSorted();
  const files = await Promise.all(names.map((name) => readFile(path.join(fixtures, name))));
  return files.filter(({ length }) => length <= LARGEST_SEED);
}

/** Looks at a file as import does, numbers of weights included. */
async function importFile(bytes: Uint8Array, folder: string): Promise<Outcome> {
  const file = path.join(folder, 'broken.onnx');
  await writeFile(file, bytes);
  const answer = await answerOf(async () => use(await readOnnxFile({ file })));
  await rm(file);
  return answer.ok ? OPENED : refused([answer.problem]);
}

function use({ document, weights }: ImportedNetwork): void {
  inferDocument(document);
  for (const { values } of weights.values()) {
    const numbers = values();
    const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    if (bytes.includes(SECRET.slice(0, 4))) throw new Error('It took weights from outside the workspace');
  }
}

export const models: HostileFormat = {
  name: 'onnx',
  turns: 6,
  seeds: readModels,
  mutate: mutateBytes,
  open: importFile,
};

/** A model whose every weight lies in a file beside it. */
function withValuesBeside(bytes: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });
  for (const tensor of model.graph?.initializer ?? []) {
    if (tensor.dataType !== FLOAT) continue;
    tensor.dims = [BigInt(beside.length / 4)];
    tensor.rawData = new Uint8Array();
    tensor.floatData = [];
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.externalData = [entry('location', BESIDE), entry('offset', '0'), entry('length', String(beside.length))];
  }
  return toBinary(ModelProtoSchema, model);
}

const FLOAT = 1;

/** Well-formed in its bytes, and wrong in what it says. */
function mutateModel(seed: Uint8Array, dice: Dice): Uint8Array {
  const model = fromBinary(ModelProtoSchema, seed);
  mutateMessage(model, dice);
  try {
    return toBinary(ModelProtoSchema, model);
  } catch {
    // Such as a string that is no Unicode: no file can say that.
    return mutateBytes(seed, dice);
  }
}

export const contradictoryModels: HostileFormat = {
  name: 'onnx that contradicts itself',
  turns: 6,
  seeds: async () => {
    const files = await readModels();
    return [...files, ...files.map(withValuesBeside)];
  },
  mutate: mutateModel,
  async open(bytes, folder) {
    const [values, link] = [path.join(folder, BESIDE), path.join(folder, 'out')];
    await writeFile(values, beside);
    await symlink('..', link);
    try {
      return await importFile(bytes, folder);
    } finally {
      await rm(values);
      await rm(link);
    }
  },
};
