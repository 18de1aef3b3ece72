import { isImage, type TensorType } from '../../core/shape.ts';
import {
  BATCH_AXIS,
  channelsFirstDims,
  channelsFirstOrder,
  type OnnxDim,
  toChannelsFirst,
  toChannelsLast,
} from './channelsFirst.ts';
import type { OnnxGraphBuilder } from './onnxGraph.ts';
import type { OnnxOptions } from './onnxOptions.ts';

type Layout = OnnxOptions['layout'];

/** Dims of an input or output of the model in the layout that is asked for. */
export function endDims(path: string, type: TensorType, { layout }: { readonly layout: Layout }): readonly OnnxDim[] {
  const dims = layout === 'channels-first' ? channelsFirstDims(type) : plainDims(type);
  if (dims === null) throw new Error(`The shape at "${path}" is not fully known.`);
  return dims;
}

function plainDims(type: TensorType): readonly OnnxDim[] | null {
  const sizes = type.axes.map(({ size }) => size);
  return sizes.every((size) => size !== null) ? [BATCH_AXIS, ...sizes] : null;
}

/** What the axes of an input or output are, in their order: `batch × channels × height × width`. */
export function describeAxes(type: TensorType, layout: Layout): string {
  const order = layout === 'channels-first' ? channelsFirstOrder(type) : type.axes.map((_, i) => i);
  return [BATCH_AXIS, ...order.map((i) => type.axes[i]?.name ?? '')].join(' × ');
}

/** An input of the model as its operators take it: images channels first. */
export function inside(
  graph: OnnxGraphBuilder,
  path: string,
  name: string,
  type: TensorType,
  { layout }: { readonly layout: Layout },
): string {
  if (layout === 'channels-first' || !isImage(type)) return name;
  const documentation = `"${path}" with its channels first`;
  const attributes = { perm: toChannelsFirst(type) };
  return graph.node(`${path}.channelsFirst`, { opType: 'Transpose', inputs: [name], attributes, documentation });
}

/** A result as the model answers it. */
export function outside(
  graph: OnnxGraphBuilder,
  path: string,
  port: string,
  name: string,
  type: TensorType,
  { layout }: { readonly layout: Layout },
): string {
  if (layout === 'channels-first' || !isImage(type)) return name;
  const documentation = `${port} of "${path}" with its channels last`;
  const attributes = { perm: toChannelsLast(type) };
  return graph.node(`${path}.${port}.channelsLast`, { opType: 'Transpose', inputs: [name], attributes, documentation });
}
