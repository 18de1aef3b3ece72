/**
 * Logical shapes. The batch axis is implicit and leads; every other axis has a name, so `32x32x3` means the same thing
 * whatever the memory layout of an executor or an export is. A `null` size is unknown, which is never an error.
 */
export type AxisName = 'height' | 'width' | 'channels' | 'sequence' | 'features' | 'vocabulary';

export interface Axis {
  readonly name: AxisName;
  readonly size: number | null;
}

export type DType = 'float32' | 'int32';

/** The type of one value on a wire: named axes without the batch, and the element type. */
export interface TensorType {
  readonly axes: readonly Axis[];
  readonly dtype: DType;
  /** For int32: the values are numbers from 0 up to and without this one; absent when that is unknown. */
  readonly vocabulary?: number;
  /** Weights of a node, sent along a wire so that another node uses the same ones: the batch axis is not there. */
  readonly isTable?: true;
  /** What the file that the network was read from says of it, where it is nothing that ops here calculate with. */
  readonly foreign?: string;
}

/**
 * What the values on a wire are: numbers to calculate with, names of tokens, the weights of another node, or something that only
 * operators kept from a file know.
 */
export type ValueKind = 'numbers' | 'tokens' | 'table' | 'foreign';

/** The kind of a type. */
export function kindOf(type: TensorType): ValueKind {
  if (type.foreign !== undefined) return 'foreign';
  if (type.isTable === true) return 'table';
  return type.dtype === 'int32' ? 'tokens' : 'numbers';
}

/** An image of `height` x `width` x `channels`, stored channels-last. */
export function image(height: number | null, width: number | null, channels: number | null): TensorType {
  return {
    axes: [
      { name: 'height', size: height },
      { name: 'width', size: width },
      { name: 'channels', size: channels },
    ],
    dtype: 'float32',
  };
}

/** A vector of `size` features. */
export function features(size: number | null): TensorType {
  return { axes: [{ name: 'features', size }], dtype: 'float32' };
}

/** A sequence of `length` positions with `size` features each: a signal, embedded tokens, patches of an image. */
export function sequence(length: number | null, size: number | null): TensorType {
  return {
    axes: [
      { name: 'sequence', size: length },
      { name: 'features', size },
    ],
    dtype: 'float32',
  };
}

/** A sequence of `length` token numbers, each below `vocabulary` where that is known. */
export function tokens(length: number | null, vocabulary?: number): TensorType {
  return {
    axes: [{ name: 'sequence', size: length }],
    dtype: 'int32',
    ...(vocabulary === undefined ? {} : { vocabulary }),
  };
}

/** Whether the type is a sequence of token numbers. */
export function isTokens(type: TensorType): boolean {
  return kindOf(type) === 'tokens' && type.axes.length === 1 && type.axes[0]?.name === 'sequence';
}

/** A value that only operators kept from a file know; `told` says what it is, such as `int64 [batch, 12]`. */
export function foreignValue(told: string): TensorType {
  return { axes: [], dtype: 'float32', foreign: told };
}

/** The table of an embedding: one row of `size` features for each token, without a batch. */
export function embeddingTable(vocabulary: number | null, size: number | null): TensorType {
  return {
    axes: [
      { name: 'vocabulary', size: vocabulary },
      { name: 'features', size },
    ],
    dtype: 'float32',
    isTable: true,
  };
}

/** Whether the type is a sequence of features. */
export function isSequence(type: TensorType): boolean {
  return type.axes.length === 2 && type.axes[0]?.name === 'sequence' && type.axes[1]?.name === 'features';
}

/** Whether the type is an image (height, width, channels). */
export function isImage(type: TensorType): boolean {
  return (
    type.axes.length === 3 &&
    type.axes[0]?.name === 'height' &&
    type.axes[1]?.name === 'width' &&
    type.axes[2]?.name === 'channels'
  );
}

/** The size of the named axis: `null` when unknown, `undefined` when the type has no such axis. */
export function sizeOf(type: TensorType, name: AxisName): number | null | undefined {
  return type.axes.find((axis) => axis.name === name)?.size;
}

/** The last axis: channels of an image, features of a vector or a sequence. */
export function lastAxis(type: TensorType): Axis | undefined {
  return type.axes.at(-1);
}

/** A copy of the type with the last axis' size replaced. */
export function withLastSize(type: TensorType, size: number | null): TensorType {
  return { ...type, axes: type.axes.map((axis, i) => (i === type.axes.length - 1 ? { ...axis, size } : axis)) };
}

/** Number of elements in one example, or `null` when a size is unknown. */
export function elementCount(type: TensorType): number | null {
  if (type.foreign !== undefined) return null;
  let count = 1;
  for (const axis of type.axes) {
    if (axis.size === null) return null;
    count *= axis.size;
  }
  return count;
}

/** Whether two types can be the same: names, dtype and every known size agree. */
export function compatible(a: TensorType, b: TensorType): boolean {
  return (
    kindOf(a) === kindOf(b) &&
    a.foreign === b.foreign &&
    (a.vocabulary === undefined || b.vocabulary === undefined || a.vocabulary === b.vocabulary) &&
    a.axes.length === b.axes.length &&
    a.axes.every((axis, i) => {
      const other = b.axes[i];
      return (
        other !== undefined &&
        axis.name === other.name &&
        (axis.size === null || other.size === null || axis.size === other.size)
      );
    })
  );
}

/** Short text such as `32×32×3` or `128 tokens`; `?` stands for an unknown size. */
export function formatShape(type: TensorType): string {
  if (type.foreign !== undefined) return type.foreign;
  const sizes = type.axes.length === 0 ? 'scalar' : type.axes.map((axis) => axis.size ?? '?').join('×');
  return `${sizes}${{ numbers: '', tokens: ' tokens', table: ' weights', foreign: '' }[kindOf(type)]}`;
}

/** Long text such as `height 32 × width 32 × channels 3`. */
export function describeShape(type: TensorType): string {
  if (type.foreign !== undefined) return type.foreign;
  const sizes = type.axes.map((axis) => `${axis.name} ${axis.size ?? '?'}`).join(' × ');
  return `${sizes}${{ numbers: '', tokens: ' of token numbers', table: ' of weights', foreign: '' }[kindOf(type)]}`;
}
