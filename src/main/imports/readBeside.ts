import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { ReadExternal } from '../../graph-engine/sources/onnx/constantTensor.ts';

/** Reads data beside a model: only from regular files in its folder, and never beyond their end. */
export function readBeside(folder: string): ReadExternal {
  const root = realpathSync(folder);
  return (location, offset, length) => {
    let real: string;
    try {
      real = realpathSync(path.join(root, location));
    } catch {
      return undefined;
    }
    if (!real.startsWith(`${root}${path.sep}`)) return undefined;
    const handle = openSync(real, 'r');
    try {
      const info = fstatSync(handle);
      const count = length ?? info.size - offset;
      if (!info.isFile() || count < 0 || offset + count > info.size) return undefined;
      const bytes = new Uint8Array(count);
      let done = 0;
      while (done < count) {
        const read = readSync(handle, bytes, done, Math.min(count - done, 2 ** 30), offset + done);
        if (read === 0) return undefined;
        done += read;
      }
      return bytes;
    } finally {
      closeSync(handle);
    }
  };
}
