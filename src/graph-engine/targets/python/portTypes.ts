import { lastAxis, type TensorType } from '../../core/shape.ts';
import type { Literal } from './pythonCode.ts';

/** The type at a port that must be connected. */
export function typeAt(types: Readonly<Record<string, TensorType>>, port: string): TensorType {
  const type = types[port];
  if (type === undefined) throw new Error(`Nothing is connected to "${port}"`);
  return type;
}

/** Channels of an image, features of anything else. */
export function lastSize(type: TensorType): number {
  return sizeOrThrow(lastAxis(type)?.size);
}

/** A size that inference knows in every network without errors. */
export function sizeOrThrow(size: number | null | undefined): number {
  if (size === null || size === undefined) throw new Error('A size is unknown');
  return size;
}

/** One number where all are equal, as layers take it. */
export function compact(sizes: readonly number[]): Literal {
  return sizes.every((size) => size === sizes[0]) ? (sizes[0] ?? 0) : sizes;
}
