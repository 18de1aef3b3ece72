/** Red, green and blue of every pixel, row by row from the top. */
export interface RawImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export interface BitmapHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly pixelsAt: number;
  readonly paletteAt: number;
  readonly paletteEntry: number;
  readonly colours: number;
  readonly masks: readonly [number, number, number] | undefined;
}

const CORE_HEADER = 12;
const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;

/** Reads the header of a Windows bitmap; says what is wrong with it otherwise. */
export function readBitmapHeader(bytes: Uint8Array): BitmapHeader | { readonly why: string } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26 || bytes[0] !== 0x42 || bytes[1] !== 0x4d) return { why: 'It is no bitmap.' };
  const pixelsAt = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  if (headerSize === CORE_HEADER) {
    return {
      width: view.getUint16(18, true),
      height: view.getUint16(20, true),
      topDown: false,
      bits: view.getUint16(24, true),
      compression: UNCOMPRESSED,
      pixelsAt,
      paletteAt: 14 + CORE_HEADER,
      paletteEntry: 3,
      colours: 0,
      masks: undefined,
    };
  }
  if (headerSize < 40 || bytes.length < 14 + headerSize) return { why: 'Its header is cut off.' };
  const [width, height] = [view.getInt32(18, true), view.getInt32(22, true)];
  const compression = view.getUint32(30, true);
  const masksAt = 54;
  if (compression === BIT_FIELDS && bytes.length < masksAt + 12) return { why: 'Its header is cut off.' };
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bits: view.getUint16(28, true),
    compression,
    pixelsAt,
    paletteAt: 14 + headerSize + (compression === BIT_FIELDS && headerSize === 40 ? 12 : 0),
    paletteEntry: 4,
    colours: view.getUint32(46, true),
    masks:
      compression === BIT_FIELDS
        ? [view.getUint32(masksAt, true), view.getUint32(masksAt + 4, true), view.getUint32(masksAt + 8, true)]
        : undefined,
  };
}

/** Decodes a Windows bitmap without compression: 1, 4 or 8 bits with a palette, 16, 24 or 32 bits of colour. */
export function decodeBitmap(bytes: Uint8Array): RawImage | { readonly why: string } {
  const header = readBitmapHeader(bytes);
  if ('why' in header) return header;
  const { width, height, bits, compression, pixelsAt } = header;
  if (width <= 0 || height <= 0) return { why: `Its size is ${width}×${height}.` };
  if (compression !== UNCOMPRESSED && compression !== BIT_FIELDS)
    return { why: 'Compressed bitmaps are not read; save it without compression, or as PNG.' };
  if (![1, 4, 8, 16, 24, 32].includes(bits)) return { why: `It has ${bits} bits a pixel.` };
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (pixelsAt + rowBytes * height > bytes.length) return { why: 'It is cut off.' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const colourOf = bits <= 8 ? paletteColour(bytes, header) : directColour(view, header);
  const pixels = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const start = pixelsAt + rowBytes * (header.topDown ? row : height - 1 - row);
    for (let column = 0; column < width; column++) colourOf(start, column, pixels, (row * width + column) * 3);
  }
  return { width, height, pixels };
}

type WriteColour = (rowStart: number, column: number, out: Uint8Array, at: number) => void;

function paletteColour(bytes: Uint8Array, { bits, paletteAt, paletteEntry }: BitmapHeader): WriteColour {
  const perByte = 8 / bits;
  return (rowStart, column, out, at) => {
    const byte = bytes[rowStart + Math.floor(column / perByte)] ?? 0;
    const index = (byte >>> (8 - bits - (column % perByte) * bits)) & (2 ** bits - 1);
    const entry = paletteAt + index * paletteEntry;
    for (let channel = 0; channel < 3; channel++) out[at + channel] = bytes[entry + 2 - channel] ?? 0;
  };
}

function directColour(view: DataView, { bits, masks }: BitmapHeader): WriteColour {
  const size = bits / 8;
  if (bits === 24 || (bits === 32 && masks === undefined)) {
    return (rowStart, column, out, at) => {
      for (let channel = 0; channel < 3; channel++)
        out[at + channel] = view.getUint8(rowStart + column * size + 2 - channel);
    };
  }
  const fields = (masks ?? [0x7c00, 0x3e0, 0x1f]).map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, largest: mask >>> shift };
  });
  return (rowStart, column, out, at) => {
    const place = rowStart + column * size;
    const word = bits === 16 ? view.getUint16(place, true) : view.getUint32(place, true);
    fields.forEach(({ mask, shift, largest }, channel) => {
      out[at + channel] = largest === 0 ? 0 : Math.round((((word & mask) >>> shift) * 255) / largest);
    });
  };
}
