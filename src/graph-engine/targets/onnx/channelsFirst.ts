import type { TensorType } from '../../core/shape.ts';

/** Name of the symbolic first axis of every tensor. */
export const BATCH_AXIS = 'batch';

/** A size as ONNX writes it: a number, or the name of a symbolic axis. */
export type OnnxDim = number | string;

/** Order of the type's axes (counted without the batch) in ONNX: channels come first, the others keep their order. */
export function channelsFirstOrder(type: TensorType): readonly number[] {
  const channels = type.axes.findIndex((axis) => axis.name === 'channels');
  const others = type.axes.map((_, i) => i).filter((i) => i !== channels);
  return channels < 0 ? others : [channels, ...others];
}

/** The ONNX dims of a value, batch included where it has one; `null` while a size is unknown. */
export function channelsFirstDims(type: TensorType): readonly OnnxDim[] | null {
  const dims: OnnxDim[] = type.isTable === true ? [] : [BATCH_AXIS];
  for (const i of channelsFirstOrder(type)) {
    const size = type.axes[i]?.size ?? null;
    if (size === null) return null;
    dims.push(size);
  }
  return dims;
}

/** The permutation, batch included, that brings a channels-last tensor of this type into ONNX's order. */
export function toChannelsFirst(type: TensorType): readonly number[] {
  return [0, ...channelsFirstOrder(type).map((i) => i + 1)];
}

/** The permutation, batch included, that brings an ONNX tensor of this type back to channels last. */
export function toChannelsLast(type: TensorType): readonly number[] {
  const there = toChannelsFirst(type);
  return there.map((_, axis) => there.indexOf(axis));
}
