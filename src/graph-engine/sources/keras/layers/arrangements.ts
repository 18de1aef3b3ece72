import { isImage } from '../../../core/shape.ts';
import { BATCHES } from '../../drawing/drawing.ts';
import type { Bound } from '../../drawing/drawnNode.ts';
import { regroup, viewedDims } from '../../drawing/view.ts';
import { LayerRefused } from '../kerasDrawing.ts';
import type { LayerCall, LayerDrawer } from '../layerCall.ts';

/** The value with other axes, in the order in which Keras has its numbers. */
function reshaped(call: LayerCall, x: Bound, target: readonly number[]): Bound {
  const targets = BATCHES.map((batch) => [batch, ...target]);
  const [small = [], large = []] = targets;
  const view = regroup(x.type, x.view, BATCHES, [small, large]);
  if (view !== undefined) return { ...x, view };
  const input = call.drawing.drawn.plain(x);
  const [a = 0, b = 0, c = 0] = target;
  if (input === undefined || target.length < 1 || target.length > 3) {
    throw new LayerRefused(`a shape of ${target.join('×')}`, 'one to three axes');
  }
  if (target.length === 1) {
    return call.drawing.one(isImage(input.type) ? 'flatten' : 'reshape', isImage(input.type) ? {} : { features: a }, {
      input,
    });
  }
  return target.length === 2
    ? call.drawing.one('reshape', { to: 'sequence', length: a, features: b }, { input })
    : call.drawing.one('reshape', { to: 'image', channels: a, height: b, width: c }, { input });
}

function countOf(x: Bound): number {
  const dims = viewedDims(x.type, x.view, 1);
  if (dims === null) throw new LayerRefused('values of unknown size', 'known sizes');
  return dims.reduce((product, size) => product * size, 1);
}

const flatten: LayerDrawer = (call) => {
  const given = call.input();
  const [batch = [], channels = [], ...places] = given.view;
  // Keras puts channels last before it makes a row of them, so that weights behind it fit both orders.
  const x = call.isChannelsFirst() && places.length > 0 ? { ...given, view: [batch, ...places, channels] } : given;
  return reshaped(call, x, [countOf(x)]);
};

const reshape: LayerDrawer = (call) => {
  const x = call.input();
  const given = call.layer.config['target_shape'] ?? call.layer.config['newshape'];
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [];
  const sizes = list.filter((size) => typeof size === 'number');
  if (sizes.length === 0 || sizes.length !== list.length) throw new LayerRefused(`a shape of ${JSON.stringify(given)}`);
  const own = call.layer.module.startsWith('keras.src.ops') ? sizes.slice(1) : sizes;
  const known = own.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  return reshaped(
    call,
    x,
    own.map((size) => (size === -1 ? countOf(x) / known : size)),
  );
};

const permute: LayerDrawer = (call) => {
  const x = call.input();
  const dims = call.layer.config['dims'];
  const order = Array.isArray(dims) ? (dims as readonly unknown[]) : [];
  const view = [x.view[0] ?? [], ...order.map((axis) => x.view[Number(axis)] ?? [])];
  if (view.length !== x.view.length) throw new LayerRefused(`dims=${JSON.stringify(dims)}`);
  return { ...x, view };
};

/** Layers that change nothing when the network answers. */
const passes: LayerDrawer = (call) => call.input();

function dropped(type: 'dropout' | 'spatialDropout'): LayerDrawer {
  return (call) => {
    const rate = call.number('rate', 0.5);
    return rate === 0 ? call.input() : call.drawing.each(type, call.input(), { rate });
  };
}

/** Layers that vary samples while a network trains; that is a setting of the training here. */
const varied: LayerDrawer = (call) => {
  call.drawing.notes.add(
    `"${call.layer.name}" (${call.layer.className}) varies samples while training and was left out: augmentation is a setting of the training here.`,
  );
  return call.input();
};

const noisy: LayerDrawer = (call) => {
  call.drawing.notes.add(
    `"${call.layer.name}" (${call.layer.className}) only adds noise while training and was left out.`,
  );
  return call.input();
};

const varying = ['Flip', 'Rotation', 'Zoom', 'Translation', 'Contrast', 'Brightness', 'Shear', 'Erasing'];

/** Drawers of what moves numbers or leaves them, by their class. */
export const arrangementDrawers: Readonly<Record<string, LayerDrawer>> = {
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  Identity: passes,
  ActivityRegularization: passes,
  Masking: passes,
  Dropout: dropped('dropout'),
  SpatialDropout1D: dropped('spatialDropout'),
  SpatialDropout2D: dropped('spatialDropout'),
  GaussianNoise: noisy,
  GaussianDropout: noisy,
  AlphaDropout: noisy,
  ...Object.fromEntries(varying.map((name) => [`Random${name}`, varied])),
};
