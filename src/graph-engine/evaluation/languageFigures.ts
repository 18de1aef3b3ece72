/** Sums over the tokens that a language model was asked for. */
export interface LanguageSums {
  readonly tokens: number;
  /** Characters that these tokens stand for. */
  readonly characters: number;
  /** Cross-entropy in nats. */
  readonly nats: number;
  /** How often the likeliest token was the right one. */
  readonly hits: number;
}

export interface LanguageFigures {
  /** `e` to the mean cross-entropy: among how many equally likely tokens it chooses, as it were. */
  readonly perplexity: number;
  readonly bitsPerToken: number;
  /** Comparable between vocabularies. */
  readonly bitsPerCharacter: number;
  readonly tokenAccuracy: number;
}

/** What sums over tokens say of a language model; zeros where there are none. */
export function languageFigures({ tokens, characters, nats, hits }: LanguageSums): LanguageFigures {
  if (tokens === 0) return { perplexity: 0, bitsPerToken: 0, bitsPerCharacter: 0, tokenAccuracy: 0 };
  const bits = nats / Math.LN2;
  return {
    perplexity: Math.exp(nats / tokens),
    bitsPerToken: bits / tokens,
    bitsPerCharacter: characters === 0 ? 0 : bits / characters,
    tokenAccuracy: hits / tokens,
  };
}
