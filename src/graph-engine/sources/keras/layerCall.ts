import type { Bound, DrawnWeight } from '../drawing/drawnNode.ts';
import type { KerasLayer } from './kerasModel.ts';
import { isImage } from '../../core/shape.ts';
import { plainView } from '../drawing/view.ts';
import { CHANNELS_FIRST, CHANNELS_LAST, LayerRefused, type KerasDrawing } from './kerasDrawing.ts';
import type { KerasVariable } from './kerasWeights.ts';
import { isPlain, textIn } from './plainValue.ts';

/** Draws one call of a layer; throws a `LayerRefused` where it means something that no op does. */
export type LayerDrawer = (call: LayerCall) => Bound;

/** One call of a layer: what it is given, and its settings. */
export class LayerCall {
  readonly drawing: KerasDrawing;
  readonly layer: KerasLayer;
  readonly inputs: readonly Bound[];
  readonly named: ReadonlyMap<string, Bound>;
  /** Arguments that are no values. */
  readonly constants: readonly unknown[];
  /** Such arguments by their names. */
  readonly told: ReadonlyMap<string, unknown>;
  /** Names of the models around the layer. */
  readonly around: readonly string[];
  /** Version of Keras, 2 where the file does not say. */
  readonly version: number;

  constructor(given: {
    readonly drawing: KerasDrawing;
    readonly layer: KerasLayer;
    readonly inputs: readonly Bound[];
    readonly named: ReadonlyMap<string, Bound>;
    readonly constants: readonly unknown[];
    readonly told: ReadonlyMap<string, unknown>;
    readonly around: readonly string[];
    readonly version: number;
  }) {
    this.drawing = given.drawing;
    this.layer = given.layer;
    this.inputs = given.inputs;
    this.named = given.named;
    this.constants = given.constants;
    this.told = given.told;
    this.around = given.around;
    this.version = given.version;
  }

  /** The first value that it is called with. */
  input(): Bound {
    const [first] = this.inputs;
    if (first === undefined) throw new LayerRefused('no input', 'an input');
    return first;
  }

  /** Whether the layer has channels before places. */
  isChannelsFirst(): boolean {
    const told = this.layer.config['data_format'];
    if (told === 'channels_first' || told === 'channelsFirst') return true;
    return told === undefined && this.drawing.imageView === CHANNELS_FIRST;
  }

  /** What it is called with as an image. */
  image(): Bound {
    return this.drawing.image(this.input(), this.isChannelsFirst() ? CHANNELS_FIRST : CHANNELS_LAST);
  }

  /** What it is called with as a sequence. */
  sequence(): Bound {
    const x = this.input();
    const [batch = [], channels = [], places = []] = x.view;
    const turned = this.isChannelsFirst() && x.view.length === 3 ? { ...x, view: [batch, places, channels] } : x;
    return this.drawing.sequence(turned);
  }

  /** What a new image or sequence is seen as. */
  seen(x: Bound): Bound {
    const plain = plainView(x.type);
    const [batch = [], places = [], channels = []] = plain;
    if (isImage(x.type)) return { ...x, view: this.isChannelsFirst() ? CHANNELS_FIRST : CHANNELS_LAST };
    return { ...x, view: this.isChannelsFirst() && plain.length === 3 ? [batch, channels, places] : plain };
  }

  number(key: string, fallback: number): number {
    const value = this.layer.config[key];
    return typeof value === 'number' ? value : fallback;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.layer.config[key];
    return typeof value === 'boolean' ? value : fallback;
  }

  text(key: string, fallback: string): string {
    return textIn(this.layer.config[key]) ?? fallback;
  }

  /** A pair of whole numbers; one stands for both. */
  pair(key: string, fallback: readonly [number, number]): readonly [number, number] {
    const value = this.layer.config[key];
    if (typeof value === 'number') return [value, value];
    if (!Array.isArray(value)) return fallback;
    const [first, second = first] = value as readonly unknown[];
    return typeof first === 'number' && typeof second === 'number' ? [first, second] : fallback;
  }

  /** A whole number, that may stand in a list alone. */
  single(key: string, fallback: number): number {
    return this.pair(key, [fallback, fallback])[0];
  }

  /** Refuses a setting that is none of those that are known. */
  only(key: string, known: unknown, fallback: unknown = known): void {
    const value = this.layer.config[key] ?? fallback;
    if (value !== known) throw new LayerRefused(`${key}=${JSON.stringify(value)}`, `${key}=${JSON.stringify(known)}`);
  }

  weight(variable: KerasVariable, dims: readonly number[]): DrawnWeight {
    return this.drawing.weight(this.layer, this.around, variable, dims);
  }

  /** The name of an activation, whatever form it is written in. */
  activation(): unknown {
    const value = this.layer.config['activation'];
    return isPlain(value) && typeof value['config'] === 'string' ? value['config'] : value;
  }
}

/** Kernel and, where there is one, bias. */
export function kernelAndBias(
  call: LayerCall,
  kernel: readonly number[],
  outputs: number,
): { readonly bias: boolean; readonly weights: Readonly<Record<string, DrawnWeight>> } {
  const bias = call.boolean('use_bias', true);
  return {
    bias,
    weights: {
      kernel: call.weight({ names: ['kernel', 'depthwise_kernel'], index: 0 }, kernel),
      ...(bias && { bias: call.weight({ names: ['bias'], index: 1 }, [outputs]) }),
    },
  };
}
