import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '../../../src/graph-engine/targets/safetensors/safetensors.ts';
import { answerOf } from '../../../src/main/files/hostFailure.ts';
import { openCheckpoint } from '../../../src/main/imports/openCheckpoint.ts';
import { OPENED, refused, type HostileFormat } from '../hostileFormat.ts';
import { join, mutateBytes, type Dice } from '../mutate.ts';
import { mutateJson } from '../mutateJson.ts';

const LENGTH_BYTES = 8;

/** The header changed as JSON, its length true again. */
function mutateHeader(seed: Uint8Array, dice: Dice): Uint8Array {
  const end = LENGTH_BYTES + Number(new DataView(seed.buffer, seed.byteOffset).getBigUint64(0, true));
  const header = Buffer.from(mutateJson(Buffer.from(seed.subarray(LENGTH_BYTES, end)).toString('utf8'), dice));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return join(length, header, seed.subarray(end));
}

export const weights: HostileFormat = {
  name: 'safetensors',
  turns: 8,
  seeds: async () => [
    encodeSafetensors({
      tensors: {
        'conv/kernel': { dims: [3, 3, 2, 4], data: Float32Array.from({ length: 72 }, (_, index) => index / 72) },
        'conv/bias': { dims: [4], data: new Float32Array(4) },
        step: { dims: [], data: Int32Array.of(7) },
      },
      metadata: { format: 'pt' },
    }),
  ],
  mutate: (seed, dice, other) => (dice.below(2) === 0 ? mutateHeader(seed, dice) : mutateBytes(seed, dice, other)),
  async open(bytes, folder) {
    const result = decodeSafetensors(bytes);
    // The same file is also opened where its tensors stay on the disk.
    const file = path.join(folder, 'broken.safetensors');
    await writeFile(file, bytes);
    const answer = await answerOf(async () => {
      const checkpoint = await openCheckpoint(file);
      try {
        for (const name of checkpoint.sizes.keys()) checkpoint.read(name);
      } finally {
        checkpoint.close();
      }
    });
    await rm(file);
    if (!result.ok) return refused([result.error]);
    return answer.ok ? OPENED : refused([answer.problem]);
  },
};
