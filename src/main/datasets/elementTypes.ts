type Room = Float32Array | Int32Array;

/** How numbers of one type lie in bytes, the lowest byte first. */
export interface ElementLayout {
  readonly bytes: number;
  /** Fills `room` with numbers from byte `start` on, each divided by `divisor`. */
  decode(view: DataView, start: number, room: Room, divisor: number): void;
}

function layout(bytes: number, read: (view: DataView, at: number) => number): ElementLayout {
  return {
    bytes,
    decode(view, start, room, divisor) {
      if (divisor === 1) for (let i = 0; i < room.length; i++) room[i] = read(view, start + i * bytes);
      else for (let i = 0; i < room.length; i++) room[i] = read(view, start + i * bytes) / divisor;
    },
  };
}

/** Sign, five bits of exponent, ten of fraction (IEEE 754 binary16). */
function half(view: DataView, at: number): number {
  const bits = view.getUint16(at, true);
  const sign = bits >>> 15 === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function brainFloat(view: DataView, at: number): number {
  word.setUint32(0, view.getUint16(at, true) << 16, true);
  return word.getFloat32(0, true);
}

/** Every type of number that files may hold. */
export const elementTypes = {
  uint8: {
    bytes: 1,
    // The bytes of images: no DataView call for each.
    decode(view, start, room, divisor) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + start, room.length);
      if (divisor === 1) room.set(bytes);
      else for (let i = 0; i < bytes.length; i++) room[i] = (bytes[i] ?? 0) / divisor;
    },
  },
  int8: layout(1, (view, at) => view.getInt8(at)),
  uint16: layout(2, (view, at) => view.getUint16(at, true)),
  int16: layout(2, (view, at) => view.getInt16(at, true)),
  uint32: layout(4, (view, at) => view.getUint32(at, true)),
  int32: layout(4, (view, at) => view.getInt32(at, true)),
  uint64: layout(8, (view, at) => Number(view.getBigUint64(at, true))),
  int64: layout(8, (view, at) => Number(view.getBigInt64(at, true))),
  float16: layout(2, half),
  bfloat16: layout(2, brainFloat),
  float32: layout(4, (view, at) => view.getFloat32(at, true)),
  float64: layout(8, (view, at) => view.getFloat64(at, true)),
} as const satisfies Readonly<Record<string, ElementLayout>>;

export type ElementType = keyof typeof elementTypes;
