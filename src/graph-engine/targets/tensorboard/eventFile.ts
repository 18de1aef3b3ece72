import type { Histogram } from '../../statistics/histogram.ts';
import {
  bytesField,
  concatBytes,
  doubleField,
  floatField,
  packedDoublesField,
  textField,
  varintField,
} from '../protobuf/wireBytes.ts';
import { recordFrame } from './recordFrame.ts';

/** Something that TensorBoard shows under a tag. */
export type SummaryValue =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  | { readonly kind: 'histogram'; readonly tag: string; readonly histogram: SpreadValues }
  /** What a plugin of TensorBoard reads; `content` is a message of its own. */
  | { readonly kind: 'plugin'; readonly tag: string; readonly plugin: string; readonly content: Uint8Array };

/** Counts of equally wide bins between the least and the greatest value. */
export type SpreadValues = Pick<Histogram, 'minimum' | 'maximum'> & { readonly counts: ArrayLike<number> };

/** Values of one moment. */
export interface SummaryEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly values: readonly SummaryValue[];
}

/** The bytes of a TensorBoard event file, one record after the other: `tensorflow.Event` messages in TFRecord frames. */
export function* encodeEventFile(begun: number, events: Iterable<SummaryEvent>): Generator<Uint8Array> {
  // Every file begins with the version of the format.
  yield recordFrame(concatBytes([doubleField(1, begun), textField(3, 'brain.Event:2')]));
  for (const event of events) yield recordFrame(encodeEvent(event));
}

function encodeEvent({ wallTime, step, values }: SummaryEvent): Uint8Array {
  const summary = concatBytes(values.map((value) => bytesField(1, encodeValue(value))));
  return concatBytes([
    doubleField(1, wallTime),
    // Zero is what a missing number means.
    ...(step === 0 ? [] : [varintField(2, step)]),
    bytesField(5, summary),
  ]);
}

function encodeValue(value: SummaryValue): Uint8Array {
  const tag = textField(1, value.tag);
  switch (value.kind) {
    case 'scalar':
      return concatBytes([tag, floatField(2, value.value)]);
    case 'histogram':
      return concatBytes([tag, bytesField(5, encodeHistogram(value.histogram))]);
    case 'plugin':
      return concatBytes([tag, bytesField(8, NO_TENSOR), bytesField(9, encodeMetadata(value))]);
  }
}

/** TensorBoard keeps metadata of values that have a tensor only: a float32 of no dimension, 0. */
const NO_TENSOR = concatBytes([varintField(1, 1), bytesField(2, new Uint8Array(0)), packedFloat(5, 0)]);

function packedFloat(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return bytesField(field, bytes);
}

function encodeMetadata({ plugin, content }: { readonly plugin: string; readonly content: Uint8Array }): Uint8Array {
  return bytesField(1, concatBytes([textField(1, plugin), bytesField(2, content)]));
}

/** Sums are those of the middles of the bins: the values themselves are gone. */
function encodeHistogram({ minimum, maximum, counts }: SpreadValues): Uint8Array {
  // Values that are all alike have one bin: TensorBoard wants edges that rise.
  const bins = maximum > minimum ? Array.from(counts) : [Array.from(counts).reduce((sum, count) => sum + count, 0)];
  const width = (maximum - minimum) / bins.length;
  const edges = bins.map((_, bin) => (bin === bins.length - 1 ? maximum : minimum + width * (bin + 1)));
  let [total, sum, squares] = [0, 0, 0];
  bins.forEach((count, bin) => {
    const middle = minimum + width * (bin + 0.5);
    total += count;
    sum += count * middle;
    squares += count * middle * middle;
  });
  const numbers = [minimum, maximum, total, sum, squares].flatMap((number, index) =>
    number === 0 ? [] : [doubleField(index + 1, number)],
  );
  return concatBytes([...numbers, packedDoublesField(6, edges), packedDoublesField(7, bins)]);
}
