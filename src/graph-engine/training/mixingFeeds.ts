import { assertNever } from '../core/diagnostic.ts';
import type { MixingSettings } from '../document/trainingSettings.ts';
import { mixingFeedNames } from '../lower/mixSamples.ts';
import { beta, integerBelow, type Words } from '../random/distributions.ts';
import { createWordStream, domains } from '../random/philox.ts';

/** What `train` is fed beside the samples of a batch, so that they are mixed: the same for the same seed and step. */
export function mixingFeeds(
  mixing: MixingSettings,
  [seed, step]: readonly [seed: number, step: number],
  batch: number,
): Record<string, Float32Array | Int32Array> {
  if (mixing.kind === 'none') return {};
  const words = createWordStream([seed, step], 0, domains.mixing);
  const share = beta(words, mixing.alpha, mixing.alpha);
  const partner = shuffled(words, batch);
  switch (mixing.kind) {
    case 'mixup':
      return { [mixingFeedNames.partner]: partner, [mixingFeedNames.share]: Float32Array.of(share) };
    case 'cutmix':
      return { [mixingFeedNames.partner]: partner, [mixingFeedNames.box]: boxOf(words, share) };
    default:
      return assertNever(mixing);
  }
}

function shuffled(words: Words, length: number): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i);
  for (let last = length - 1; last > 0; last--) {
    const other = integerBelow(words, last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

/** A box of the area `1 - share`, its middle anywhere; what juts out of the image is cut off (Yun et al. 2019). */
function boxOf(words: Words, share: number): Float32Array {
  const side = Math.sqrt(1 - share);
  const edges = (): readonly number[] => {
    const middle = words() / 0x100000000;
    return [Math.max(0, middle - side / 2), Math.min(1, middle + side / 2)];
  };
  return Float32Array.from([...edges(), ...edges()]);
}
