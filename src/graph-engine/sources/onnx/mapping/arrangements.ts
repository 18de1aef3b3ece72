import { isImage } from '../../../core/shape.ts';
import { elementTypes, isFloating } from '../elementTypes.ts';
import { fromFront } from '../facts.ts';
import { sliceWindows, splitSizes } from '../outputDims.ts';
import { intOf, intsOf, textOf, type SourceNode } from '../sourceModel.ts';
import { isClose, shortest } from './activations.ts';
import { isPlainImage } from '../../drawing/drawing.ts';
import type { Bound } from '../../drawing/drawnNode.ts';
import type { Mapper, Mapping } from './mapping.ts';
import { regroup } from '../../drawing/view.ts';

/** Nothing happens to the numbers. */
const passes: Mapper = (node, mapping) => mapping.bind(node.outputs[0], mapping.bound(node.inputs[0]));

const dropout: Mapper = (node, mapping) => {
  const [, mask] = node.outputs;
  const x = mapping.bound(node.inputs[0]);
  if (x === undefined || (mask !== undefined && (mapping.users(mask).length > 0 || mapping.outputs.has(mask))))
    return false;
  const isTraining = mapping.scalar(node.inputs[2]) === 1;
  const rate = shortest((node.inputs[1] ?? '') === '' ? 0.5 : (mapping.scalar(node.inputs[1]) ?? 0));
  if (!isTraining || rate === 0 || x.type.foreign !== undefined) return passes(node, mapping);
  return mapping.bind(node.outputs[0], mapping.each('dropout', x, { rate }));
};

const cast: Mapper = (node, mapping) => {
  const from = mapping.fact(node.inputs[0]).elementType;
  const to = intOf(node, 'to', 0);
  // What nothing here knows stays of its type.
  const isKnown = mapping.bound(node.inputs[0])?.type.foreign === undefined;
  if (from !== to && !isKnown) return false;
  const stays = from === to || (isFloating(from) && isFloating(to)) || (isTokenType(from) && isTokenType(to));
  return stays && passes(node, mapping);
};

function isTokenType(code: number): boolean {
  return code === elementTypes.int32 || code === elementTypes.int64;
}

const transpose: Mapper = (node, mapping) => {
  const x = mapping.bound(node.inputs[0]);
  if (x === undefined || x.type.foreign !== undefined) return false;
  const perm = intsOf(node, 'perm') ?? x.view.map((_, i) => x.view.length - 1 - i);
  return mapping.bind(node.outputs[0], { ...x, view: perm.map((axis) => x.view[axis] ?? []) });
};

/** Reshape, Flatten, Squeeze, Unsqueeze: seen anew where axes stay whole, laid out anew otherwise. */
const reshape: Mapper = (node, mapping) => {
  const x = mapping.bound(node.inputs[0]);
  const targets = mapping.dims(node.outputs[0]);
  if (x === undefined || targets === undefined || x.type.foreign !== undefined) return false;
  const view = regroup(x.type, x.view, mapping.batches, targets);
  if (view !== undefined) return mapping.bind(node.outputs[0], { ...x, view });
  const [small, large] = targets;
  const keepsBatch = small[0] === mapping.batches[0] && large[0] === mapping.batches[1];
  if (!keepsBatch || small.slice(1).join() !== large.slice(1).join()) return false;
  const plain = mapping.plain(x);
  if (plain === undefined) return false;
  return mapping.bind(node.outputs[0], laidOut(mapping, plain, small.slice(1)));
};

function laidOut(mapping: Mapping, x: Bound, sizes: readonly number[]): Bound | undefined {
  const [a = 0, b = 0, c = 0] = sizes;
  switch (sizes.length) {
    case 1:
      return mapping.one(isImage(x.type) ? 'flatten' : 'reshape', isImage(x.type) ? {} : { features: a }, { input: x });
    case 2:
      return mapping.one('reshape', { to: 'sequence', length: a, features: b }, { input: x });
    case 3:
      return mapping.one('reshape', { to: 'image', channels: a, height: b, width: c }, { input: x });
    default:
      return undefined;
  }
}

/** The name of the axis of ours that an axis of the file is. */
function axisNamed(x: Bound, axis: number): string | undefined {
  const seen = x.view[axis];
  if (seen?.length !== 1 || seen[0] === 0) return undefined;
  const order = isImage(x.type) ? (['channels', 'height', 'width'] as const) : x.type.axes.map(({ name }) => name);
  return order[(seen[0] ?? 1) - 1];
}

function sliced(mapping: Mapping, x: Bound, axis: number, start: number, count: number): Bound | undefined {
  const name = axisNamed(x, axis);
  if (name === undefined) return undefined;
  const y = mapping.one('slice', { axis: name, start, count }, { input: x });
  return y === undefined ? undefined : { ...y, view: x.view };
}

const slice: Mapper = (node, mapping) => {
  const x = mapping.bound(node.inputs[0]);
  const { dims } = mapping.fact(node.inputs[0]);
  if (x === undefined || dims === undefined || x.type.foreign !== undefined) return false;
  const facts = node.inputs.map((name) => (name === '' ? undefined : mapping.fact(name)));
  const windows = sliceWindows(dims, facts);
  if (windows === undefined) return false;
  let current: Bound | undefined = x;
  for (const [axis, { from, step, count }] of windows.entries()) {
    if (from === 0 && step === 1 && count === dims[axis]) continue;
    if (step !== 1 || current === undefined) return false;
    current = sliced(mapping, current, axis, from, count);
  }
  return mapping.bind(node.outputs[0], current);
};

const split: Mapper = (node, mapping) => {
  const x = mapping.bound(node.inputs[0]);
  const { dims } = mapping.fact(node.inputs[0]);
  if (x === undefined || dims === undefined || x.type.foreign !== undefined) return false;
  const axis = fromFront(intOf(node, 'axis', 0), dims.length);
  const parts = (node.inputs[1] ?? '') === '' ? undefined : mapping.fact(node.inputs[1]);
  const sizes = splitSizes(node, dims[axis] ?? 1, parts);
  const name = axisNamed(x, axis);
  if (sizes === undefined || name === undefined) return false;
  if (sizes.length === 2) {
    const [at = 0, rest = 0] = sizes;
    const both = mapping.draw('split', { axis: name, at: at === rest ? 0 : at }, { input: x });
    if (both === undefined) return false;
    return ['first', 'second'].every((port, i) => {
      const part = both[port];
      return part !== undefined && mapping.bind(node.outputs[i], { ...part, view: x.view });
    });
  }
  let before = 0;
  return sizes.every((size, i) => {
    const part = sliced(mapping, x, axis, before, size);
    before += size;
    const output = node.outputs[i];
    return output === undefined || output === '' || mapping.bind(output, part);
  });
};

/** Gather of one place, or of the rows of a table by token numbers. */
const gather: Mapper = (node, mapping) => embedded(node, mapping) || picked(node, mapping);

function embedded(node: SourceNode, mapping: Mapping): boolean {
  const table = mapping.floats(node.inputs[0]);
  const tokens = mapping.bound(node.inputs[1]);
  if (table?.dims.length !== 2 || tokens === undefined || intOf(node, 'axis', 0) !== 0) return false;
  const [vocabulary = 1, features = 1] = table.dims;
  if (tokens.type.vocabulary !== undefined && tokens.type.vocabulary !== vocabulary) return false;
  const weight = { dims: table.dims, values: () => Float32Array.from(table.values()) };
  const outputs = mapping.draw('embedding', { features }, { input: tokens }, { table: weight });
  const rows = outputs?.['output'];
  return rows !== undefined && mapping.bind(node.outputs[0], { ...rows, view: [...tokens.view, [2]] });
}

function picked(node: SourceNode, mapping: Mapping): boolean {
  const x = mapping.bound(node.inputs[0]);
  const places = mapping.numbers(node.inputs[1]);
  const { dims } = mapping.fact(node.inputs[0]);
  if (x === undefined || dims === undefined || x.type.foreign !== undefined || places?.length !== 1) return false;
  const axis = fromFront(intOf(node, 'axis', 0), dims.length);
  const place = fromFront(places[0] ?? 0, dims[axis] ?? 1);
  const isScalar = mapping.fact(node.inputs[1]).dims?.length === 0;
  const name = axisNamed(x, axis);
  if (x.view[axis]?.length === 0) {
    const view = isScalar ? x.view.filter((_, i) => i !== axis) : x.view;
    return mapping.bind(node.outputs[0], { ...x, view });
  }
  if (name === 'sequence' && x.type.dtype === 'float32') {
    const raw = places[0] ?? 0;
    const y = mapping.one('selectPosition', { position: raw }, { input: x });
    if (y === undefined) return false;
    const gone = isScalar ? [] : [[]];
    const view = x.view.flatMap((axes, i) => (i === axis ? gone : [axes.map((one) => (one === 2 ? 1 : one))]));
    return mapping.bind(node.outputs[0], { ...y, view });
  }
  const part = sliced(mapping, x, axis, place, 1);
  if (part === undefined) return false;
  if (!isScalar) return mapping.bind(node.outputs[0], part);
  const targets = mapping.dims(node.outputs[0]);
  const view = targets === undefined ? undefined : regroup(part.type, part.view, mapping.batches, targets);
  return view !== undefined && mapping.bind(node.outputs[0], { ...part, view });
}

const padModes: Readonly<Record<string, string>> = { constant: 'constant', reflect: 'reflect', edge: 'replicate' };

const pad: Mapper = (node, mapping) => {
  const found = mapping.bound(node.inputs[0]);
  const given = mapping.numbers(node.inputs[1]);
  const mode = padModes[textOf(node, 'mode', 'constant')];
  if (found === undefined || given === undefined || mode === undefined || found.view.length !== 4) return false;
  const along = (node.inputs[3] ?? '') === '' ? [0, 1, 2, 3] : mapping.numbers(node.inputs[3]);
  if (along === undefined) return false;
  const pads = [0, 0, 0, 0].map((): [number, number] => [0, 0]);
  for (const [i, axis] of along.entries()) {
    pads[fromFront(axis, 4)] = [given[i] ?? 0, given[i + along.length] ?? 0];
  }
  // By the axes of ours: batch, channels, height, width.
  if (!isImage(found.type) || found.view.some((axes) => axes.length !== 1)) return false;
  const own = [0, 1, 2, 3].map(
    (axis): [number, number] => pads[found.view.findIndex(([one]) => one === axis)] ?? [0, 0],
  );
  if (own.flat().some((size) => size < 0) || own[0]?.some((size) => size > 0) === true) return false;
  const [, channels = [0, 0], [top, bottom] = [0, 0], [left, right] = [0, 0]] = own;
  const value = (node.inputs[2] ?? '') === '' ? 0 : mapping.scalar(node.inputs[2]);
  if (value === undefined) return false;
  if (channels[0] + channels[1] > 0) {
    const size = found.type.axes[2]?.size ?? 0;
    const total = channels[0] + channels[1];
    if (mode !== 'constant' || value !== 0 || top + bottom + left + right > 0) return false;
    if (channels[0] !== Math.floor(total / 2)) return false;
    const y = mapping.one('padChannels', { channels: size + total }, { input: found });
    return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: found.view });
  }
  if (top + bottom + left + right === 0) return mapping.bind(node.outputs[0], found);
  const y = mapping.one('pad2d', { top, bottom, left, right, mode, value }, { input: found });
  return y !== undefined && mapping.bind(node.outputs[0], { ...y, view: found.view });
};

const resize: Mapper = (node, mapping) => {
  const found = mapping.bound(node.inputs[0]);
  const dims = mapping.fact(node.inputs[0]).dims;
  const wanted = mapping.fact(node.outputs[0]).dims;
  const x = isPlainImage(found) ? found : mapping.plain(found);
  if (x === undefined || !isImage(x.type) || dims?.length !== 4 || wanted?.length !== 4) return false;
  const factors = wanted.map((size, i) => size / (dims[i] ?? 1));
  const [, channels = 1, height = 1, width = 1] = factors;
  if (channels !== 1 || !Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) return false;
  const mode = textOf(node, 'mode', 'nearest');
  const coordinates = textOf(node, 'coordinate_transformation_mode', 'half_pixel');
  const isBilinear = mode === 'linear';
  if (intOf(node, 'antialias', 0) === 1 && !isBilinear) return false;
  const interpolation = isBilinear ? 'bilinear' : 'nearest';
  if (isBilinear) {
    const aligned = coordinates === 'align_corners';
    const halves = coordinates === 'half_pixel' || coordinates === 'pytorch_half_pixel';
    if (!aligned && !halves && !(height === 1 && width === 1)) return false;
    const parameters = { factor: [height, width], interpolation, alignCorners: aligned };
    return mapping.bind(node.outputs[0], mapping.one('upsampling2d', parameters, { input: x }));
  }
  if (mode !== 'nearest' || !repeatsPixels(coordinates, textOf(node, 'nearest_mode', 'round_prefer_floor')))
    return false;
  return mapping.bind(node.outputs[0], mapping.one('upsampling2d', { factor: [height, width] }, { input: x }));
};

/** Whether a nearest pixel, found that way, is for whole factors the pixel that lies under it. */
function repeatsPixels(coordinates: string, rounding: string): boolean {
  if (coordinates === 'asymmetric') return rounding === 'floor';
  const isHalf = coordinates === 'half_pixel' || coordinates === 'pytorch_half_pixel';
  return isHalf && rounding.startsWith('round_prefer');
}

const depthToSpace: Mapper = (node, mapping) => {
  const found = mapping.bound(node.inputs[0]);
  const x = isPlainImage(found) ? found : mapping.plain(found);
  if (x === undefined || textOf(node, 'mode', 'DCR') !== 'CRD') return false;
  return mapping.bind(
    node.outputs[0],
    mapping.one('pixelShuffle', { factor: intOf(node, 'blocksize', 1) }, { input: x }),
  );
};

/** Reshape, Transpose, Reshape: how PyTorch writes a pixel shuffle. */
const shuffleParts: Mapper = (node, mapping) => {
  const moved = mapping.maker(node.inputs[0], 'Transpose');
  const apart = mapping.maker(moved?.inputs[0], 'Reshape');
  const dims = mapping.fact(moved?.inputs[0]).dims;
  const found = mapping.bound(apart?.inputs[0]);
  if (moved === undefined || dims?.length !== 6 || intsOf(moved, 'perm')?.join() !== '0,1,4,2,5,3') return false;
  const [, , rows = 0, columns = 0] = dims;
  const x = isPlainImage(found) ? found : undefined;
  if (x === undefined || rows !== columns) return false;
  return mapping.bind(node.outputs[0], mapping.one('pixelShuffle', { factor: rows }, { input: x }));
};

/** An Expand or a Tile to the size that is there already. */
const expand: Mapper = (node, mapping) => {
  const [from, to] = [mapping.dims(node.inputs[0]), mapping.dims(node.outputs[0])];
  return from !== undefined && JSON.stringify(from) === JSON.stringify(to) && passes(node, mapping);
};

/** An element by element operator with a number that changes nothing. */
const neutral: Mapper = (node, mapping) => {
  const neutralNumber = node.opType === 'Add' || node.opType === 'Sub' ? 0 : 1;
  const sides: readonly (readonly [string | undefined, string | undefined])[] =
    node.opType === 'Add' || node.opType === 'Mul'
      ? [
          [node.inputs[0], node.inputs[1]],
          [node.inputs[1], node.inputs[0]],
        ]
      : [[node.inputs[0], node.inputs[1]]];
  for (const [x, other] of sides) {
    const constant = mapping.analysis.small.get(other ?? '')?.constant;
    if (constant === undefined || mapping.fact(x).dims?.join() !== mapping.fact(node.outputs[0]).dims?.join()) continue;
    if (constant.numbers()?.every((value) => isClose(value, neutralNumber)) !== true) continue;
    return mapping.bind(node.outputs[0], mapping.bound(x));
  }
  return false;
};

/** Mappers by the operator at their end. */
export const arrangementMappers: Readonly<Record<string, readonly Mapper[]>> = {
  Identity: [passes],
  Dropout: [dropout],
  Cast: [cast],
  Transpose: [transpose],
  Reshape: [shuffleParts, reshape],
  Flatten: [reshape],
  Squeeze: [reshape],
  Unsqueeze: [reshape],
  Slice: [slice],
  Split: [split],
  Gather: [gather],
  Pad: [pad],
  Resize: [resize],
  DepthToSpace: [depthToSpace],
  Expand: [expand],
  Tile: [expand],
  Add: [neutral],
  Sub: [neutral],
  Mul: [neutral],
  Div: [neutral],
};
