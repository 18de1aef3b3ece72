import type { ProbedReading } from '../probing/probeMessages.ts';

/** Readings that were asked for lately, by everything they depend on. */
export interface ReadingCache {
  get(key: string): readonly ProbedReading[] | undefined;
  set(key: string, readings: readonly ProbedReading[]): void;
}

/** About 48 MB: thousands of cards, some hundred whole values. */
const MOST = 48 * 1024 * 1024;
/** Of a reading without its pixels. */
const OVERHEAD = 600;

/** Forgets what was not asked for the longest when it has grown too large. */
export function createReadingCache(most: number = MOST): ReadingCache {
  const entries = new Map<string, { readonly readings: readonly ProbedReading[]; readonly size: number }>();
  let total = 0;
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.readings;
    },
    set(key, readings) {
      const size = key.length * 2 + readings.reduce((sum, reading) => sum + sizeOf(reading), 0);
      total += size - (entries.get(key)?.size ?? 0);
      entries.delete(key);
      entries.set(key, { readings, size });
      for (const [old, entry] of entries) {
        if (total <= most) break;
        entries.delete(old);
        total -= entry.size;
      }
    },
  };
}

function sizeOf({ reading: { picture, channelStatistics, answer } }: ProbedReading): number {
  const drawn =
    picture.kind === 'tiles'
      ? picture.pixels.length
      : (picture.kind === 'bars' ? picture.values : picture.tokens).length * 8;
  return OVERHEAD + drawn + (channelStatistics?.length ?? 0) * 120 + JSON.stringify(answer ?? '').length;
}
