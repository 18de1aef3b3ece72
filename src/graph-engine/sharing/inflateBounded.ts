import { Inflate, Unzlib } from 'fflate';

/** So small that one slice cannot swell to more than some 16 MB (deflate's ratio is at most 1032). */
const SLICE = 16_384;

/**
 * Inflates data that may be hostile: `undefined` where they are damaged or swell beyond `limit` bytes, which is noticed before
 * more memory than that is taken.
 */
export function inflateBounded(
  data: Uint8Array,
  kind: 'raw' | 'zlib',
  limit: number,
): Uint8Array<ArrayBuffer> | undefined {
  const parts: Uint8Array[] = [];
  let length = 0;
  let complete = false;
  const stream = kind === 'raw' ? new Inflate() : new Unzlib();
  stream.ondata = (part, final) => {
    length += part.length;
    if (length <= limit) parts.push(part);
    complete ||= final;
  };
  try {
    for (let start = 0; start < data.length && length <= limit; start += SLICE) {
      stream.push(data.subarray(start, start + SLICE), start + SLICE >= data.length);
    }
  } catch {
    return undefined;
  }
  if (!complete || length > limit) return undefined;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
