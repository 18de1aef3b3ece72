interface Size {
  readonly height: number;
  readonly width: number;
}

/** How masks become what an output learns from: for each pixel of the target its pixel in the mask. */
export interface MaskFit {
  readonly pixels: Int32Array;
  /** Where the rows and columns of the target lie in the image that the network takes, from 0 to 1. */
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly notices: readonly string[];
}

/**
 * Brings masks to the size of a network's output. They are resized with the images (`image` is the network's input) by the
 * nearest pixel. An output smaller than the input by a whole number looks at every such pixel; any other has lost a border
 * to convolutions without padding, so the middle is what it sees.
 */
export function fitMasks(title: string, from: Size, image: Size, output: Size): MaskFit {
  const stride = image.height / output.height;
  const coarser = Number.isInteger(stride) && stride === image.width / output.width;
  const rows = coarser ? nearest(from.height, output.height) : middle(from.height, image.height, output.height);
  const columns = coarser ? nearest(from.width, output.width) : middle(from.width, image.width, output.width);
  const pixels = Int32Array.from(rows.flatMap((row) => columns.map((column) => row * from.width + column)));
  const places = {
    pixels,
    rows: coarser ? spread(output.height) : middlePlaces(image.height, output.height),
    columns: coarser ? spread(output.width) : middlePlaces(image.width, output.width),
  };
  if (coarser && output.height === from.height && output.width === from.width) return { ...places, notices: [] };
  const size = `${output.height}×${output.width}`;
  const what = coarser ? `were resized to ${size}` : `were cut to the middle ${size} pixels`;
  return { ...places, notices: [`${title}: masks ${what} to fit the output.`] };
}

function nearest(from: number, to: number): number[] {
  return Array.from({ length: to }, (_, index) => Math.min(from - 1, Math.floor(((index + 0.5) * from) / to)));
}

/** The source of the middle `to` of `resized` positions. */
function middle(from: number, resized: number, to: number): number[] {
  const all = nearest(from, resized);
  const start = Math.max(0, Math.floor((resized - to) / 2));
  return Array.from({ length: to }, (_, index) => all[Math.min(resized - 1, start + index)] ?? 0);
}

function spread(to: number): Float64Array {
  return Float64Array.from({ length: to }, (_, index) => (index + 0.5) / to);
}

function middlePlaces(image: number, to: number): Float64Array {
  const start = Math.max(0, Math.floor((image - to) / 2));
  return Float64Array.from({ length: to }, (_, index) => (Math.min(image - 1, start + index) + 0.5) / image);
}
