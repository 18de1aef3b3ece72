import { createBytePairEncoder } from '../datasets/readers/bytePairs.ts';
import { pieces, UNKNOWN } from '../datasets/readers/text.ts';
import type { PreparationOf } from '../datasets/filePreparation.ts';

/** A text as the tokens of a vocabulary. */
export interface TokenizedText {
  readonly tokens: readonly number[];
  /** What the vocabulary does not have, with how often it was met: left out, or unknown where there is a token for that. */
  readonly unknown: readonly { readonly text: string; readonly count: number }[];
}

/** Cuts texts into the tokens that a network was trained on. */
export interface Tokenizer {
  readonly vocabulary: readonly string[];
  /** Whether there is a token for what is unknown. */
  readonly knowsUnknown: boolean;
  tokenize(text: string): TokenizedText;
}

/** The tokenizer of a vocabulary; a data set that does not say how it reads text reads characters. */
export function createTokenizer(
  vocabulary: readonly string[],
  { tokens: kind, merges }: Omit<PreparationOf<'text'>, 'kind'> = { tokens: 'characters', merges: [] },
): Tokenizer {
  const numberOf = new Map(vocabulary.map((token, number) => [token, number]));
  const last = vocabulary.length - 1;
  const unknownToken = vocabulary[last] === UNKNOWN ? last : undefined;
  const whole = (piece: string): readonly number[] => [numberOf.get(piece) ?? -1];
  const encode = kind === 'byte-pairs' ? createBytePairEncoder({ vocabulary, merges }, -1) : whole;
  return {
    vocabulary,
    knowsUnknown: unknownToken !== undefined,
    tokenize(text) {
      // A line end of two characters is one where the network knows no other.
      const given = numberOf.has('\r') ? text : text.replaceAll('\r\n', '\n');
      const found: number[] = [];
      const unknown = new Map<string, number>();
      for (const piece of given.match(pieces[kind]) ?? []) {
        for (const token of encode(piece)) {
          if (token >= 0) found.push(token);
          else if (unknownToken !== undefined) found.push(unknownToken);
        }
        for (const part of kind === 'byte-pairs' ? piece : [piece]) {
          if (!numberOf.has(part)) unknown.set(part, (unknown.get(part) ?? 0) + 1);
        }
      }
      return { tokens: found, unknown: [...unknown].map(([one, count]) => ({ text: one, count })) };
    },
  };
}

/** What is told of the unknown parts of a text; nothing where there are none. */
export function unknownInWords({ unknown }: TokenizedText, { knowsUnknown }: Tokenizer): string[] {
  if (unknown.length === 0) return [];
  const listed = unknown
    .slice(0, 8)
    .map(({ text, count }) => `${JSON.stringify(text)}${count > 1 ? ` ×${count}` : ''}`);
  const more = unknown.length > listed.length ? ` and ${unknown.length - listed.length} more` : '';
  return [`Not in the vocabulary: ${listed.join(', ')}${more}; ${knowsUnknown ? 'taken as unknown' : 'left out'}.`];
}
