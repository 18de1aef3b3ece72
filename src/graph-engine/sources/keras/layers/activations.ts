import { LayerRefused, type KerasDrawing } from '../kerasDrawing.ts';
import type { LayerCall, LayerDrawer } from '../layerCall.ts';
import { isPlain, plainOf, textIn } from '../plainValue.ts';
import type { Bound } from '../../drawing/drawnNode.ts';
import type { ParameterValue } from '../../../document/schema.ts';
import { channelAxis } from '../../drawing/view.ts';

type Op = readonly [type: string, parameters?: Readonly<Record<string, ParameterValue>>];

/** Activations by the names that Keras gives them. */
const activations: Readonly<Record<string, Op>> = {
  relu: ['relu'],
  relu6: ['relu6'],
  elu: ['elu'],
  selu: ['selu'],
  sigmoid: ['sigmoid'],
  tanh: ['tanh'],
  silu: ['silu'],
  swish: ['silu'],
  gelu: ['gelu'],
  softmax: ['softmax'],
  hard_silu: ['hardSwish'],
  hard_swish: ['hardSwish'],
  leaky_relu: ['leakyRelu', { slope: 0.2 }],
};

/** Draws the activation that a layer names, if it names one. */
export function activated(call: LayerCall, x: Bound): Bound {
  const activation = call.activation();
  if (activation === undefined || activation === null || activation === 'linear') return x;
  if (typeof activation === 'string') return named(call, activation, x);
  const config = plainOf(isPlain(activation) ? activation['config'] : undefined);
  const className = textIn(plainOf(activation)['class_name']) ?? '';
  const draw = activationLayers[className];
  if (draw === undefined) throw new LayerRefused(`the activation ${JSON.stringify(activation).slice(0, 80)}`);
  return draw(call.drawing, x, config);
}

function named(call: LayerCall, name: string, x: Bound): Bound {
  if (name === 'hard_sigmoid') {
    if (call.version < 3) throw new LayerRefused('the hard sigmoid of Keras 2, clip(0.2·x + 0.5, 0, 1)');
    return call.drawing.each('hardSigmoid', x);
  }
  const op = activations[name];
  if (op === undefined)
    throw new LayerRefused(`the activation "${name}"`, `one of ${Object.keys(activations).join(', ')}`);
  return op[0] === 'softmax' ? softmax(call.drawing, x, -1) : call.drawing.each(op[0], x, op[1]);
}

function softmax(drawing: KerasDrawing, x: Bound, axis: unknown): Bound {
  const place = axis === -1 ? x.view.length - 1 : axis;
  const isLast = place === x.view.length - 1;
  if (typeof place === 'number' && x.view[place]?.join() === String(channelAxis(x.type)))
    return drawing.each('softmax', x);
  if (!isLast) throw new LayerRefused(`softmax along axis ${JSON.stringify(axis)}`, 'along the last axis');
  const input = x.view.at(-1)?.join() === String(channelAxis(x.type)) ? x : drawing.plain(x);
  return drawing.each('softmax', input);
}

type ActivationDrawer = (drawing: KerasDrawing, x: Bound, config: Readonly<Record<string, unknown>>) => Bound;

const numberOf = (config: Readonly<Record<string, unknown>>, names: readonly string[], fallback: number): number => {
  const found = names.map((name) => config[name]).find((value) => value !== undefined && value !== null);
  return typeof found === 'number' ? found : fallback;
};

/** Activations that are layers of their own. */
const activationLayers: Readonly<Record<string, ActivationDrawer>> = {
  ReLU(drawing, x, config) {
    const slope = numberOf(config, ['negative_slope'], 0);
    const most = config['max_value'] ?? null;
    if (numberOf(config, ['threshold'], 0) !== 0) throw new LayerRefused('a threshold', 'threshold=0');
    if (most === 6 && slope === 0) return drawing.each('relu6', x);
    if (most !== null) throw new LayerRefused(`max_value=${JSON.stringify(most)}`, 'none, or 6');
    return slope === 0 ? drawing.each('relu', x) : drawing.each('leakyRelu', x, { slope });
  },
  LeakyReLU: (drawing, x, config) =>
    drawing.each('leakyRelu', x, { slope: numberOf(config, ['negative_slope', 'alpha'], 0.3) }),
  ELU: (drawing, x, config) => drawing.each('elu', x, { alpha: numberOf(config, ['alpha'], 1) }),
  Softmax: (drawing, x, config) => softmax(drawing, x, config['axis'] ?? -1),
};

function asLayer(draw: ActivationDrawer): LayerDrawer {
  return (call) => draw(call.drawing, call.input(), call.layer.config);
}

/** A slope for each channel; Keras has one for each place unless places share it. */
const prelu: LayerDrawer = (call) => {
  const x = call.drawing.channelsLast(call.input());
  const shared = call.layer.config['shared_axes'];
  const places = x.view.length - 2;
  if (places > 0 && (!Array.isArray(shared) || shared.length !== places)) {
    throw new LayerRefused('a slope for each place', `shared_axes=${JSON.stringify([1, 2].slice(0, places))}`);
  }
  const channels = x.type.axes.at(-1)?.size ?? 1;
  const slope = call.weight({ names: ['alpha'], index: 0 }, [channels]);
  return { ...call.drawing.one('prelu', {}, { input: x }, { slope }), view: x.view };
};

/** An operator of Keras that is an activation: `Relu` of `keras.ops`. */
function asOperator(name: string): LayerDrawer {
  return (call) => named(call, name, call.input());
}

/** Drawers of activations by their class. */
export const activationDrawers: Readonly<Record<string, LayerDrawer>> = {
  ...Object.fromEntries(Object.entries(activationLayers).map(([name, draw]) => [name, asLayer(draw)])),
  Activation: (call) => activated(call, call.input()),
  PReLU: prelu,
  Relu: asOperator('relu'),
  Relu6: asOperator('relu6'),
  Sigmoid: asOperator('sigmoid'),
  Tanh: asOperator('tanh'),
  Silu: asOperator('silu'),
  Gelu: (call) =>
    call.drawing.each('gelu', call.input(), call.boolean('approximate', true) ? { approximation: 'tanh' } : {}),
  HardSigmoid: asOperator('hard_sigmoid'),
  HardSilu: asOperator('hard_silu'),
  Selu: asOperator('selu'),
};
