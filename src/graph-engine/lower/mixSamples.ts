import { assertNever } from '../core/diagnostic.ts';
import type { Objective, TargetType } from '../core/objective.ts';
import type { MixingSettings } from '../document/trainingSettings.ts';
import type { Builder } from '../program/builder.ts';
import type { Value } from '../program/program.ts';

/** The feeds of `train` that say what is mixed with what; see `mixingFeeds`. */
export const mixingFeedNames = { partner: 'mixing/partner', share: 'mixing/share', box: 'mixing/box' } as const;

/** How the samples of a batch are mixed in pairs. */
export interface SampleMixer {
  /** What the network sees in place of an input. */
  input(value: Value): Value;
  /**
   * The objective for a target and that of the partner, by their shares; measures are those for the sample's own target. Where
   * a patch was pasted and the target is laid out like the image, the target is that of each pixel.
   */
  objective(lower: (target: Value) => Objective, target: Value, type: TargetType): Objective;
}

/**
 * Mixes each sample with a partner of the same batch: mixup by weighted sums, cutmix by a box that comes from the partner. As
 * the authors do it, the losses for both targets are weighted, which for a cross-entropy is the loss for the mixed target. A
 * mask is cut with its image, so that every pixel keeps its own class.
 */
export function mixSamples(builder: Builder, mixing: MixingSettings): SampleMixer | undefined {
  if (mixing.kind === 'none') return undefined;
  const partner = builder.input(mixingFeedNames.partner, [-1], 'int32');
  const one = builder.scalar(1);
  const ofPartner = (value: Value): Value => builder.gather(value, partner, 0);
  const blend = (own: Value, other: Value, share: Value): Value =>
    builder.add(builder.multiply(own, share), builder.multiply(other, builder.subtract(one, share)));

  interface Ways {
    readonly input: SampleMixer['input'];
    readonly share: () => Value;
    /** Of a target that is laid out like the image, what each pixel is. */
    readonly pixels?: (target: Value) => Value;
  }
  const mixer = (): Ways => {
    switch (mixing.kind) {
      case 'mixup': {
        const share = builder.input(mixingFeedNames.share, [], 'float32');
        return { input: (value) => blend(value, ofPartner(value), share), share: () => share };
      }
      case 'cutmix': {
        const box = builder.input(mixingFeedNames.box, [4], 'float32');
        let share: Value | undefined;
        return {
          input(value) {
            const outside = builder.subtract(one, insideBox(builder, box, value));
            // Of several images the first says how much of a sample is its own.
            share ??= builder.reduceMean(outside, [0, 1, 2]);
            return blend(value, ofPartner(value), outside);
          },
          share() {
            if (share === undefined) throw new Error('CutMix needs an image before the first output');
            return share;
          },
          pixels: (target) =>
            builder.select(
              builder.greater(insideBox(builder, box, target), builder.scalar(0)),
              ofPartner(target),
              target,
            ),
        };
      }
      default:
        return assertNever(mixing);
    }
  };
  const { input, share, pixels } = mixer();
  return {
    input,
    objective(lower, target, { type }) {
      if (pixels !== undefined && isLaidOut(type)) return lower(pixels(target));
      const own = lower(target);
      const other = lower(ofPartner(target));
      return {
        ...own,
        losses: blend(own.losses, other.losses, share()),
        ...(own.weights !== undefined &&
          other.weights !== undefined && { weights: blend(own.weights, other.weights, share()) }),
      };
    },
  };
}

/** Whether a target has a value for each pixel. */
function isLaidOut({ axes }: TargetType['type']): boolean {
  return axes[0]?.name === 'height' && axes[1]?.name === 'width';
}

/** 1 for the pixels whose middle lies in the box - top, bottom, left, right as shares of the image - and 0 for others. */
function insideBox(builder: Builder, box: Value, image: Value): Value {
  const [, height = 1, width = 1, ...deeper] = image.dims;
  const ones = deeper.map(() => 1);
  const edges = builder.split(box, 0, [1, 1, 1, 1]);
  const within = (size: number, dims: readonly number[], [from, to]: readonly (Value | undefined)[]): Value => {
    if (from === undefined || to === undefined) throw new Error('A box has four edges');
    const middles = Array.from({ length: size }, (_, at) => (at + 0.5) / size);
    const places = builder.constant(middles, dims);
    return builder.multiply(builder.greaterEqual(places, from), builder.greater(to, places));
  };
  const rows = within(height, [height, 1, ...ones], edges.slice(0, 2));
  const columns = within(width, [1, width, ...ones], edges.slice(2, 4));
  return builder.multiply(rows, columns);
}
