import { createWordStream, domains } from '../random/philox.ts';

/** How the next token is chosen from what a language model answers. */
export interface SamplingOptions {
  /** Divides the scores: below 1 likely tokens become likelier, and 0 always takes the likeliest. */
  readonly temperature: number;
  /** Only so many of the likeliest tokens are drawn from; 0 for all. */
  readonly topK: number;
  /** Only the likeliest tokens that together have this probability are drawn from (Holtzman et al. 2020); 1 for all. */
  readonly topP: number;
}

/** A token that may be drawn, with its probability among those that may. */
export interface TokenChance {
  readonly token: number;
  readonly probability: number;
}

/** Probabilities from scores, in double precision. */
export function softmax(scores: ArrayLike<number>): Float64Array {
  let most = -Infinity;
  for (let i = 0; i < scores.length; i++) most = Math.max(most, scores[i] ?? 0);
  const result = new Float64Array(scores.length);
  let total = 0;
  for (let i = 0; i < result.length; i++) total += result[i] = Math.exp((scores[i] ?? 0) - most);
  for (let i = 0; i < result.length; i++) result[i] = (result[i] ?? 0) / total;
  return result;
}

/**
 * The tokens that may come next, the likeliest first: temperature, then the likeliest `topK`, then of these the nucleus of
 * `topP`, in the order in which the transformers library applies them. Equal scores are in the order of the tokens.
 */
export function nextTokenChances(
  scores: ArrayLike<number>,
  { temperature, topK, topP }: SamplingOptions,
): readonly TokenChance[] {
  const tokens = Array.from({ length: scores.length }, (_, token) => token);
  const score = (token: number): number => scores[token] ?? 0;
  if (temperature === 0) {
    const best = tokens.reduce((kept, token) => (score(token) > score(kept) ? token : kept), 0);
    return [{ token: best, probability: 1 }];
  }
  const kept = tokens.sort((a, b) => score(b) - score(a) || a - b).slice(0, topK === 0 ? undefined : topK);
  const probabilities = softmax(kept.map((token) => score(token) / temperature));
  let nucleus = 0;
  let reached = 0;
  while (nucleus < kept.length && (nucleus === 0 || reached < topP)) reached += probabilities[nucleus++] ?? 0;
  return kept.slice(0, nucleus).map((token, index) => ({ token, probability: (probabilities[index] ?? 0) / reached }));
}

/** The token at `place` of a text that is written with this seed: the same for the same numbers, on every machine. */
export function drawToken(chances: readonly TokenChance[], seed: number, place: number): number {
  const words = createWordStream([seed, place], 0, domains.generation);
  // 53 random bits: enough for vocabularies of any size.
  const drawn = ((words() >>> 5) * 0x4000000 + (words() >>> 6)) / 0x20000000000000;
  let reached = 0;
  for (const { token, probability } of chances) {
    reached += probability;
    if (drawn < reached) return token;
  }
  return chances.at(-1)?.token ?? 0;
}
