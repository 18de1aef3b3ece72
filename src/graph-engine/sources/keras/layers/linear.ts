import { isImage, isTokens } from '../../../core/shape.ts';
import { viewedDims } from '../../drawing/view.ts';
import type { Bound, DrawnWeight } from '../../drawing/drawnNode.ts';
import { BATCHES } from '../../drawing/drawing.ts';
import { channelsOf, LayerRefused } from '../kerasDrawing.ts';
import { kernelAndBias, type LayerDrawer } from '../layerCall.ts';
import { listOf } from '../plainValue.ts';
import { activated } from './activations.ts';

/** Images that Keras has flattened with their channels last; ours come first, and so the rows of the kernel change places. */
function turnedRows(kernel: DrawnWeight, x: Bound, columns: number): DrawnWeight {
  const order = x.view[1] ?? [];
  const sizes = [channelsOf(x), ...x.type.axes.slice(0, 2).map(({ size }) => size ?? 1)];
  const [channels = 1, height = 1, width = 1] = sizes;
  const strides = [0, 0, 0];
  let stride = 1;
  for (const axis of order.toReversed()) {
    strides[axis - 1] = stride;
    stride *= sizes[axis - 1] ?? 1;
  }
  const values = (): Float32Array => {
    const theirs = kernel.values();
    const ours = new Float32Array(theirs.length);
    let to = 0;
    for (let c = 0; c < channels; c++) {
      for (let h = 0; h < height; h++) {
        for (let w = 0; w < width; w++, to += columns) {
          const from = (c * (strides[0] ?? 0) + h * (strides[1] ?? 0) + w * (strides[2] ?? 0)) * columns;
          ours.set(theirs.subarray(from, from + columns), to);
        }
      }
    }
    return ours;
  };
  return { dims: kernel.dims, values };
}

/** Whether a value is an image that was flattened and not yet laid out. */
function isFlatImage({ type, view }: Bound): boolean {
  return isImage(type) && view.length === 2 && view[0]?.join() === '0' && view[1]?.length === 3;
}

const dense: LayerDrawer = (call) => {
  const units = call.number('units', 1);
  const given = call.input();
  if (isFlatImage(given)) {
    const size = viewedDims(given.type, given.view, BATCHES[0])?.[1] ?? 1;
    const { bias, weights } = kernelAndBias(call, [size, units], units);
    const kernel = weights['kernel'];
    if (kernel === undefined) throw new Error('A dense layer has a kernel');
    const isAbsent = call.drawing.absent.has(kernel);
    const input = call.drawing.one('flatten', {}, { input: { ...given, view: [[0], [1], [2], [3]] } });
    const turned = isAbsent ? kernel : turnedRows(kernel, given, units);
    return activated(call, call.drawing.one('dense', { units, bias }, { input }, { ...weights, kernel: turned }));
  }
  const input = call.drawing.channelsLast(given);
  const size = channelsOf(input);
  if (isTokens(input.type)) throw new LayerRefused('token numbers', 'numbers to calculate with');
  if (isImage(input.type)) {
    const { bias, weights } = kernelAndBias(call, [1, 1, size, units], units);
    const y = call.drawing.one('conv2d', { filters: units, kernel: 1, bias }, { input }, weights, 'conv');
    return activated(call, { ...y, view: input.view });
  }
  const { bias, weights } = kernelAndBias(call, [size, units], units);
  const y = call.drawing.one('dense', { units, bias }, { input }, weights);
  return activated(call, { ...y, view: input.view });
};

const embedding: LayerDrawer = (call) => {
  const input = call.input();
  if (!isTokens(input.type)) throw new LayerRefused('values that are no token numbers', 'an input of token numbers');
  const [vocabulary, features] = [call.number('input_dim', 1), call.number('output_dim', 1)];
  const table = call.weight({ names: ['embeddings'], index: 0 }, [vocabulary, features]);
  if (call.boolean('mask_zero', false)) {
    call.drawing.notes.add(
      `"${call.layer.name}" marks token 0 as padding; layers behind it see it like any other here.`,
    );
  }
  return { ...call.drawing.one('embedding', { features }, { input }, { table }), view: [...input.view, [2]] };
};

const projections = [
  ['query', 'query'],
  ['key', 'key'],
  ['value', 'value'],
] as const;

const attention: LayerDrawer = (call) => {
  const { drawing } = call;
  const [heads, keySize] = [call.number('num_heads', 1), call.number('key_dim', 1)];
  const valueSize = call.number('value_dim', keySize);
  const named = (name: string): Bound | undefined => call.named.get(name);
  const query = drawing.sequence(named('query') ?? call.input());
  const value = named('value') ?? call.inputs[1];
  const key = named('key') ?? call.inputs[2];
  if (named('attention_mask') !== undefined) throw new LayerRefused('an attention_mask', 'none, or use_causal_mask');
  if (listOf(call.layer.config['attention_axes']).some((axis) => axis !== 1)) {
    throw new LayerRefused('attention_axes beyond the first', 'none');
  }
  const memory = value === undefined ? query : drawing.sequence(value);
  if (key !== undefined && drawing.sequence(key).source !== memory.source) {
    const same = drawing.sequence(key).source;
    if (same.node !== memory.source.node || same.port !== memory.source.port) {
      throw new LayerRefused('keys that are no values', 'the same for both');
    }
  }
  const isSelf = memory.source.node === query.source.node && memory.source.port === query.source.port;
  const [features, remembered] = [channelsOf(query), channelsOf(memory)];
  const bias = call.boolean('use_bias', true);
  const columns = { query: heads * keySize, key: heads * keySize, value: heads * valueSize };
  const weights: Record<string, DrawnWeight> = {};
  for (const [name, part] of projections) {
    const within = { attribute: `${name}_dense`, name: part };
    const rows = name === 'query' ? features : remembered;
    weights[`${name}Kernel`] = call.weight({ names: ['kernel'], index: 0, part: within }, [rows, columns[name]]);
    if (bias) weights[`${name}Bias`] = call.weight({ names: ['bias'], index: 1, part: within }, [columns[name]]);
  }
  const last = { attribute: 'output_dense', name: 'attention_output' };
  weights['outputKernel'] = call.weight({ names: ['kernel'], index: 0, part: last }, [columns.value, features]);
  if (bias) weights['outputBias'] = call.weight({ names: ['bias'], index: 1, part: last }, [features]);
  const causal = call.told.get('use_causal_mask') === true;
  const parameters = {
    heads,
    keySize: keySize * heads === features ? 0 : keySize,
    valueSize: valueSize === keySize ? 0 : valueSize,
    causal,
    dropout: call.number('dropout', 0),
    bias,
    outputBias: bias,
  };
  return call.seen(
    drawing.one('multiHeadAttention', parameters, { input: query, ...(!isSelf && { memory }) }, weights),
  );
};

/** Drawers of linear maps, by their class. */
export const linearDrawers: Readonly<Record<string, LayerDrawer>> = {
  Dense: dense,
  Embedding: embedding,
  MultiHeadAttention: attention,
};
