import { type DType } from '../../../core/shape.ts';
import { bytesField, concatBytes, fixed32Field, varintField } from '../../protobuf/wireBytes.ts';
import { dataTypeOf, shapeMessage } from '../attributes.ts';
import { maskedCrc32c } from './crc32c.ts';
import { sortedTable } from './sortedTable.ts';

/** A tensor of the data file, and the sum of its bytes. */
export interface BundledTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly offset: number;
  readonly bytes: number;
  readonly crc32c: number;
}

/** Names of the two files of TensorFlow's checkpoint, below the folder of a SavedModel. */
export const bundleFiles = {
  index: 'variables/variables.index',
  data: 'variables/variables.data-00000-of-00001',
} as const;

/** The `variables.index` of a checkpoint of one data file: a table of where each tensor lies (`tensor_bundle.proto`). */
export function bundleIndex(tensors: readonly BundledTensor[]): Uint8Array {
  // One shard, little-endian, version 1 of the format.
  const header = concatBytes([varintField(1, 1), bytesField(3, varintField(1, 1))]);
  return sortedTable([['', header], ...tensors.map((tensor) => [tensor.name, entryOf(tensor)] as const)]);
}

function entryOf({ dtype, dims, offset, bytes, crc32c }: BundledTensor): Uint8Array {
  return concatBytes([
    varintField(1, dataTypeOf(dtype)),
    bytesField(2, shapeMessage(dims)),
    ...(offset > 0 ? [varintField(4, offset)] : []),
    varintField(5, bytes),
    fixed32Field(6, maskedCrc32c(crc32c)),
  ]);
}
