import { byCodePoint } from './dataPlace.ts';

/** Tokens made of characters, and the pairs that were joined to make them, in order. */
export interface BytePairs {
  readonly vocabulary: readonly string[];
  readonly merges: readonly (readonly [string, string])[];
}

interface Word {
  readonly parts: number[];
  readonly count: number;
}

/**
 * Joins the most frequent pair of tokens again and again (Gage 1994; Sennrich, Haddow and Birch 2016), within words only,
 * until there are `size` tokens. Of pairs that are equally frequent the one with the lower token numbers is taken, as
 * the tokenizers library does, so that the same text always gives the same tokens.
 */
export function learnBytePairs(words: ReadonlyMap<string, number>, size: number): BytePairs {
  const characters = [...new Set([...words.keys()].flatMap((word) => [...word]))].sort(byCodePoint);
  const vocabulary = characters.slice(0, size);
  const numberOf = new Map(vocabulary.map((token, number) => [token, number]));
  const split: Word[] = [...words].map(([word, count]) => ({
    parts: [...word].flatMap((character) => numberOf.get(character) ?? []),
    count,
  }));
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  const note = (pair: number, change: number, word: number): void => {
    counts.set(pair, (counts.get(pair) ?? 0) + change);
    if (change > 0) places.set(pair, (places.get(pair) ?? new Set()).add(word));
  };
  split.forEach(({ parts, count }, word) => pairsIn(parts).forEach((pair) => note(pair, count, word)));
  const merges: [string, string][] = [];
  while (vocabulary.length < size) {
    const best = mostFrequent(counts);
    if (best === undefined) break;
    const [left, right] = [Math.floor(best / WIDTH), best % WIDTH];
    const joined = vocabulary.length;
    vocabulary.push(`${vocabulary[left] ?? ''}${vocabulary[right] ?? ''}`);
    merges.push([vocabulary[left] ?? '', vocabulary[right] ?? '']);
    for (const place of places.get(best) ?? []) {
      const word = split[place];
      if (word === undefined) continue;
      pairsIn(word.parts).forEach((pair) => note(pair, -word.count, place));
      joinPair(word.parts, left, right, joined);
      pairsIn(word.parts).forEach((pair) => note(pair, word.count, place));
    }
    counts.delete(best);
    places.delete(best);
  }
  return { vocabulary, merges };
}

/** Cuts a word into tokens by joining pairs in the order in which they were learned. */
export function createBytePairEncoder(
  { vocabulary, merges }: BytePairs,
  unknown: number,
): (word: string) => readonly number[] {
  const numberOf = new Map(vocabulary.map((token, number) => [token, number]));
  const rankOf = new Map(merges.map(([left, right], rank) => [`${left}\0${right}`, rank]));
  const known = new Map<string, readonly number[]>();
  return (word) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const parts = [...word];
    for (;;) {
      let best = Infinity;
      let at = -1;
      for (let i = 0; i + 1 < parts.length; i++) {
        const rank = rankOf.get(`${parts[i] ?? ''}\0${parts[i + 1] ?? ''}`) ?? Infinity;
        if (rank < best) [best, at] = [rank, i];
      }
      if (at < 0) break;
      parts.splice(at, 2, `${parts[at] ?? ''}${parts[at + 1] ?? ''}`);
    }
    const tokens = parts.map((part) => numberOf.get(part) ?? unknown);
    if (known.size < 100_000) known.set(word, tokens);
    return tokens;
  };
}

/** Token numbers are below this; a pair is one number. */
const WIDTH = 0x10000;

function pairsIn(parts: readonly number[]): number[] {
  return parts.slice(1).map((part, index) => (parts[index] ?? 0) * WIDTH + part);
}

function joinPair(parts: number[], left: number, right: number, joined: number): void {
  let to = 0;
  for (let from = 0; from < parts.length; to++) {
    const whole = parts[from] === left && parts[from + 1] === right;
    parts[to] = whole ? joined : (parts[from] ?? 0);
    from += whole ? 2 : 1;
  }
  parts.length = to;
}

function mostFrequent(counts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (const [pair, count] of counts) {
    if (count > most || (count === most && best !== undefined && pair < best)) [best, most] = [pair, count];
  }
  return most > 0 ? best : undefined;
}
