import { isImage } from '../../../core/shape.ts';
import { floatOf, intOf, type SourceNode } from '../sourceModel.ts';
import { asFloats, turned, weightAs } from './convolutions.ts';
import type { Bound, DrawnWeight } from '../../drawing/drawnNode.ts';
import type { Mapper, Mapping } from './mapping.ts';
import { channelAxis } from '../../drawing/view.ts';

/** A linear map of the features: its kernel `[in, out]` and its bias. */
export interface Linear {
  readonly input: string;
  readonly kernel: DrawnWeight;
  readonly bias: DrawnWeight | undefined;
}

/** Reads MatMul, Gemm, and either with an Add behind it, as one linear map with constant weights. */
export function linearOf(mapping: Mapping, name: string | undefined): Linear | undefined {
  const node = mapping.maker(name, 'MatMul', 'Gemm', 'Add');
  if (node?.opType === 'MatMul') return productOf(mapping, node);
  if (node?.opType === 'Gemm') return gemmOf(mapping, node);
  for (const [sum, shift] of [node?.inputs ?? [], node?.inputs.toReversed() ?? []]) {
    const product = mapping.maker(sum, 'MatMul', 'Gemm');
    const constant = mapping.floats(shift);
    if (product === undefined || constant === undefined) continue;
    const linear = product.opType === 'Gemm' ? gemmOf(mapping, product) : productOf(mapping, product);
    const units = linear?.kernel.dims[1];
    if (linear === undefined || linear.bias !== undefined || constant.dims.at(-1) !== units) continue;
    if (constant.dims.slice(0, -1).some((size) => size !== 1)) continue;
    return { ...linear, bias: weightAs(constant, [units ?? 1]) };
  }
  return undefined;
}

function productOf(mapping: Mapping, node: SourceNode): Linear | undefined {
  const [input = ''] = node.inputs;
  const weight = mapping.floats(node.inputs[1]);
  if (weight?.dims.length !== 2) return undefined;
  return { input, kernel: weightAs(weight, weight.dims), bias: undefined };
}

function gemmOf(mapping: Mapping, node: SourceNode): Linear | undefined {
  const [input = '', , shift = ''] = node.inputs;
  const weight = mapping.floats(node.inputs[1]);
  const [alpha, beta] = [floatOf(node, 'alpha', 1), floatOf(node, 'beta', 1)];
  if (weight?.dims.length !== 2 || intOf(node, 'transA', 0) !== 0) return undefined;
  const sides = intOf(node, 'transB', 0) === 1 ? turned(weight, [1, 0]) : weightAs(weight, weight.dims);
  const kernel = times(sides, alpha);
  const units = kernel.dims[1] ?? 1;
  if (shift === '') return { input, kernel, bias: undefined };
  const constant = mapping.floats(shift);
  if (constant === undefined || constant.dims.slice(0, -1).some((size) => size !== 1)) return undefined;
  const given = constant.dims.at(-1) ?? 1;
  if (given !== units && given !== 1) return undefined;
  const values = (): Float32Array => {
    const own = asFloats(constant.values());
    return given === units ? own : new Float32Array(units).fill(own[0] ?? 0);
  };
  return { input, kernel, bias: times({ dims: [units], values }, beta) };
}

function times(weight: DrawnWeight, factor: number): DrawnWeight {
  if (factor === 1) return weight;
  return { dims: weight.dims, values: () => weight.values().map((value) => value * factor) };
}

/** Draws a linear map of a value; what came in is seen as it was. */
export function drawLinear(mapping: Mapping, { input, kernel, bias }: Linear): Bound | undefined {
  const found = mapping.bound(input);
  if (found === undefined) return undefined;
  const x = isOverChannels(found) ? found : mapping.plain(found);
  if (x === undefined || !isOverChannels(x)) return undefined;
  const [size = 1, units = 1] = kernel.dims;
  const shift: Readonly<Record<string, DrawnWeight>> = bias === undefined ? {} : { bias };
  const y = isImage(x.type)
    ? mapping.one(
        'conv2d',
        { filters: units, kernel: 1, bias: bias !== undefined },
        { input: x },
        { kernel: { dims: [1, 1, size, units], values: kernel.values }, ...shift },
        'conv',
      )
    : mapping.one('dense', { units, bias: bias !== undefined }, { input: x }, { kernel, ...shift });
  return y === undefined ? undefined : { ...y, view: x.view };
}

/** Whether the last axis is that of the channels or features. */
export function isOverChannels({ view, type }: Bound): boolean {
  const last = view.at(-1);
  return last?.length === 1 && last[0] === channelAxis(type);
}

const linear: Mapper = (node, mapping) => {
  const found = linearOf(mapping, node.outputs[0]);
  return found !== undefined && mapping.bind(node.outputs[0], drawLinear(mapping, found));
};

/** The scores of tokens by a table that an embedding has too. */
const tokenLogits: Mapper = (node, mapping) => {
  const turnedTable = mapping.maker(node.inputs[1], 'Transpose');
  const table = turnedTable?.inputs[0];
  const embedding = mapping.nodes.find(({ op, from }) => op === 'embedding' && from?.inputs[0] === table);
  const x = mapping.bound(node.inputs[0]);
  if (table === undefined || embedding === undefined || x === undefined) return false;
  const type = embedding.types['table'];
  if (type === undefined || !isOverChannels(x)) return false;
  const source = { source: { node: embedding, port: 'table' }, type, view: [[0], [1]] };
  const y = mapping.one('tokenLogits', {}, { input: x, table: source });
  return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: x.view });
};

/** Mappers by the operator at their end. */
export const linearMappers: Readonly<Record<string, readonly Mapper[]>> = {
  MatMul: [tokenLogits, linear],
  Gemm: [linear],
  Add: [linear],
};
