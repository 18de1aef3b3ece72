import { isImage, isSequence } from '../../../core/shape.ts';
import type { Bound } from '../../drawing/drawnNode.ts';
import { channelAxis, isSameView } from '../../drawing/view.ts';
import { LayerRefused } from '../kerasDrawing.ts';
import type { LayerCall, LayerDrawer } from '../layerCall.ts';

/** Two values in one type and view. */
function agreed(call: LayerCall, a: Bound, b: Bound): readonly [Bound, Bound] {
  const isSameType = JSON.stringify(a.type.axes) === JSON.stringify(b.type.axes);
  return isSameType && isSameView(a.view, b.view) ? [a, b] : [call.drawing.plain(a), call.drawing.plain(b)];
}

/** A factor for each channel, as squeeze-and-excitation makes it. */
function gated(call: LayerCall, a: Bound, b: Bound): Bound | undefined {
  for (const [x, factors] of [
    [a, b],
    [b, a],
  ] as const) {
    if (!(isImage(x.type) || isSequence(x.type)) || factors.type.axes.length !== 1) continue;
    const channels = channelAxis(x.type);
    const expected = x.view.map((axes) => axes.flatMap((axis) => (axis === 0 ? [0] : axis === channels ? [1] : [])));
    if (!x.view.every((axes) => axes.length === 1) || !isSameView(factors.view, expected)) continue;
    return { ...call.drawing.one('multiply', {}, { a: x, b: factors }), view: x.view };
  }
  return undefined;
}

function pair(call: LayerCall, type: string, a: Bound, b: Bound): Bound {
  const factors = type === 'multiply' ? gated(call, a, b) : undefined;
  if (factors !== undefined) return factors;
  const [left, right] = agreed(call, a, b);
  return { ...call.drawing.one(type, {}, { a: left, b: right }), view: left.view };
}

/** Layers and operators that take their inputs together; with one number a value is multiplied. */
function merged(type: 'add' | 'subtract' | 'multiply'): LayerDrawer {
  return (call) => {
    const [factor] = call.constants;
    if (call.inputs.length === 1 && typeof factor === 'number') {
      if (type === 'multiply') return call.drawing.each('multiplyBy', call.input(), { factor });
      if (factor === 0) return call.input();
      throw new LayerRefused(`${type} with the number ${factor}`, 'values on both sides');
    }
    const [first, ...others] = call.inputs;
    if (first === undefined || others.length === 0) throw new LayerRefused('one input', 'several');
    return others.reduce((total, next) => pair(call, type, total, next), first);
  };
}

const divided: LayerDrawer = (call) => {
  const [divisor] = call.constants;
  if (call.inputs.length !== 1 || typeof divisor !== 'number' || divisor === 0) {
    throw new LayerRefused('a division by values', 'by a number');
  }
  return call.drawing.each('multiplyBy', call.input(), { factor: 1 / divisor });
};

const average: LayerDrawer = (call) => {
  const [first, ...others] = call.inputs;
  if (first === undefined) throw new LayerRefused('no input', 'several');
  const sum = others.reduce((total, next) => pair(call, 'add', total, next), first);
  return call.drawing.each('multiplyBy', sum, { factor: 1 / call.inputs.length });
};

const concatenated: LayerDrawer = (call) => {
  const inputs = call.inputs.map((x) => call.drawing.channelsLast(x));
  const [first, ...others] = inputs;
  const axis = call.layer.config['axis'] ?? -1;
  if (first === undefined) throw new LayerRefused('no input', 'several');
  if (axis !== -1 && axis !== first.view.length - 1) throw new LayerRefused(`axis=${JSON.stringify(axis)}`, 'axis=-1');
  return others.reduce((total, next) => {
    const isAlike = isSameView(total.view, next.view) && total.type.axes.length === next.type.axes.length;
    const [a, b] = isAlike ? [total, next] : [call.drawing.plain(total), call.drawing.plain(next)];
    return { ...call.drawing.one('concatenate', {}, { a, b }), view: a.view };
  }, first);
};

/** Drawers of what brings wires together, by their class. */
export const mergeDrawers: Readonly<Record<string, LayerDrawer>> = {
  Add: merged('add'),
  Subtract: merged('subtract'),
  Multiply: merged('multiply'),
  Divide: divided,
  TrueDivide: divided,
  Average: average,
  Concatenate: concatenated,
};
