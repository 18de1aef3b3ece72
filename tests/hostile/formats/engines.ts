import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { engineFolder } from '../../../src/main/engines/engineFolder.ts';
import type { EnginePackage } from '../../../src/main/engines/enginePackage.ts';
import { writeWheel } from '../../../src/main/engines/testing/writeWheel.ts';
import { checkWheel, unpackWheel } from '../../../src/main/engines/unpackWheel.ts';
import { answerOf } from '../../../src/main/files/hostFailure.ts';
import { OPENED, refused, type HostileFormat } from '../hostileFormat.ts';
import { mutateArchive } from './data.ts';

const library = 'tensorflow/libtensorflow_cc.so.2';
const headers = 'tensorflow/include/tensorflow/c/';
const wanted: EnginePackage = {
  name: 'tensorflow-cpu',
  version: '9.9.9',
  platforms: ['any'],
  wheelBytes: 4000,
  unpackedBytes: 4000,
  libraries: [{ member: library, link: 'libtensorflow.so' }],
  headers: [headers],
};

async function madeUpWheel(): Promise<Uint8Array> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-wheel-'));
  try {
    const file = path.join(folder, 'engine.whl');
    writeWheel(file, {
      information: `tensorflow_cpu-${wanted.version}.dist-info`,
      files: {
        [library]: Buffer.from('a library '.repeat(200)),
        [`${headers}c_api.h`]: Buffer.from('#define TENSORFLOW\n'),
        [`${headers}experimental/ops.h`]: Buffer.from('#define OPS\n'),
      },
    });
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A package with an engine, as somebody without a network hands it over. */
export const wheels: HostileFormat = {
  name: 'wheel of an engine',
  turns: 1,
  seeds: async () => [await madeUpWheel()],
  mutate: mutateArchive,
  async open(bytes, folder) {
    const [wheel, target] = [path.join(folder, 'engine.whl'), engineFolder(path.join(folder, 'engine'))];
    await writeFile(wheel, bytes);
    await mkdir(target.libraries, { recursive: true });
    try {
      const answer = await answerOf(async () => {
        await checkWheel(wheel, wanted, () => undefined);
        await unpackWheel(wheel, wanted, target, () => undefined);
      });
      return answer.ok ? OPENED : refused([answer.problem]);
    } finally {
      await rm(wheel);
      await rm(target.root, { recursive: true });
    }
  },
};
