import { isImage, isTokens } from '../../core/shape.ts';
import { FOREIGN_INPUT } from '../../ops/foreign/foreignOps.ts';
import type { FoldedRun } from '../drawing/foldRepeats.ts';
import type { Bound, DrawnNode, Origin } from '../drawing/drawnNode.ts';
import { CHANNELS_FIRST, LayerRefused, type KerasDrawing } from './kerasDrawing.ts';
import { keepLayer } from './keepLayer.ts';
import { isValue, type KerasCall, type KerasLayer, type KerasModel, type KerasValue } from './kerasModel.ts';
import { LayerCall } from './layerCall.ts';
import { drawerOf } from './layers/index.ts';
import { reasonFor } from './layers/unknown.ts';
import { sizesIn } from './plainValue.ts';

/** A layer that nothing here does what it does. */
export interface UnknownLayer {
  /** With the models that it lies in: `backbone/conv1`. */
  readonly name: string;
  readonly className: string;
  /** What of it is not known, where it is not the class as a whole. */
  readonly received: string | undefined;
  readonly expected: string | undefined;
  /** Whether it stands in the drawing as what it is. */
  readonly isKept: boolean;
}

/** What a model draws into. */
export interface Drawn {
  readonly drawing: KerasDrawing;
  readonly unknown: UnknownLayer[];
  /** Models within the model, that become blocks. */
  readonly groups: FoldedRun[];
  /** Sizes for axes that the file leaves open. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly version: number;
  /** Names of layers that are called more than once with weights. */
  readonly shared: Set<string>;
}

/** Sizes of axes that a file leaves open. */
const OPEN_SIZES: Readonly<Record<string, number>> = {
  height: 224,
  width: 224,
  channels: 3,
  length: 128,
  features: 16,
};

/** Draws the layers of a model and returns what it gives out; `undefined` for an output that could not be drawn. */
export function drawModel(
  model: KerasModel,
  given: readonly (Bound | undefined)[] | undefined,
  around: readonly string[],
  into: Drawn,
): readonly (Bound | undefined)[] {
  const values = new Map<string, Bound>();
  const keyOf = ({ layer, call, output }: KerasValue): string => {
    // TensorFlow.js counts the making of a model as a call of it, but writes only the others.
    const calls = model.layers.get(layer)?.calls.length ?? 0;
    return `${layer}\n${Math.max(Math.min(call, calls - 1), 0)}\n${output}`;
  };
  for (const [i, value] of model.inputs.entries()) {
    const layer = model.layers.get(value.layer);
    const bound =
      given === undefined ? (layer === undefined ? undefined : drawInput(model, layer, around, into)) : given[i];
    if (bound !== undefined) values.set(keyOf(value), bound);
  }
  for (const { layer, call, index } of callsInOrder(model)) {
    const failed = [...call.inputs, ...call.named.values()].some((one) => isValue(one) && !values.has(keyOf(one)));
    if (failed && call.inputs.some(isValue)) {
      // Nothing comes in any more; whether it would be known can be told all the same.
      if (index === 0 && layer.model === undefined && drawerOf(layer.className) === undefined) {
        const name = [...around, layer.name].join('/');
        const received = reasonFor(layer.className);
        into.unknown.push({ name, className: layer.className, received, expected: undefined, isKept: false });
      }
      continue;
    }
    const valueOf = (value: KerasValue): Bound | undefined => values.get(keyOf(value));
    if (index > 0 && layer.className !== 'InputLayer') into.shared.add([...around, layer.name].join('/'));
    const outputs = drawCall(model, layer, call, { index, around, into, valueOf });
    for (const [output, bound] of outputs.entries()) {
      if (bound !== undefined) values.set(keyOf({ layer: layer.name, call: index, output, shape: undefined }), bound);
    }
  }
  return model.outputs.map((value) => values.get(keyOf(value)));
}

interface CallContext {
  readonly index: number;
  readonly around: readonly string[];
  readonly into: Drawn;
  readonly valueOf: (value: KerasValue) => Bound | undefined;
}

function drawCall(
  model: KerasModel,
  layer: KerasLayer,
  call: KerasCall,
  { index, around, into, valueOf }: CallContext,
): readonly (Bound | undefined)[] {
  const inputs = call.inputs.filter(isValue).map(valueOf);
  const present = inputs.filter((bound) => bound !== undefined);
  if (layer.model !== undefined) return drawInner(layer, layer.model, inputs, around, into);
  const { drawing } = into;
  const { nodes } = drawing.drawn;
  const before = nodes.length;
  let refused: LayerRefused | undefined;
  let drawn: Bound | undefined;
  drawing.drawn.attempt(sourceOf(layer, around), () => {
    try {
      const draw = drawerOf(layer.className);
      if (draw === undefined) throw new LayerRefused(reasonFor(layer.className) ?? '');
      const named = [...call.named].flatMap(([name, value]) => {
        const bound = isValue(value) ? valueOf(value) : undefined;
        return bound === undefined ? [] : [[name, bound] as const];
      });
      const told = [...call.named].flatMap(([name, value]) =>
        isValue(value) ? [] : [[name, value.constant] as const],
      );
      const constants = call.inputs.flatMap((one) => (isValue(one) ? [] : [one.constant]));
      drawn = draw(
        new LayerCall({
          drawing,
          layer,
          inputs: present,
          named: new Map(named),
          constants,
          told: new Map(told),
          around,
          version: into.version,
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof LayerRefused)) throw error;
      refused = error;
      return false;
    }
  });
  // What is drawn as one node is called after the layer alone.
  const [only, ...others] = nodes.slice(before);
  if (only !== undefined && others.length === 0) Object.assign(only, { hint: layer.name.split('_').at(-1) });
  if (drawn !== undefined) return [drawn];
  const shape = shapeBehind(model, layer, index);
  const kept = shape === undefined ? undefined : keepLayer(layer, present, shape, drawing);
  if (kept !== undefined) attachSource(kept.source.node, sourceOf(layer, around), drawing);
  into.unknown.push({
    name: [...around, layer.name].join('/'),
    className: layer.className,
    received: refused?.message === '' ? undefined : refused?.message,
    expected: refused?.expected,
    isKept: kept !== undefined,
  });
  return [kept];
}

/** Says where a node that was put in comes from. */
function attachSource(node: DrawnNode, from: Origin, { drawn }: KerasDrawing): void {
  const at = drawn.nodes.indexOf(node);
  if (at >= 0) Object.assign(node, { from });
}

/** A model used as a layer: its nodes become a block where one value comes out. */
function drawInner(
  layer: KerasLayer,
  inner: KerasModel,
  inputs: readonly (Bound | undefined)[],
  around: readonly string[],
  into: Drawn,
): readonly (Bound | undefined)[] {
  const { nodes } = into.drawing.drawn;
  const before = nodes.length;
  const groupsBefore = into.groups.length;
  const outputs = drawModel(inner, inputs, [...around, layer.name], into);
  const [output, ...others] = outputs;
  const own = nodes.slice(before);
  // Blocks within a block are drawn into it.
  into.groups.length = groupsBefore;
  const entries = inputs.filter((bound) => bound !== undefined).map(({ source }) => source);
  const [entry, ...shared] = entries.filter(
    (source, i) => entries.findIndex((one) => one.node === source.node && one.port === source.port) === i,
  );
  const isBlock = own.length > 1 && others.length === 0 && output !== undefined && entry !== undefined;
  if (isBlock && own.includes(output.source.node) && output.source.port === 'output') {
    into.groups.push({ times: [own], entry, exit: output.source, shared });
  }
  return outputs;
}

/** Where a layer lies, in the form that names and blocks are made from. */
function sourceOf(layer: KerasLayer, around: readonly string[], parts = layer.name.split('_')): Origin {
  return {
    name: layer.name,
    opType: layer.className,
    domain: 'keras',
    inputs: [],
    modules: [...around, ...parts],
  };
}

interface CallInOrder {
  readonly layer: KerasLayer;
  readonly call: KerasCall;
  readonly index: number;
}

/** Every call behind those whose values it takes. */
function callsInOrder({ layers, inputs }: KerasModel): readonly CallInOrder[] {
  const fed = new Set(inputs.map(({ layer }) => layer));
  const all = new Map<string, CallInOrder>();
  for (const layer of layers.values()) {
    if (fed.has(layer.name) && layer.className === 'InputLayer') continue;
    for (const [index, call] of layer.calls.entries()) all.set(`${layer.name}\n${index}`, { layer, call, index });
  }
  const order: CallInOrder[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const start of all.keys()) {
    const waiting = [start];
    while (waiting.length > 0) {
      const key = waiting.at(-1) ?? '';
      const one = all.get(key);
      if (one === undefined || state.get(key) === 'done') {
        waiting.pop();
        continue;
      }
      if (state.get(key) === 'open') {
        state.set(key, 'done');
        order.push(one);
        waiting.pop();
        continue;
      }
      state.set(key, 'open');
      for (const value of [...one.call.inputs, ...one.call.named.values()]) {
        const before = isValue(value) ? `${value.layer}\n${value.call}` : undefined;
        if (before !== undefined && all.has(before) && state.get(before) === undefined) waiting.push(before);
      }
    }
  }
  return order;
}

function drawInput(model: KerasModel, layer: KerasLayer, around: readonly string[], into: Drawn): Bound | undefined {
  const shape = sizesIn(layer.config['batch_shape'] ?? layer.config['batch_input_shape']);
  const { drawing, sizes } = into;
  const size = (index: number, name: string): number => {
    const told = shape?.[index];
    if (typeof told === 'number') return told;
    const chosen = sizes.get(name) ?? OPEN_SIZES[name] ?? 1;
    if (!sizes.has(name)) {
      drawing.notes.add(`The ${name} of "${layer.name}" is open in the file; it was taken as ${chosen}.`);
    }
    return chosen;
  };
  let bound: Bound | undefined;
  drawing.drawn.attempt(sourceOf(layer, around, [layer.name]), () => {
    const hint = layer.name;
    const vocabulary = vocabularyOf(model, layer.name);
    if (shape?.length === 2 && vocabulary !== undefined) {
      bound = drawing.drawn.one('tokenInput', { length: size(1, 'length'), vocabulary }, {}, {}, hint);
    } else if (shape?.length === 2)
      bound = drawing.drawn.one('featureInput', { size: size(1, 'features') }, {}, {}, hint);
    else if (shape?.length === 3) {
      const isFirst = drawing.imageView === CHANNELS_FIRST;
      const parameters = { length: size(isFirst ? 2 : 1, 'length'), features: size(isFirst ? 1 : 2, 'features') };
      const drawn = drawing.drawn.one('sequenceInput', parameters, {}, {}, hint);
      bound = drawn === undefined || !isFirst ? drawn : { ...drawn, view: [[0], [2], [1]] };
    } else if (shape?.length === 4) {
      const [channels, height, width] = drawing.imageView === CHANNELS_FIRST ? [1, 2, 3] : [3, 1, 2];
      const parameters = {
        height: size(height, 'height'),
        width: size(width, 'width'),
        channels: size(channels, 'channels'),
      };
      const drawn = drawing.drawn.one('input', parameters, {}, {}, hint);
      bound = drawn === undefined ? undefined : { ...drawn, view: drawing.imageView };
    }
    return bound !== undefined;
  });
  if (bound === undefined) {
    into.unknown.push({
      name: [...around, layer.name].join('/'),
      className: layer.className,
      received:
        shape === undefined
          ? 'an input without a shape'
          : `an input of ${shape
              .slice(1)
              .map((one) => one ?? '?')
              .join('×')}`,
      expected: 'features, a sequence or an image: one to three sizes',
      isKept: false,
    });
  }
  return bound;
}

/** How many tokens there are, for an input that an embedding looks up. */
function vocabularyOf(model: KerasModel, name: string): number | undefined {
  for (const layer of model.layers.values()) {
    for (const call of layer.calls) {
      const at = call.inputs.findIndex((one) => isValue(one) && one.layer === name);
      if (at < 0) continue;
      if (layer.className === 'Embedding') {
        const size = layer.config['input_dim'];
        return typeof size === 'number' ? size : undefined;
      }
      const inner = layer.model?.inputs[at];
      const found =
        layer.model !== undefined && inner !== undefined
          ? vocabularyOf(layer.model, inner.layer)
          : layer.className === 'Masking'
            ? vocabularyOf(model, layer.name)
            : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The shape of what a layer gives out, as the layers behind it were told; with the batch in front. */
function shapeBehind(model: KerasModel, layer: KerasLayer, index: number): readonly (number | null)[] | undefined {
  for (const value of model.outputs) {
    if (value.layer === layer.name && value.call === index && value.shape !== undefined) return value.shape;
  }
  for (const other of model.layers.values()) {
    for (const call of other.calls) {
      for (const value of [...call.inputs, ...call.named.values()]) {
        if (isValue(value) && value.layer === layer.name && value.call === index && value.shape !== undefined) {
          return value.shape;
        }
      }
    }
  }
  return undefined;
}

/** Whether a value is one that outputs take: numbers of a known kind. */
export function isDrawable(bound: Bound): boolean {
  return (
    bound.source.node.op !== FOREIGN_INPUT &&
    !isTokens(bound.type) &&
    (isImage(bound.type) || bound.type.axes.length > 0)
  );
}
