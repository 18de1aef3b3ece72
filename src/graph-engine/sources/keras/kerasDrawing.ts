import { isImage, isSequence, sizeOf } from '../../core/shape.ts';
import type { ParameterValue } from '../../document/schema.ts';
import type { Bound, DrawnWeight } from '../drawing/drawnNode.ts';
import { Drawing } from '../drawing/drawing.ts';
import { channelAxis, isSameView, type View } from '../drawing/view.ts';
import type { KerasLayer } from './kerasModel.ts';
import { findTensor, type KerasVariable, type KerasWeights } from './kerasWeights.ts';

/** How Keras sees an image: channels last. */
export const CHANNELS_LAST: View = [[0], [2], [3], [1]];

/** How it sees one in a model that is told so. */
export const CHANNELS_FIRST: View = [[0], [1], [2], [3]];

/** Why a layer cannot be drawn. It is caught where the layer is drawn, and becomes a line of the report. */
export class LayerRefused extends Error {
  readonly expected: string | undefined;
  constructor(received: string, expected?: string) {
    super(received);
    this.expected = expected;
  }
}

/** The drawing that comes into being out of layers. */
export class KerasDrawing {
  readonly drawn = new Drawing();
  /** Weights that the file does not have: they begin as they are drawn. */
  readonly absent = new Set<DrawnWeight>();
  readonly notes = new Set<string>();
  /** Layers whose weights are looked for but are not in the file. */
  readonly without = new Set<string>();
  /** How the model sees images where a layer does not say it. */
  readonly imageView: View;
  readonly #weights: KerasWeights | undefined;

  constructor(weights: KerasWeights | undefined, imageView: View = CHANNELS_LAST) {
    this.#weights = weights;
    this.imageView = imageView;
  }

  /** A node, or a refusal where the op would not take what comes in. */
  one(
    type: string,
    parameters: Readonly<Record<string, ParameterValue>>,
    inputs: Readonly<Record<string, Bound>>,
    weights: Readonly<Record<string, DrawnWeight>> = {},
    hint?: string,
  ): Bound {
    const drawn = this.drawn.one(type, parameters, inputs, weights, hint);
    if (drawn === undefined) {
      const given = Object.values(inputs).map(({ type: { axes } }) => axes.map(({ size }) => size ?? '?').join('×'));
      throw new LayerRefused(`${given.join(' and ')} at ${type} ${JSON.stringify(parameters)}`);
    }
    return drawn;
  }

  /** A node that changes each number by itself. */
  each(type: string, x: Bound, parameters: Readonly<Record<string, ParameterValue>> = {}): Bound {
    return { ...this.one(type, parameters, { input: x }), view: x.view };
  }

  /** A weight in the sizes of ours, whose numbers lie in the file in the same order. */
  weight(layer: KerasLayer, around: readonly string[], variable: KerasVariable, dims: readonly number[]): DrawnWeight {
    const found = this.#weights === undefined ? undefined : findTensor(this.#weights, layer, around, variable);
    if (found === undefined) {
      if (this.#weights !== undefined) this.without.add(layer.name);
      const absent = { dims, values: () => new Float32Array() };
      this.absent.add(absent);
      return absent;
    }
    const count = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1);
    if (count(found.dims) !== count(dims)) {
      throw new LayerRefused(
        `"${variable.names[0] ?? ''}" of ${found.dims.join('×')} in the file of weights`,
        `${dims.join('×')}`,
      );
    }
    return { dims, values: found.values };
  }

  /** A weight of one number everywhere, where the layer has none. */
  filled(dims: readonly number[], value: number): DrawnWeight {
    const count = dims.reduce((product, size) => product * size, 1);
    return { dims, values: () => new Float32Array(count).fill(value) };
  }

  /** The value as an image, with its channels where Keras sees them. */
  image(x: Bound, view = this.imageView): Bound {
    if (isImage(x.type) && isSameView(x.view, view)) return x;
    const [batch = [], height = [], width = [], channels = []] = x.view;
    const order = view === CHANNELS_FIRST ? x.view : [batch, channels, height, width];
    const turned = x.view.length === 4 ? this.drawn.plain({ ...x, view: order }) : undefined;
    if (turned === undefined || !isImage(turned.type)) throw new LayerRefused('values that are no image', 'an image');
    return { ...turned, view };
  }

  /** The value as a sequence. */
  sequence(x: Bound): Bound {
    const plain = x.view.length === 3 ? this.drawn.plain(x) : undefined;
    if (plain === undefined || !isSequence(plain.type))
      throw new LayerRefused('values that are no sequence', 'a sequence');
    return plain;
  }

  /** The value laid out as it is in Keras. */
  plain(x: Bound): Bound {
    if (x.view.length === 4) return this.image(x);
    const plain = this.drawn.plain(x);
    if (plain === undefined) throw new LayerRefused(`${x.view.length} axes`, 'features, a sequence or an image');
    return plain;
  }

  /** The value with its channels or features as the last axis, and no other in it. */
  channelsLast(x: Bound): Bound {
    const last = x.view.at(-1);
    return last?.length === 1 && last[0] === channelAxis(x.type) ? x : this.plain(x);
  }
}

/** How many channels or features a value has. */
export function channelsOf({ type }: Bound): number {
  return sizeOf(type, isImage(type) ? 'channels' : 'features') ?? 1;
}
